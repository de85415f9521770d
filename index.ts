import * as resources from "@pulumi/azure-native/resources";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

import { Access, accessTable, principalsOf } from "./components/access";
import { AssociatedResources } from "./components/associatedResources";
import { Federation } from "./components/federation";
import { gitHub } from "./components/github/platform";
import { Guardrails } from "./components/guardrails";
import { ManagedEgress } from "./components/managedEgress";
import { PrivateNetwork } from "./components/network";
import { PipelineIdentity } from "./components/pipelineIdentity";
import { MlWorkspace } from "./components/workspace";
import { acceptedRisks, readConfig } from "./config";
import { kindTag } from "./facts/azure";
import { preflight } from "./preflight";

export = async () => {
  const config = readConfig();
  const recovered = await preflight(config);
  const { tenantId, objectId: deployer } = await azuread.getClientConfig();
  const { names, location, posture, subscription } = config;
  const tags = { ...config.tags, [kindTag]: config.environment };
  const { ingress, way } = config;
  const common = { names, location, posture, ingress, tags };
  const keep = { protect: posture.protect };

  const group = new resources.ResourceGroup("group", { resourceGroupName: names.group, location, tags }, keep);
  const silosGroup = new resources.ResourceGroup(
    "silos-group",
    { resourceGroupName: names.silosGroup, location, tags },
    keep,
  );

  const managed = way !== undefined && "managed" in way;
  const parties = [
    { key: "orchestrator", place: names.orchestrator.place, location: config.orchestrator.location },
    ...Object.entries(names.silos).map(([key, { place }]) => ({
      key,
      place,
      location: config.silos[key]?.location ?? location,
    })),
  ];
  const network = PrivateNetwork.for("network", {
    ...{ ingress, way, tags, group, parties },
    addressSpace: config.addressSpace,
    readers: config.readerNetworks,
  });

  const associated = new AssociatedResources("associated", {
    ...common,
    group,
    network,
    tenantId,
    recover: recovered.vault,
  });
  const pipeline = new PipelineIdentity("pipeline", { displayName: names.application, owner: deployer });
  const table = accessTable(config);
  const groundwork = new Access("groundwork", {
    subscription,
    rows: table.groundwork,
    principals: principalsOf({ associated }),
    standing: associated.standing,
  });
  const workspace = new MlWorkspace(
    "workspace",
    { ...common, group, network, managed, associated },
    { dependsOn: groundwork },
  );
  const federation = new Federation("federation", {
    ...common,
    group,
    silosGroup,
    workspace,
    network,
    managed,
    subscription,
    logsId: associated.logs.id,
    handover: config.handover,
    orchestrator: config.orchestrator,
    silos: config.silos,
  });
  const access = new Access("access", {
    subscription,
    rows: table.access,
    principals: principalsOf({ associated, federation, pipeline, users: config.users }),
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
          Object.entries(federation.silos).map(([key, { store, onStore }]) => {
            const rights = access.on(names.silos[key]?.storeId ?? key);
            return [key, pulumi.all([store.id, ...onStore.map(({ id }) => id), ...rights]).apply(([id]) => id)];
          }),
        ),
        vault: associated.vault.id,
        logs: associated.logs.id,
      },
      names: { group: group.name, place: names.place },
    },
    { dependsOn: [associated, workspace, federation, groundwork, access] },
  );
  if (managed) new ManagedEgress("managed-egress", { group, workspace, federation }, { dependsOn: access });

  const platform = gitHub(config.owner);
  const repository =
    config.repository === undefined
      ? platform.find(config.experiments)
      : platform.own("repository", { ...config.repository, recover: recovered.repository, ...keep });
  const gate = platform.open(
    "gate",
    {
      repository,
      environment: config.environment === "production" ? "prod" : "dev",
      identity: { applicationId: pipeline.application.id },
      subject: config.subject,
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
    workspaceId: workspace.id,
    studioUrl: pulumi.interpolate`https://ml.azure.com/?wsid=${workspace.id}&tid=${tenantId}`,
    repository: platform.urlOf(repository),
    pipelineClientId: pipeline.application.clientId,
    trustedSubject: gate.subject,
    acceptedRisks: acceptedRisks(config),
    ...(network && { peeringsOfOthers: network.peeringsOfOthers }),
  };
};
