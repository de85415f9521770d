import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

import { Access, accessTable, principalsOf } from "./components/access";
import { withoutApiVersions } from "./components/aliases";
import { AssociatedResources } from "./components/associatedResources";
import { azureDevOps } from "./components/azureDevOps/platform";
import { Federation } from "./components/federation";
import type { Platform } from "./components/gate";
import { gitHub } from "./components/github/platform";
import { Guardrails } from "./components/guardrails";
import { ManagedEgress } from "./components/managedEgress";
import { ImageBuilder } from "./components/imageBuilder";
import { PrivateNetwork } from "./components/network";
import { PipelineIdentity } from "./components/pipelineIdentity";
import { resourceGroup } from "./components/resourceGroup";
import { MlWorkspace } from "./components/workspace";
import { acceptedRisks, federationOf, partyNetworks, readConfig } from "./config";
import { kindTag } from "./facts/azure";
import { preflight } from "./preflight";

export = async () => {
  const config = readConfig();
  withoutApiVersions();
  const recovered = await preflight(config);
  const { tenantId, objectId: deployer } = await azuread.getClientConfig();
  const { names, location, posture, subscription, ingress, way, managed, adopts } = config;
  const tags = { ...config.tags, [kindTag]: config.environment };
  const common = { names, location, posture, ingress, tags };
  const keep = { protect: posture.protect };

  const inSubscription = { subscription, location, tags };
  const group = resourceGroup(
    "group",
    { ...inSubscription, resourceGroupName: names.group, join: config.joins.group },
    keep,
  );
  const silosGroup = resourceGroup(
    "silos-group",
    { ...inSubscription, resourceGroupName: names.silosGroup, join: config.joins.silosGroup },
    keep,
  );

  const network = PrivateNetwork.for("network", {
    ...{ ingress, way, tags, group },
    parties: partyNetworks(config),
    addressSpace: config.addressSpace,
    dnsZones: config.dnsZones,
    readers: config.readerNetworks,
  });

  const associated = new AssociatedResources("associated", {
    ...common,
    group,
    network,
    tenantId,
    recover: recovered.vault,
    adopts,
    joinedLogs: config.joinedLogs,
  });
  const pipeline = new PipelineIdentity("pipeline", { displayName: names.application, owner: deployer });
  const table = accessTable(config);
  const groundwork = new Access("groundwork", {
    names,
    rows: table.groundwork,
    principals: principalsOf({ associated }),
    standing: associated.standing,
  });
  const workspace = new MlWorkspace(
    "workspace",
    {
      ...common,
      ...{ group, network, managed, associated, adopts },
      imageBuilder: config.imageBuilds && names.imageBuilder.cluster,
    },
    { dependsOn: groundwork },
  );
  const federation = new Federation("federation", {
    ...common,
    ...{ group, silosGroup, workspace, network, managed },
    logsId: associated.logs.id,
    handover: config.handover,
    orchestrator: config.orchestrator,
    silos: config.silos,
  });
  const imageBuilder =
    config.imageBuilds &&
    new ImageBuilder("image-builder", {
      ...common,
      ...{ group, workspace, network, managed },
      computeLocation: config.orchestrator.location,
      ...config.imageBuilds,
    });
  const access = new Access("access", {
    names,
    rows: table.access,
    principals: principalsOf({ associated, federation, pipeline, imageBuilder, users: config.users }),
    standing: { ...associated.standing, ...federation.standing, [names.workspaceId]: workspace },
  });
  const guardrails = new Guardrails(
    "guardrails",
    {
      ...{ ingress, tags, alerts: config.alerts },
      groups: [
        { key: "group", id: group.id },
        { key: "silos-group", id: silosGroup.id },
      ],
      enforce: posture.enforce,
      lock: posture.protect,
      locked: {
        // Ids that wait for everything on the store: when a silo leaves, its lock is lifted first.
        ...Object.fromEntries(
          Object.entries(federation.silos)
            .filter(([, { ownsStore }]) => ownsStore)
            .map(([key, { store, onStore }]) => {
              const held = [...onStore, ...access.on(names.silos[key]?.storeId ?? key)];
              return [key, pulumi.all([store.id, ...held.map(({ id }) => id)]).apply(([id]) => id)];
            }),
        ),
        vault: associated.vault.id,
        ...(config.joinedLogs === undefined ? { logs: associated.logs.id } : {}),
      },
      names: { group: group.name, place: names.place, budget: names.budget },
    },
    { dependsOn: [associated, workspace, federation, groundwork, access] },
  );
  if (managed) new ManagedEgress("managed-egress", { group, workspace, federation, access, names });

  const platform: Platform<unknown> =
    config.gate.platform === "github"
      ? gitHub({
          ...config.gate,
          repository: config.gate.repository && { ...config.gate.repository, ...recovered.repository },
        })
      : azureDevOps({ ...config.gate, group, location, tags, devCenter: names.devCenter });
  const repository =
    config.gate.repository === undefined
      ? platform.find(config.gate.experiments)
      : platform.own("repository", { ...config.gate.repository, ...keep });
  const gate = platform.open(
    "gate",
    {
      repository,
      environment: config.environment === "production" ? "prod" : "dev",
      identity: {
        applicationId: pipeline.application.id,
        clientId: pipeline.application.clientId,
        tenantId,
        subscriptionId: subscription,
      },
      variables: {
        AZURE_CLIENT_ID: pipeline.application.clientId,
        AZURE_TENANT_ID: tenantId,
        AZURE_SUBSCRIPTION_ID: subscription,
        AZUREML_RESOURCE_GROUP: names.group,
        AZUREML_WORKSPACE: names.workspace,
      },
      secrets: config.secrets,
    },
    // Everything that makes production safe stands before the gate can open.
    { dependsOn: [access, guardrails] },
  );

  return {
    environment: config.environment,
    workspaceId: workspace.id,
    studioUrl: pulumi.interpolate`https://ml.azure.com/?wsid=${workspace.id}&tid=${tenantId}`,
    repository: platform.urlOf(repository),
    pipelineClientId: pipeline.application.clientId,
    trustedSubject: gate.subject,
    acceptedRisks: acceptedRisks(config),
    federation: {
      aml: { subscription_id: subscription, resource_group_name: names.group, workspace_name: names.workspace },
      federated_learning: federationOf(names, config.handover),
    },
    // Pulumi Cloud shows it on the stack's page, with the outputs in their places.
    readme: readFileSync(join(__dirname, "Pulumi.README.md"), "utf8"),
    ...(network && {
      peeringsOfOthers: network.peeringsOfOthers,
      zoneLinksOfOthers: network.zoneLinksOfOthers,
    }),
  };
};
