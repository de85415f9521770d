/** Where to look: what the stack's outputs and its backend say. Nothing of it says what is allowed. */
import * as z from "zod";

import { complaintOf, type Pulumi } from "../operations/pulumi";
import type { Target } from "./collect/world";

/** The stack could not be asked where its production is. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

export const notProduction = (stack: string, environment = "no kind") =>
  `${stack} is an environment of ${environment}, in which people may run anything: there is nothing to audit.`;

const outputs = z.object({
  environment: z.string(),
  workspaceId: z.string(),
  repository: z.url(),
  pipelineClientId: z.string(),
  trustedSubject: z.string(),
});

const identity = z.object({ url: z.string() });

/** Asks Pulumi. Throws {@link Unanswered}. */
export async function targetOf(stack: string, pulumi: Pulumi): Promise<Target> {
  const [told, who] = await Promise.all([
    answer(stack, pulumi, outputs, ["stack", "output", "--json", "--stack", stack]),
    answer(stack, pulumi, identity, ["whoami", "--json"]),
  ]);
  if (told.environment !== "production") throw new Unanswered(notProduction(stack, told.environment));
  const { workspaceId: workspace, repository, pipelineClientId, trustedSubject } = told;
  const { host, pathname } = new URL(repository);
  const azureDevOps = /(^|\.)(dev\.azure|visualstudio)\.com$/.test(host);
  return {
    ...{ stack, workspace, pipelineClientId, trustedSubject },
    repository: azureDevOps ? undefined : pathname.slice(1),
    backend: who.url,
  };
}

async function answer<T>(stack: string, pulumi: Pulumi, schema: z.ZodType<T>, args: readonly string[]): Promise<T> {
  const outcome = await pulumi([...args, "--non-interactive"]);
  if (outcome.code !== 0) throw new Unanswered(complaintOf(outcome));
  try {
    return schema.parse(JSON.parse(outcome.stdout));
  } catch (error) {
    const lacking = error instanceof z.ZodError ? error.issues.map(({ path }) => path.join(".")).join(", ") : "";
    throw new Unanswered(
      `pulumi ${args.slice(0, 2).join(" ")} of ${stack} does not say ${lacking || "what was asked"}: bring the stack up first.`,
    );
  }
}
