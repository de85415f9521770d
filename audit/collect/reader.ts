/** Reads the clouds, and keeps what could not be read. Every request is a GET. */
import { type Client, Unreadable } from "../../clients/client";
import type { Unknown } from "../model";

export class Reader {
  readonly unknown: Unknown[] = [];

  /** `what` could not be told. */
  note(what: string, why: string): void {
    if (!this.unknown.some((one) => one.what === what && one.why === why)) this.unknown.push({ what, why });
  }

  /** What stands at `path`. Undefined where nothing does, which is noted as not knowing `what`. */
  async get<T>(client: Client, path: string, what: string): Promise<T | undefined> {
    const found = await this.find<T>(client, path, what);
    if (found === "missing") this.note(what, `${bare(path)}: nothing is shown there`);
    return found === "missing" ? undefined : found;
  }

  /** The same where nothing may stand there. */
  find<T>(client: Client, path: string, what: string): Promise<T | "missing" | undefined> {
    return this.#attempt(what, () => client.get<T>(path));
  }

  /** Every item of a list that must be there. */
  async list<T>(client: Client, path: string, what: string): Promise<readonly T[] | undefined> {
    const found = await this.#attempt(what, () => client.list<T>(path));
    if (found === "missing") this.note(what, `${bare(path)}: nothing is shown there`);
    return found === "missing" ? undefined : found;
  }

  /** What only tenants with a certain licence have: without it there is none. */
  async licensed<T>(client: Client, path: string, what: string): Promise<readonly T[]> {
    try {
      const found = await client.list<T>(path);
      if (found !== "missing") return found;
      this.note(what, `${bare(path)}: nothing is shown there`);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      // https://learn.microsoft.com/entra/id-governance/licensing-fundamentals
      if (!/AadPremiumLicenseRequired|premium license|does not have .*(P2|Governance)/i.test(error.message)) {
        this.note(what, error.message);
      }
    }
    return [];
  }

  async #attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.note(what, error.message);
      return undefined;
    }
  }
}

/** Does `work` for every item, a few at a time: the clouds slow down who asks too much at once. */
export async function forEach<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  return results;
}

const bare = (path: string) => path.replace(/\?.*/, "");
