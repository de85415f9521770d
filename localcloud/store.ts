/**
 * Everything that the clouds hold, in one SQLite file that several provider processes share: resources, a log of what
 * happened to them, and faults that shall happen.
 */
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

import { contoso, type Organisation } from "./organisation";

/** Properties of a resource, as JSON has them. */
export type Bag = Record<string, unknown>;

/** Two types may share an id: a repository and the list of its collaborators do. */
export interface Key {
  readonly type: string;
  readonly id: string;
}

/** A resource as its cloud knows it. */
export interface Row extends Key {
  /** What it was asked to be; secret values as `sha256:…`. */
  readonly inputs: Bag;
  /** What the cloud added. */
  readonly outputs: Bag;
  readonly state: "live" | "soft" | "archived";
  /** Type and id of what it goes down with, where its own id does not say so. */
  readonly within: string | null;
  /** How many resources of this id there were before, and this one. */
  readonly birth: number;
}

export interface Event extends Key {
  readonly seq: number;
  readonly at: string;
  readonly operation: "create" | "update" | "delete" | "tamper";
  /** Pulumi's name for it; empty for what happened behind Pulumi's back. */
  readonly urn: string;
}

/** Something that goes wrong at the `nth` operation of its kind from now on. */
export interface Fault {
  /** `*`: every type, and each resource's own `nth` operation. */
  readonly type: string;
  readonly operation: "create" | "update" | "delete" | "read";
  readonly nth: number;
  /** `fail`: nothing is done. `lose`: it is done, and the answer is lost. `slow`: it takes `milliseconds`. */
  readonly kind: "fail" | "lose" | "slow";
  readonly milliseconds?: number;
}

// Ids are compared without regard to case: ARM ids, GUIDs and GitHub names all are.
const schema = `
  CREATE TABLE IF NOT EXISTS resources (
    id TEXT COLLATE NOCASE NOT NULL, type TEXT NOT NULL, inputs TEXT NOT NULL, outputs TEXT NOT NULL,
    state TEXT NOT NULL, within TEXT COLLATE NOCASE, birth INTEGER NOT NULL, PRIMARY KEY (id, type));
  CREATE INDEX IF NOT EXISTS resources_type ON resources (type);
  CREATE INDEX IF NOT EXISTS resources_within ON resources (within);
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, operation TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, urn TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS faults (
    type TEXT NOT NULL, operation TEXT NOT NULL, nth INTEGER NOT NULL, kind TEXT NOT NULL, milliseconds INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS counts (seed TEXT COLLATE NOCASE PRIMARY KEY, n INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS organisation (json TEXT NOT NULL);
`;

type Stored = Record<"type" | "id" | "inputs" | "outputs" | "state", string> & { within: string | null; birth: number };

export class Store {
  readonly #db: DatabaseSync;

