/**
 * `npm run bench`: what the program costs, measured against a bare program that registers the same resources. For each
 * number of silos both run on a fresh local cloud, one after the other: a preview of nothing that stands, a first `up`,
 * and an `up` that changes nothing. Last comes what the access audit costs in a large
 * tenant; `--audit` measures that alone. With `--faults` nothing is measured: see faults.ts.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { table } from "table";

import { type Place, placeAt } from "../../localcloud/place";
import { prepare } from "../../localcloud/project";
import { pulumi, runEngine } from "../../localcloud/pulumi";
import { measureAudit } from "./access";
import { faults } from "./faults";
import { type Part, type Usage, watch } from "./processes";
import { type State, wavesOf } from "./registrations";
import { withSilos } from "./stackFile";

const checkout = resolve(__dirname, "..", "..");
const stack = "prod";

const commands = {
  preview: ["preview", "--stack", stack],
  "first up": ["up", "--yes", "--skip-preview", "--stack", stack],
  "empty up": ["up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", stack],
} as const;
type Command = keyof typeof commands;
const names = Object.keys(commands) as Command[];

interface Cost extends Readonly<Record<Part, Usage>> {
  /** Seconds from the start of the command to its end. */
  readonly wall: number;
}
type Costs = Readonly<Record<Command, Cost>>;

interface Result {
  readonly silos: number;
  /** Custom resources, which a provider makes; components are not among them. */
  readonly resources: number;
  readonly program: Costs;
  readonly bare: Costs;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      silos: { type: "string", default: "3,30,300" },
      checkpoints: { type: "boolean", default: false },
      audit: { type: "boolean", default: false },
      faults: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
    },
  });
  if (values.audit) {
    process.stdout.write(measureAudit());
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), "federated-mlops-bench-"));
  try {
    if (values.faults) {
      await faults(directory, stack, Number(values.seed));
      return;
    }
    const results: Result[] = [];
    for (const silos of values.silos.split(",").map(Number)) {
      results.push(await measure(join(directory, String(silos)), silos, values.checkpoints));
    }
    process.stdout.write(report(results) + measureAudit());
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(directory: string, silos: number, checkpoints: boolean): Promise<Result> {
  const stacks = join(directory, "stacks");
  mkdirSync(stacks, { recursive: true });
  const file = `Pulumi.${stack}.yaml`;
  writeFileSync(join(stacks, file), withSilos(readFileSync(join(checkout, file), "utf8"), silos));
  const waves = join(directory, "waves.json");
  const environment = { BENCH_WAVES: waves, ...(checkpoints ? {} : withoutCheckpoints) };

  const place = placeAt(join(directory, "program"), { stacks });
  const program = await run(place, `${silos} silos`, environment);
  const exported = await runEngine(place, ["stack", "export", "--show-secrets", "--stack", stack]);
  const registrations = wavesOf(JSON.parse(exported.stdout) as State);
  writeFileSync(waves, JSON.stringify(registrations));

  const barePlace = placeAt(join(directory, "bare"), { stacks, program: __dirname });
  const bare = await run(barePlace, `${silos} silos, bare`, environment);
  return { silos, resources: registrations.flat().length, program, bare };
}

/** The file backend writes the whole state at every step: quadratic, and the engine's own. A real backend takes a step alone. */
const withoutCheckpoints = { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_EXPERIMENTAL: "true" };

async function run(place: Place, what: string, environment: Readonly<Record<string, string>>): Promise<Costs> {
  await prepare(place);
  const costs: [Command, Cost][] = [];
  for (const name of names) {
    const stop = watch();
    const start = performance.now();
    const { code, stdout, stderr } = await pulumi(place, commands[name], { environment });
    const cost = { wall: (performance.now() - start) / 1000, ...stop() };
    if (code !== 0) throw new Error(`${what}, ${name}: ended with ${code}.\n${stderr}\n${stdout.slice(-4000)}`);
    process.stderr.write(`${what}, ${name}: ${cost.wall.toFixed(1)} s\n`);
    costs.push([name, cost]);
  }
  return Object.fromEntries(costs) as Costs;
}

function report(results: readonly Result[]): string {
  return [
    ["Seconds from start to end, and peak memory in MB", wallTable(results)],
    ["Processor seconds of the first up, by process", cpuTable(results)],
    ["The program's own share (program minus bare), in milliseconds for each silo", shareTable(results)],
  ]
    .map(([title, text]) => `\n${title}\n\n${text}`)
    .join("");
}

type Row = readonly (string | number)[];

function wallTable(results: readonly Result[]): string {
  const peak = (costs: Costs, part: Part) => Math.max(...names.map((name) => costs[name][part].peak));
  const rows = results.flatMap(({ silos, resources, program, bare }) => {
    const measures = (costs: Costs) => [
      ...names.map((name) => costs[name].wall),
      peak(costs, "program"),
      peak(costs, "engine"),
    ];
    const [own, least] = [measures(program), measures(bare)];
    const told = (values: readonly number[]) => values.map((value) => value.toFixed(value < 100 ? 1 : 0));
    return [
      [silos, resources, "program", ...told(own)],
      ["", "", "bare", ...told(least)],
      ["", "", "ratio", ...own.map((value, index) => (value / (least[index] ?? 0)).toFixed(2))],
    ];
  });
  return markdown(["silos", "resources", "", ...names, "program MB", "engine MB"], rows);
}

function cpuTable(results: readonly Result[]): string {
  const parts: Part[] = ["program", "engine", "clouds"];
  const rows = results.flatMap(({ silos, program, bare }) => {
    const told = (costs: Costs) => parts.map((part) => costs["first up"][part].cpu.toFixed(1));
    return [
      [silos, "program", ...told(program)],
      ["", "bare", ...told(bare)],
    ];
  });
  return markdown(["silos", "", ...parts], rows);
}

function shareTable(results: readonly Result[]): string {
  const rows = results.map(({ silos, program, bare }) => {
    const share = (of: (cost: Cost) => number) =>
      names.map((name) => (((of(program[name]) - of(bare[name])) * 1000) / silos).toFixed(0));
    return [silos, ...share(({ wall }) => wall), ...share((cost) => cost.program.cpu)];
  });
  return markdown(["silos", ...names, ...names.map((name) => `${name}, processor`)], rows);
}

/** A table as Markdown has it, readable as it is. */
function markdown(head: Row, rows: readonly Row[]): string {
  const rule = head.map(() => "---");
  return table(
    [head, rule, ...rows].map((row) => [...row]),
    {
      border: { bodyLeft: "|", bodyRight: "|", bodyJoin: "|" },
      columnDefault: { alignment: "right" },
      drawHorizontalLine: () => false,
    },
  );
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
