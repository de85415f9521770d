/** The clouds at work: asks the tables how a type behaves and keeps what comes of it in the store. */
import { createHash } from "node:crypto";

import { azure } from "./clouds/azure";
import { azureDevOps } from "./clouds/azureDevOps";
import { type Ask, type Bag, type Behaviour, type Cloud, type CloudTable, Refused } from "./clouds/behaviour";
import { entra } from "./clouds/entra";
import { github } from "./clouds/github";
import type { Organisation } from "./organisation";
import { hashed, type Row, type Store } from "./store";
import { changedAt } from "./writeOnly";

/** The clouds by the name of the provider that they answer. */
export const clouds: Readonly<Record<string, CloudTable>> = {
  "azure-native": azure,
  azuread: entra,
  azuredevops: azureDevOps,
  github,
};

const files: Readonly<Record<string, string>> = {
  "azure-native": "azure",
  azuread: "entra",
  azuredevops: "azureDevOps",
};

/** How a type behaves. What no table knows is refused, never guessed. */
export function behaviourOf(type: string): Behaviour {
  const provider = type.split(":")[0] ?? "";
  const found = clouds[provider]?.behaviours[type];
  if (found === undefined) throw new Refused(unknown(`type ${type}`, provider));
  return found;
}

export class LocalCloud implements Cloud {
  constructor(
    readonly store: Store,
    readonly config: Readonly<Record<string, string>> = {},
  ) {}

  get organisation(): Organisation {
    return this.store.organisation;
  }

  find(id: string, type?: string): Row | undefined {
    const row = this.store.row(id, type);
    return row?.state === "soft" ? undefined : row;
  }

  findDeleted(id: string): Row | undefined {
    const row = this.store.row(id);
    return row?.state === "soft" ? row : undefined;
  }

  all(type: string): Row[] {
    return this.store.rows(type).filter(({ state }) => state !== "soft");
  }

  below(type: string, id: string): Row[] {
    return this.store.rowsBelow(type, id).filter(({ state }) => state !== "soft");
  }

  having(type: string, where: "inputs" | "outputs", path: string, value: string): Row[] {
    return this.store.rowsWith(type, where, path, value).filter(({ state }) => state !== "soft");
  }

  allDeleted(type: string): Row[] {
    return this.store.rows(type).filter(({ state }) => state === "soft");
  }

  freshGuid(seed: string): string {
    return guidOf(`${seed}#${this.store.count(seed)}`);
  }

  create(type: string, inputs: Bag, urn = ""): Row {
    return this.store.atomically(() => {
      const behaviour = behaviourOf(type);
      const id = behaviour.id(inputs, this);
      this.#ask(behaviour, { operation: "create", type, id, next: inputs, now: this.find(id, type), cloud: this });
      const kept = this.findDeleted(id);
      const row =
        kept !== undefined && behaviour.returns?.(inputs) === true
          ? this.#put(behaviour, { ...kept, state: "live" }, inputs)
          : this.#make(behaviour, type, id, inputs);
      this.store.log("create", row, urn);
      for (const brought of behaviour.brings?.(inputs, this) ?? []) {
        const also = behaviourOf(brought.type);
        this.#make(also, brought.type, also.id(brought.inputs, this), brought.inputs);
      }
      return row;
    });
  }

  update(type: string, id: string, inputs: Bag, urn = ""): Row {
    return this.store.atomically(() => {
      const behaviour = behaviourOf(type);
      const now = this.find(id, type);
      this.#ask(behaviour, { operation: "update", type, id, next: inputs, now, cloud: this });
      if (now === undefined) throw new Refused(`${id} was not found`);
      const row = this.#put(behaviour, { ...now, state: "live" }, inputs);
      this.store.log("update", row, urn);
      return row;
    });
  }

  /** Deletes what has this id, and everything below it. To delete what is not there is no mistake. */
  delete(type: string, id: string, urn = ""): void {
    this.store.atomically(() => {
      const now = this.find(id, type);
      if (now === undefined) return;
      this.#ask(behaviourOf(type), { operation: "delete", type, id, next: now.inputs, now, cloud: this });
      this.#remove(now, "delete", urn);
    });
  }

  /** Puts a resource there that somebody made before: nobody is asked, and nothing is logged. */
  found(type: string, inputs: Bag): void {
    this.store.atomically(() => {
      const behaviour = behaviourOf(type);
      this.#make(behaviour, type, behaviour.id(inputs, this), inputs);
    });
  }

