/** `npm run local -- …` and `npm run tamper -- …`. */
import { resolve } from "node:path";

import { placeFromEnvironment } from "./place";
import { prepare } from "./project";
import { pulumi } from "./pulumi";
import { tamper } from "./tamper";
import { Trouble } from "./trouble";

async function main([command, ...args]: readonly string[]): Promise<number> {
  const place = placeFromEnvironment();
  switch (command) {
    case "pulumi": {
      const there = elsewhere(args);
      const at = there === undefined ? place : placeFromEnvironment(process.env, there.program);
      await prepare(at);
      return (await pulumi(at, withPaths(there?.args ?? args), { show: true })).code;
    }
    case "tamper":
      return tamper(place, args);
    default:
      throw new Trouble(`There is no command "${command ?? ""}".`, "Commands: pulumi <arguments>, tamper <what>.");
  }
}

/** `-C <directory>`, as Pulumi has it: another program than the checkout's own. */
function elsewhere(args: readonly string[]): { program: string; args: string[] } | undefined {
  const at = args.findIndex((arg) => arg === "-C" || arg === "--cwd");
  const program = args[at + 1];
  if (at < 0 || program === undefined) return undefined;
  return { program, args: args.filter((_, index) => index !== at && index !== at + 1) };
}

/** Files are meant from here; the engine runs in the local cloud's own project directory. */
function withPaths(args: readonly string[]): string[] {
  const flags = /^--(file|policy-pack|policy-pack-config|save-plan|plan|import-file)$/;
  return args.map((arg, index) => {
    if (flags.test(args[index - 1] ?? "")) return resolve(arg);
    const [flag = "", ...value] = arg.split("=");
    return flags.test(flag) && value.length > 0 ? `${flag}=${resolve(value.join("="))}` : arg;
  });
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      if (!(error instanceof Trouble)) throw error;
      process.stderr.write(`${error.message}\n${error.cure}\n`);
      process.exitCode = 1;
    },
  );
}
