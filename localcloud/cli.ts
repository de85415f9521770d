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
    case "pulumi":
      await prepare(place);
      return (await pulumi(place, args, { show: true })).code;
    case "tamper":
      return tamper(place, args);
    default:
      throw new Trouble(
        `There is no command "${command ?? ""}".`,
        "Commands: start, pulumi <arguments>, tamper <what>.",
      );
  }
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
