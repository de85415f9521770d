/** What every cloud's client does: reads, and tells what is not there from what it may not see. */

export interface Client {
  /** What stands at `path` (`/subscriptions/…`, `/v1.0/…`, `/repos/…`), or `missing`. Throws {@link Unreadable}. */
  get<T>(path: string): Promise<T | "missing">;
  /** Every item of the list at `path`, page by page, or `missing`. Throws {@link Unreadable}. */
  list<T>(path: string): Promise<T[] | "missing">;
}

/** Azure takes some questions as a POST; they change nothing. */
export interface AskingClient extends Client {
  /** The answer to `question`. Throws {@link Unreadable}. */
  ask<T>(path: string, question: unknown): Promise<T>;
}

/** The cloud did not say: no right, no sign-in, no answer. It is never the same as nothing there. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";

  constructor(
    readonly path: string,
    /** HTTP status; 0 where there was no answer. */
    readonly status: number,
    why: string,
  ) {
    super(`${path.replace(/\?.*/, "")}: ${status === 0 ? "no answer" : `HTTP ${status}`}, ${why}`);
  }
}