  /** What the provider's Read reports, or undefined where nothing stands. */
  read(type: string, id: string, old?: Bag): { inputs: Bag; outputs: Bag } | undefined {
    const behaviour = behaviourOf(type);
    const row = this.find(id, type);
    if (row === undefined) return undefined;
    let inputs: Bag = { ...(behaviour.reads?.(row, old) ?? row.inputs) };
    for (const path of behaviour.writeOnly ?? []) {
      // The provider keeps what it sent: the cloud does not show it.
      inputs = changedAt(inputs, path, (_, remembered) => remembered, old);
    }
    return { inputs, outputs: { ...behaviour.fills, ...row.outputs, ...inputs } };
  }

  /** The id of what an import names, or undefined where nothing stands. */
  imported(type: string, named: string): string | undefined {
    const { imports = () => this.find(named, type) } = behaviourOf(type);
    return imports(named, this, type)?.id;
  }

  /** Whether a resource of these inputs would stand where `id` stands already. */
  collides(type: string, inputs: Bag, id: string): boolean {
    // To look must not count as asking for a fresh GUID.
    const peeking = Object.create(this, { freshGuid: { value: () => "" } }) as LocalCloud;
    return behaviourOf(type).id(inputs, peeking).toLowerCase() === id.toLowerCase();
  }

  invoke(token: string, args: Bag): Bag {
    const provider = token.split(":")[0] ?? "";
    const invoke = clouds[provider]?.invokes[token];
    if (invoke === undefined) throw new Refused(unknown(`function ${token}`, provider));
    return invoke(args, this);
  }

  /** Changes or removes what stands, behind everybody's back: nobody is asked, nothing is checked. */
  tamper(row: Row, inputs: Bag | undefined): void {
    this.store.atomically(() => {
      if (inputs === undefined) {
        this.#remove(row, "tamper");
      } else {
        this.store.put({ ...row, inputs });
        this.store.log("tamper", row);
      }
    });
  }

  #ask(behaviour: Behaviour, ask: Ask): void {
    for (const refusal of behaviour.refuses ?? []) {
      const text = refusal(ask);
      if (text !== undefined) throw new Refused(text);
    }
  }

  #make(behaviour: Behaviour, type: string, id: string, inputs: Bag): Row {
    const parent = behaviour.within?.(inputs, this);
    const within = parent === undefined ? null : `${parent.type} ${parent.id}`;
    const birth = this.store.count(`${type} ${id}`);
    return this.#put(behaviour, { type, id, inputs, outputs: {}, state: "live", within, birth }, inputs);
  }

  #put(behaviour: Behaviour, row: Row, inputs: Bag): Row {
    const { id, birth } = row;
    const seed = (label: string) => `${row.type} ${id}#${birth} ${label}`;
    const made = {
      inputs,
      id,
      cloud: this,
      guid: (label: string) => guidOf(seed(label)),
      number: (label: string) => numberOf(seed(label)),
    };
    const outputs = Object.fromEntries(
      Object.entries(behaviour.outputs ?? {}).map(([key, output]) => [key, output(made)]),
    );
    const kept = (behaviour.writeOnly ?? []).reduce(
      (bag, path) => changedAt(bag, path, (value) => (value === undefined ? undefined : hashed(value))),
      inputs,
    );
    const stored = { ...row, inputs: kept, outputs };
    this.store.put(stored);
    return stored;
  }

  #remove(row: Row, operation: "delete" | "tamper", urn = ""): void {
    this.store.log(operation, row, urn);
    const left = behaviourOf(row.type).deleted?.(row.inputs) ?? "gone";
    // To archive instead is the provider's courtesy; a person who deletes a repository deletes it.
    if (left === "archived" && operation === "delete") {
      this.store.put({ ...row, state: "archived" });
      return;
    }
    for (const child of this.store.below(row)) if (child.state !== "soft") this.#remove(child, operation);
    if (left === "soft") this.store.put({ ...row, state: "soft" });
    else this.store.drop(row);
  }
}

function unknown(what: string, provider: string): string {
  return `The local cloud does not know the ${what}: add a row in localcloud/clouds/${files[provider] ?? provider}.ts.`;
}

/** A GUID that follows from `seed`. */
export function guidOf(seed: string): string {
  const hex = createHash("sha256").update(seed.toLowerCase()).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A nine-digit number that follows from `seed`. */
export function numberOf(seed: string): number {
  return 100_000_000 + (createHash("sha256").update(seed.toLowerCase()).digest().readUInt32BE() % 900_000_000);
}
