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

const places = outputs.extend({ stack: z.string(), backend: z.string() });

/** What Pulumi knows of where production is. None of it is secret. */
export type Places = z.infer<typeof places>;

/** Asks Pulumi. Throws {@link Unanswered}. */
export async function placesOf(stack: string, pulumi: Pulumi): Promise<Places> {
  const [told, who] = await Promise.all([
    answer(stack, pulumi, outputs, ["stack", "output", "--json", "--stack", stack]),
    answer(stack, pulumi, identity, ["whoami", "--json"]),
  ]);
  return { stack, ...told, backend: who.url };
}

/** What {@link placesOf} told somebody else, who may open the stack's state. Throws {@link Unanswered}. */
export function placesIn(text: string, stack: string): Places {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    told = undefined;
  }
  const parsed = places.safeParse(told);
  if (!parsed.success || parsed.data.stack !== stack) {
    throw new Unanswered(
      `That is not where ${stack} is: write it by npm run audit -- --stack ${stack} --print-target.`,
    );
  }
  return parsed.data;
}

/** Where to look. Throws {@link Unanswered} where there is nothing to look for. */
export function targetAt(told: Places): Target {
  const { stack, environment, workspaceId: workspace, repository, pipelineClientId, trustedSubject, backend } = told;
  if (environment !== "production") throw new Unanswered(notProduction(stack, environment));
  return {
    ...{ stack, workspace, pipelineClientId, trustedSubject, backend },
    repository: repositoryAt(new URL(repository)),
  };
}

/** The repository whose page that is. */
function repositoryAt({ host, origin, pathname }: URL): Target["repository"] {
  const parts = pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
  const [, old] = /^([^.]+)\.visualstudio\.com$/.exec(host) ?? [];
  if (host !== "dev.azure.com" && old === undefined) return { on: "github", name: parts.join("/") };
  // The older address has the organisation in its host: https://contoso.visualstudio.com/<project>/_git/<repository>
  const [organisation = "", project = "", , name = ""] = old === undefined ? parts : [old, ...parts];
  const url = old === undefined ? `${origin}/${organisation}` : `https://dev.azure.com/${organisation}`;
  return { on: "azureDevOps", url, project, name };
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
