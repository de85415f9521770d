import { Provider } from "@pulumi/azure-native/provider";
import * as resources from "@pulumi/azure-native/resources";
import * as azuread from "@pulumi/azuread";

import { withoutApiVersions } from "../../components/aliases";
import { alertOnTampering } from "../../components/tamperAlerts";
import { kindTag } from "../../facts/azure";
import { azureDevOps } from "./azureDevOps/platform";
import { LaneGate } from "./components/laneGate";
import { LaneIdentity } from "./components/laneIdentity";
import { Rights } from "./components/rights";
import { StateStore } from "./components/stateStore";
import { refuseForeignTrust } from "./foreignTrust";
import { gitHub } from "./github/platform";
import { type Lane, lanesOf } from "./lanes";
import { identityOf } from "./names";
import { nextSteps } from "./nextSteps";
import type { IdentifiedLane, Platform } from "./platform";
import { registerResourceProviders } from "./resourceProviders";
import { bootstrapState, groupsOf, rightsTable } from "./rights";
import { readSettings } from "./settings";

export = async () => {
  const settings = readSettings();
  withoutApiVersions();
  const { names, location, stacks, workload } = settings;
  const platform = settings.platform === "github" ? gitHub(settings) : azureDevOps(settings);
  const lanes = lanesOf(stacks, platform.acceptWithout);
  await platform.refuseOpenDoors(lanes);
  await refuseForeignTrust(settings, lanes);
  await registerResourceProviders(settings);
  const { tenantId } = await azuread.getClientConfig();
  const tags = { "federated-mlops": "operations" };

  const group = new resources.ResourceGroup(
    "group",
    { resourceGroupName: names.group, location, tags },
    { protect: true },
  );
  const environments = stacks.flatMap((config) => {
    // A stack may lie in a subscription of its own.
    const provider = new Provider(config.stack, { subscriptionId: config.subscription, location: config.location });
    return groupsOf(config).map(({ at, name, scope }) => ({
      scope,
      group: new resources.ResourceGroup(
        at,
        { resourceGroupName: name, location: config.location, tags: { ...config.tags, [kindTag]: config.environment } },
        { provider, protect: config.posture.protect },
      ),
    }));
  });

  const state = new StateStore("state", {
    ...{ names, location, tenantId, tags },
    resourceGroupName: group.name,
    stacks: [...stacks.map(({ stack }) => stack), bootstrapState],
  });

  const identities = lanes.map((lane): IdentifiedLane => {
    const identityName = identityOf(workload, lane.key);
    const { graph } = lane;
    const identity = new LaneIdentity(lane.key, {
      ...{ location, tags, identityName, graph },
      resourceGroupName: group.name,
    });
    const { clientId } = identity.identity;
    const variables = { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId, STATE_ACCOUNT: names.store };
    return { lane, identityName, identity, variables };
  });

  const rights = new Rights("rights", {
    groupId: names.groupId,
    rows: rightsTable(lanes, names),
    principals: {
      administrators: { objectId: settings.administrators, type: "Group" },
      ...Object.fromEntries(
        identities.map(({ lane, identity }) => [
          lane.key,
          { objectId: identity.identity.principalId, type: "ServicePrincipal" as const },
        ]),
      ),
    },
    standing: {
      ...state.standing,
      [names.groupId]: group,
      ...Object.fromEntries(environments.map(({ scope, group }) => [scope, group])),
    },
  });

  alertOnTampering(
    "alerts",
    { emails: settings.alerts, watched: [group.id], names: { group: group.name, place: names.place }, tags },
    {},
  );

  const repository = await platform.own("repository", identities);

  // The lanes come with production's deployers last: nobody can become one before every rule and right stands.
  const opened: LaneGate[] = [];
  for (const identified of identities) {
    const { lane, identity } = identified;
    const gate = new LaneGate(
      `${lane.key}-gate`,
      {
        ...identified,
        ...{ repository, platform: settings.platform },
        resourceGroupName: group.name,
      },
      { dependsOn: [rights, ...identity.graphRoles, ...(deploysProduction(lane) ? opened : [])] },
    );
    opened.push(gate);
  }

  return {
    nextSteps: nextSteps(settings, platform, lanes),
    ...platform.outputs(lanes),
    identities: Object.fromEntries(
      identities.map(({ lane, identity }) => [
        lane.key,
        { clientId: identity.identity.clientId, objectId: identity.identity.principalId },
      ]),
    ),
    acceptedRisks: acceptedRisks(lanes, platform),
  };
};

function deploysProduction({ purpose, stacks }: Lane): boolean {
  return purpose === "deploy" && stacks.some(({ environment }) => environment === "production");
}

/** What this set-up leaves open with open eyes. */
function acceptedRisks(lanes: readonly Lane[], platform: Platform): string[] {
  const previews = lanes.some(({ purpose }) => purpose === "preview");
  return [
    ...(previews
      ? ["live preview: a program that a reviewer lets run can read the subscriptions and every secret of the stacks"]
      : [
          "deployment reviews: GitHub's plan has none, so there is no live preview, and merging to main deploys production",
        ]),
    "administrators: who is in that group can change a stack's state and read its secrets",
    ...platform.risks(lanes),
    "a deployment whose reviewer also writes here can be started by a bot and approved by that one person",
  ];
}
