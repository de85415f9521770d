/**
 * `npm start`: brings the example organisation up on the local cloud, and ends with who can run code in its production.
 * Exits 0 once it is up; what the audit finds is told, and is no failure.
 */
import { answerFor } from "../audit/audit";
import { textReport } from "../audit/report/text";
import { question } from "../audit/report/words";
import { placeFromEnvironment } from "../localcloud/place";
import { start } from "../localcloud/start";
import { command } from "./command";

const next = `Next
  npm run local -- stack --stack prod                          every resource
  npm run local -- preview --stack prod --diff                 edit Pulumi.prod.yaml first
  npm run tamper                                               change the clouds behind Pulumi's back, and then:
  npm run local -- preview --stack prod --refresh --diff       what drifted
  npm run audit -- --stack prod --local                        what that opened, and how to close it`;

async function main(): Promise<number> {
  const code = await start(placeFromEnvironment());
  if (code !== 0) return code;
  console.log(`\n${next}\n\n${question}\n`);
  const judgement = await answerFor({ stack: "prod", local: true, declared: false });
  console.log(textReport(judgement));
  return 0;
}

command(main);
