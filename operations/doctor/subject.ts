/** What the doctor looks at: one stack, as its file describes it, and who would deploy it. */
import type { SignedIn } from "../../clients/signedIn";
import { joinsIn, judge } from "../../config";
import { type GateConfig, gateOf } from "../../config/gate";
import type { Estate } from "../../facts/deployer";
import type { Names } from "../../names";
import { namesIn } from "../../rules/names";
import type { StackConfig } from "../../schema";
import type { OwnedOnGitHub } from "../../schema/gate";
import { estateOf } from "./estate";

export interface Subject {
  readonly stack: string;
  readonly settings: StackConfig;
  readonly names: Names;
  readonly estate: Estate;
  /** Which of the two resource groups exist already. */
  readonly joins: { readonly group: boolean; readonly silosGroup: boolean };
  readonly subscription: string;
  readonly gate: GateConfig;
  /** What holds the experiments repository. */
  readonly platform: StackConfig["federated-mlops:gate"]["platform"];
  /** The GitHub organisation. */
  readonly owner: string;
  /** Name of the experiments repository, without its owner. */
  readonly repository: string;
  /** The gate of an environment that owns the repository, on GitHub. */
  readonly owned: OwnedOnGitHub | undefined;
  /** Form of the subject in GitHub's tokens. */
  readonly subject: "immutable" | "classic";
  /** The deployment environment in the repository. */
  readonly environment: "prod" | "dev";
  /** Throws Unreadable where nobody is signed in. */
  readonly signedIn: () => Promise<SignedIn>;
}

/** Throws a Refusal where the settings are wrong in themselves. */
export function subjectOf(
  settings: Readonly<Record<string, unknown>>,
  stack: string,
  signedIn: () => Promise<SignedIn>,
): Subject {
  const judged = judge(settings, stack);
  const names = namesIn(judged, stack);
  const development = judged["federated-mlops:environment"] === "development";
  const gate = judged["federated-mlops:gate"];
  let who: Promise<SignedIn> | undefined;
  return {
    stack,
    settings: judged,
    names,
    estate: estateOf(judged, names),
    joins: joinsIn(judged),
    subscription: judged["azure-native:subscriptionId"],
    gate: gateOf(judged, names),
    platform: gate.platform,
    owner: judged["github:owner"] ?? "",
    repository: development ? judged["federated-mlops:gate"].repository.join : (names.repository ?? ""),
    owned: gate.platform === "github" && "plan" in gate ? gate : undefined,
    subject: gate.platform === "github" ? gate.subject : "immutable",
    environment: development ? "dev" : "prod",
    signedIn: () => (who ??= signedIn()),
  };
}

/** What is said of the repository where it does not stand. */
export function notMade({ owner, repository, owned }: Subject): string {
  const maker = owned === undefined ? ": the production stack comes first" : "";
  return `${owner}/${repository} is not made yet${maker}`;
}
