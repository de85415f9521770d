/** What the bootstrap asks of the platform that holds this repository and runs its pipelines. */
import type * as pulumi from "@pulumi/pulumi";

import type { Dispensable } from "../../facts/plans";
import type { LaneIdentity } from "./components/laneIdentity";
import type { Lane } from "./lanes";
import type { Stack } from "./settings";

/** A lane, and who its jobs become. */
export interface IdentifiedLane {
  readonly lane: Lane;
  readonly identityName: string;
  readonly identity: LaneIdentity;
  /** Identifiers that its jobs read. */
  readonly variables: Readonly<Record<"AZURE_CLIENT_ID" | "AZURE_TENANT_ID" | "STATE_ACCOUNT", pulumi.Input<string>>>;
}

/** Something that an administrator does after the bootstrap, and the commands for it. */
export type Step = readonly [what: string, commands: readonly string[]];

export interface Platform {
  /** What the organisation's plan does not enforce, and is done without. */
  readonly acceptWithout: readonly Dispensable[];
  /** Throws a {@link Refusal} that tells what this repository has already that would let unreviewed code into a lane. */
  refuseOpenDoors(lanes: readonly Lane[]): Promise<void>;
  /** This repository under its rules, with a deployment environment for each lane. */
  own(name: string, lanes: readonly IdentifiedLane[]): Promise<InfrastructureRepository>;
  /** What the platform lets nobody but a person do, before the stacks are made. */
  byHand(lanes: readonly Lane[]): readonly Step[];
  /** What its stack file must say besides, as commands. */
  settingsOf(stack: Stack): readonly string[];
  /** From the commit of the stack files to the first deployment of all. */
  firstDeployment(lanes: readonly Lane[]): readonly Step[];
  /** What it leaves open with open eyes. */
  risks(lanes: readonly Lane[]): readonly string[];
  /** What else the stack puts out. */
  outputs(lanes: readonly Lane[]): Readonly<Record<string, unknown>>;
}

/** This repository, as a lane's gate needs it. */
export interface InfrastructureRepository {
  /** What must stand before any lane may open. */
  readonly guards: readonly pulumi.Resource[];
  /** Gives a lane's jobs what they need to become its identity, once it trusts them. */
  admit(name: string, lane: IdentifiedLane, gate: pulumi.Resource): Trusted;
}

/** Whose tokens a lane's identity trusts. */
export interface Trusted {
  readonly issuer: pulumi.Input<string>;
  readonly subject: pulumi.Input<string>;
  /** What must stand before it does. */
  readonly guards: readonly pulumi.Resource[];
}