  /** Opens the file, or makes it. Make it before several processes open it: they would meet "database is locked". */
  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: 10_000 });
    this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;");
    this.#db.exec(schema);
  }

  close(): void {
    this.#db.close();
  }

  /** Runs `work` with nobody else writing, all or nothing. */
  atomically<T>(work: () => T): T {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#db.exec("COMMIT");
      return result;
    } catch (error) {
      this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /** Everything, or everything of one type, whatever its state; in the order in which it was made. */
  rows(type?: string): Row[] {
    return type === undefined ? this.#select("ORDER BY rowid") : this.#select("WHERE type = ? ORDER BY rowid", type);
  }

  row(id: string, type?: string): Row | undefined {
    return this.#select("WHERE id = ?", id).find((row) => type === undefined || row.type === type);
  }

  /** Everything of one type whose path lies below `id`. */
  rowsBelow(type: string, id: string): Row[] {
    return this.#select(`WHERE ${pathBelow} AND type = ? ORDER BY rowid`, ...rangeBelow(id), type);
  }

  /** Everything of one type that has `value` at a JSON path of its inputs or outputs (`$.subnet.id`), whatever its case. */
  rowsWith(type: string, where: "inputs" | "outputs", path: string, value: string): Row[] {
    return this.#select(
      `WHERE type = ? AND json_extract(${where}, ?) = ? COLLATE NOCASE ORDER BY rowid`,
      ...[type, path, value],
    );
  }

  /** What goes down with a resource: everything whose path lies below its own, or that says so. */
  below({ type, id }: Key): Row[] {
    const path = id.startsWith("/") ? rangeBelow(id) : [];
    return this.#select(`WHERE within = ?${path.length > 0 ? ` OR (${pathBelow})` : ""}`, `${type} ${id}`, ...path);
  }

  put(row: Row): void {
    this.#db
      .prepare(
        `INSERT INTO resources (id, type, inputs, outputs, state, within, birth) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET (inputs, outputs, state, within, birth) =
           (excluded.inputs, excluded.outputs, excluded.state, excluded.within, excluded.birth)`,
      )
      .run(row.id, row.type, JSON.stringify(row.inputs), JSON.stringify(row.outputs), row.state, row.within, row.birth);
  }

  drop(row: Key): void {
    this.#db.prepare("DELETE FROM resources WHERE id = ? AND type = ?").run(row.id, row.type);
  }

  log(operation: Event["operation"], row: Key, urn = ""): void {
    this.#db
      .prepare("INSERT INTO events (at, operation, type, id, urn) VALUES (?, ?, ?, ?, ?)")
      .run(new Date().toISOString(), operation, row.type, row.id, urn);
  }

  events(after = 0): Event[] {
    return this.#db.prepare("SELECT * FROM events WHERE seq > ? ORDER BY seq").all(after) as unknown as Event[];
  }

  /** Number of the last event, 0 before the first. */
  lastEvent(): number {
    return (this.#db.prepare("SELECT coalesce(max(seq), 0) AS seq FROM events").get() as { seq: number }).seq;
  }

  inject(fault: Fault): void {
    this.#db
      .prepare("INSERT INTO faults (type, operation, nth, kind, milliseconds) VALUES (?, ?, ?, ?, ?)")
      .run(fault.type, fault.operation, fault.nth, fault.kind, fault.milliseconds ?? 0);
  }

  /** The fault that hits this operation on the resource `urn`, if one does. Every call counts as one operation. */
  fault(type: string, operation: Fault["operation"], urn: string): Fault | undefined {
    const every = this.#db.prepare("SELECT * FROM faults WHERE type = '*' AND operation = ?").get(operation);
    if (every !== undefined) {
      const fault = every as unknown as Fault;
      return this.count(`${operation} ${urn}`) === fault.nth ? fault : undefined;
    }
    // Looked up first because writing would make every operation of every process wait for the others.
    const some = this.#db.prepare("SELECT 1 FROM faults WHERE type = ? AND operation = ?").get(type, operation);
    if (some === undefined) return undefined;
    return this.atomically(() => {
      this.#db.prepare("UPDATE faults SET nth = nth - 1 WHERE type = ? AND operation = ?").run(type, operation);
      const [due] = this.#db
        .prepare("DELETE FROM faults WHERE type = ? AND operation = ? AND nth <= 0 RETURNING *")
        .all(type, operation) as unknown as Fault[];
      return due;
    });
  }

  /** 1 the first time, 2 the second time … that this seed is counted. */
  count(seed: string): number {
    const counted = this.#db
      .prepare("INSERT INTO counts (seed, n) VALUES (?, 1) ON CONFLICT (seed) DO UPDATE SET n = n + 1 RETURNING n")
      .get(seed);
    return (counted as { n: number }).n;
  }

  get organisation(): Organisation {
    const found = this.#db.prepare("SELECT json FROM organisation").get() as { json: string } | undefined;
    return found === undefined ? contoso : (JSON.parse(found.json) as Organisation);
  }

  set organisation(organisation: Organisation) {
    this.#db.exec("DELETE FROM organisation");
    this.#db.prepare("INSERT INTO organisation (json) VALUES (?)").run(JSON.stringify(organisation));
  }

  /** Changes the organisation, behind everybody's back. */
  reorganise(change: (organisation: Organisation) => Organisation): void {
    this.atomically(() => {
      this.organisation = change(this.organisation);
    });
  }

  #select(where: string, ...values: string[]): Row[] {
    const stored = this.#db.prepare(`SELECT * FROM resources ${where}`).all(...values) as unknown as Stored[];
    return stored.map((row) => ({
      ...row,
      state: row.state as Row["state"],
      inputs: JSON.parse(row.inputs) as Bag,
      outputs: JSON.parse(row.outputs) as Bag,
    }));
  }
}

// A range and not a pattern, so that the index answers: "0" comes right after "/".
const pathBelow = "id > ? AND id < ?";
const rangeBelow = (id: string) => [`${id}/`, `${id}0`];

/** What is kept of a value that the cloud never shows again. */
export function hashed(value: unknown): string {
  return `sha256:${createHash("sha256").update(JSON.stringify(value)).digest("hex")}`;
}
