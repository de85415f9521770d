/** `npm start`, `npm run local -- …` and `npm run tamper -- …`. */
import { placeFromEnvironment } from "./place";
import { prepare } from "./project";
import { pulumi } from "./pulumi";
import { start } from "./start";
import { tamper } from "./tamper";
import { Trouble } from "./trouble";

async function main([command, ...args]: readonly string[]): Promise<number> {
  const place = placeFromEnvironment();
  switch (command) {
    case "start":
      return start(place);
    case "pulumi": {
      const there = elsewhere(args);
      const at = there === undefined ? place : placeFromEnvironment(process.env, there.program);
      await prepare(at);
      return (await pulumi(at, there?.args ?? args, { show: true })).code;
    }
    case "tamper":
      return tamper(place, args);
    default:
      throw new Trouble(
        `There is no command "${command ?? ""}".`,
        "Commands: start, pulumi <arguments>, tamper <what>.",
      );
  }
}

/** `-C <directory>`, as Pulumi has it: another program than the checkout's own. */
function elsewhere(args: readonly string[]): { program: string; args: string[] } | undefined {
  const at = args.findIndex((arg) => arg === "-C" || arg === "--cwd");
  const program = args[at + 1];
  if (at < 0 || program === undefined) return undefined;
  return { program, args: args.filter((_, index) => index !== at && index !== at + 1) };
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
