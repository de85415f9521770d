/** What the processes below this one have used, as Linux counts it in /proc; elsewhere nothing is known. */
import { readdirSync, readFileSync } from "node:fs";

/** Who a process works for. */
export type Part = "program" | "engine" | "clouds";

export interface Usage {
  /** Processor time, in seconds; several processes of one part together. */
  readonly cpu: number;
  /** Largest resident memory of one process, in MB. */
  readonly peak: number;
}

/** Ticks of the processor clock in a second; fixed at 100 for programs (`man 7 time`). */
const ticks = 100;

/** Watches until the returned function is called, which says what each part has used. */
export function watch(): () => Readonly<Record<Part, Usage>> {
  const seen = new Map<number, Usage & { readonly part: Part }>();
  const look = () => {
    for (const { pid, part } of below(process.pid)) {
      const usage = usageOf(pid);
      if (part !== undefined && usage !== undefined) seen.set(pid, { ...usage, part });
    }
  };
  const timer = setInterval(look, 100);
  return () => {
    clearInterval(timer);
    const of = (part: Part): Usage => {
      const all = [...seen.values()].filter((one) => one.part === part);
      return { cpu: all.reduce((sum, { cpu }) => sum + cpu, 0), peak: Math.max(0, ...all.map(({ peak }) => peak)) };
    };
    return { program: of("program"), engine: of("engine"), clouds: of("clouds") };
  };
}

function below(root: number): { readonly pid: number; readonly part: Part | undefined }[] {
  const parents = pids().flatMap((pid) => {
    const stat = read(pid, "stat");
    return stat === undefined ? [] : [{ pid, parent: Number(afterName(stat)[1]) }];
  });
  const found: number[] = [];
  for (let layer = [root]; layer.length > 0;) {
    layer = parents.filter(({ parent }) => layer.includes(parent)).map(({ pid }) => pid);
    found.push(...layer);
  }
  return found.map((pid) => ({ pid, part: partOf(read(pid, "cmdline")?.split("\0") ?? []) }));
}

function partOf(command: readonly string[]): Part | undefined {
  if (command.some((word) => word.includes("@pulumi/pulumi/cmd/run"))) return "program";
  if (command.some((word) => word.endsWith("localcloud/provider.ts"))) return "clouds";
  return command[0]?.endsWith("pulumi") === true ? "engine" : undefined;
}

function usageOf(pid: number): Usage | undefined {
  const [stat, status] = [read(pid, "stat"), read(pid, "status")];
  const peak = /VmHWM:\s+(\d+) kB/.exec(status ?? "")?.[1];
  if (stat === undefined || peak === undefined) return undefined;
  // utime and stime: `man 5 proc_pid_stat`, whose third field is here the first.
  const [user, system] = afterName(stat).slice(11, 13).map(Number);
  return { cpu: ((user ?? 0) + (system ?? 0)) / ticks, peak: Number(peak) / 1024 };
}

/** Fields of a stat line from the third on: the second, a name in brackets, may hold blanks. */
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function pids(): number[] {
  return process.platform === "linux" ? readdirSync("/proc").map(Number).filter(Number.isInteger) : [];
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It has ended since.
    return undefined;
  }
}
