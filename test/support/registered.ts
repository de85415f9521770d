/** What a run of the program registers, options included: the recording engine itself keeps inputs alone. */
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { vi } from "vitest";

import { created, urns } from "./mocks";

/** Options of a resource, as the engine is told. */
export interface Options {
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Names of the resources that it waits for. */
  readonly dependsOn: readonly string[];
  readonly ignoreChanges: readonly string[];
}

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly opts: Options;
}

interface Request {
  getName(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
}
type Register = (this: unknown, request: Request, answer: unknown) => Promise<void>;

/** Every resource that `run` registers. */
export async function registeredBy(run: () => Promise<unknown>): Promise<readonly Registered[]> {
  const options = new Map<string, Options>();
  const monitor = MockMonitor.prototype as unknown as { registerResource: Register };
  const register = monitor.registerResource;
  const spy = vi.spyOn(monitor, "registerResource").mockImplementation(function (this: unknown, request, answer) {
    options.set(request.getName(), {
      protect: request.getProtect(),
      retainOnDelete: request.getRetainondelete(),
      dependsOn: request.getDependenciesList().map((urn) => urn.split("::").at(-1) ?? ""),
      ignoreChanges: request.getIgnorechangesList(),
    });
    return register.call(this, request, answer);
  });
  try {
    await run();
    await urns();
  } finally {
    spy.mockRestore();
  }
  const none = { protect: false, retainOnDelete: false, dependsOn: [], ignoreChanges: [] };
  return created.map(({ type, name, inputs }) => ({ type, name, inputs, opts: options.get(name) ?? none }));
}
