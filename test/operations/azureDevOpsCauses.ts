/** What can be wrong with Azure DevOps before a first up, one row a cause: cases of doctor.test.ts. */
import { type } from "../../localcloud/clouds/azureDevOps/project";
import type { Bag } from "../../localcloud/clouds/behaviour";
import { LocalCloud } from "../../localcloud/localCloud";
import type { Organisation } from "../../localcloud/organisation";
import type { Change, Row } from "./doctor.test";

const url = "https://dev.azure.com/contoso-fl";
const office =
  "/subscriptions/5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-devops";
const release = "b2c93e61-85d8-4e96-8a3d-3f408e61ad44";

const together =
  (...steps: readonly Change[]): Change =>
  (store, settings) => {
    for (const step of steps) step(store, settings);
  };
const inGate =
  (edit: Bag): Change =>
  (_store, settings) => {
    Object.assign(settings["federated-mlops:gate"] as Bag, edit);
  };
const organised =
  (change: (organisation: Organisation) => Partial<Organisation>): Change =>
  (store) => {
    store.reorganise((organisation) => ({ ...organisation, ...change(organisation) }));
  };
const without = organised(({ deployer }) => ({ deployer: { ...deployer, azureDevOps: [] } }));
/** A project that somebody made, and something in it. */
const stands =
  (project: Bag, ...inside: readonly (readonly [string, Bag])[]): Change =>
  (store) => {
    const cloud = new LocalCloud(store, {});
    cloud.found(type("Project"), { visibility: "private", ...project });
    const projectId = store.rows(type("Project"))[0]?.id;
    for (const [of, inputs] of inside) cloud.found(type(of), { projectId, ...inputs });
  };
/** Another stack than production's joins what that made. */
const joins: Change = (_store, settings) => {
  delete settings["github:owner"];
  settings["azuredevops:orgServiceUrl"] = url;
  settings["federated-mlops:gate"] = {
    ...{ platform: "azureDevOps", project: { join: "contoso-fl" }, repository: { join: "fl-experiments" } },
  };
};
const subnets = (subnet: { readonly delegatedTo?: string; readonly location?: string } | undefined) =>
  organised(({ networks }) => ({
    networks: networks.map((network) =>
      network.id === office
        ? {
            ...network,
            location: subnet?.location ?? network.location,
            subnets: (network.subnets ?? []).flatMap((one) => (subnet === undefined ? [] : [{ ...one, ...subnet }])),
          }
        : network,
    ),
  }));

const rows: Readonly<Record<string, Omit<Row, "example"> & Partial<Pick<Row, "example">>>> = {
  "there is no such organisation": {
    check: "Azure DevOps organisation",
    change: (_store, settings) => {
      settings["azuredevops:orgServiceUrl"] = "https://dev.azure.com/fabrikam";
    },
    what: "There is no Azure DevOps organisation https://dev.azure.com/fabrikam.",
    fix: "pulumi config set azuredevops:orgServiceUrl https://dev.azure.com/<organisation> --stack prod-azuredevops",
  },
  "the deployer may not make projects": {
    check: "Azure DevOps project",
    change: without,
    what: `The deployer may not make projects in ${url}.`,
    fix: `${url}/_settings/groups: allow the deployer "Create new projects"`,
  },
  "somebody made a project of the name": {
    check: "Azure DevOps project",
    change: stands({ name: "contoso-fl" }),
    what: "There is a project contoso-fl already, which this environment did not make.",
    fix: "pulumi config set --path federated-mlops:gate.project.join contoso-fl --stack prod-azuredevops",
  },
  "its project became public": {
    check: "Azure DevOps project",
    change: stands({
      name: "contoso-fl",
      description: "Federated learning experiments. Managed by federated-mlops.",
      visibility: "public",
    }),
    what: "The project contoso-fl is public.",
    fix: "pulumi up --refresh --stack prod-azuredevops",
  },
  "the project to join is missing": {
    check: "Azure DevOps project",
    change: inGate({ project: { join: "lab" } }),
    what: "federated-mlops:gate.project.join: got lab, which does not exist",
    fix: "correct its name in Pulumi.prod-azuredevops.yaml",
  },
  "the project to join is public": {
    check: "Azure DevOps project",
    change: together(inGate({ project: { join: "lab" } }), stands({ name: "lab", visibility: "public" })),
    what: "got lab, which is public",
    fix: "make it private on Azure DevOps (Project settings, Overview)",
  },
  "the deployer does not administer the project to join": {
    check: "Azure DevOps project",
    change: together(inGate({ project: { join: "lab" } }), stands({ name: "lab" }), without),
    what: "The deployer does not administer the project lab.",
    fix: `${url}/lab/_settings/permissions: make the deployer one of the Project Administrators`,
  },
  "the repository to join is missing": {
    check: "Azure DevOps project",
    example: "dev",
    change: together(joins, stands({ name: "contoso-fl" })),
    what: "federated-mlops:gate.repository.join: got fl-experiments, which does not exist",
    fix: "pulumi up for the production stack first",
  },
  "the repository to join has no pipeline for pull requests": {
    check: "Azure DevOps project",
    example: "dev",
    change: together(joins, stands({ name: "contoso-fl" }, ["Git", { name: "fl-experiments" }])),
    what: "got fl-experiments, which has no pipeline for pull requests",
    fix: "pulumi up for the production stack first",
  },
  "a group is missing": {
    check: "Entra groups",
    change: inGate({ deployReviewers: ["00000000-0000-4000-8000-000000000000"] }),
    what: "federated-mlops:gate.deployReviewers[0]: got 00000000-0000-4000-8000-000000000000, needs an Entra group that exists",
    fix: "correct its object id in Pulumi.prod-azuredevops.yaml",
  },
  "one person alone approves runs": {
    check: "Entra groups",
    change: organised(({ groups }) => ({
      groups: groups.map((one) => (one.objectId === release ? { ...one, members: one.members.slice(0, 1) } : one)),
    })),
    what: `federated-mlops:gate.deployReviewers: got ${release}: 1 people, needs at least 2 people`,
    fix: "add people to the groups in Entra",
  },
  "one person approves runs, and a group in the group holds nobody else": {
    check: "Entra groups",
    change: organised(({ groups }) => {
      const inside = "7d0f5a3e-6c1b-4e2d-9b0a-5f4e3d2c1b0a";
      return {
        groups: [
          ...groups.map((one) =>
            one.objectId === release ? { ...one, members: [...one.members.slice(0, 1), inside] } : one,
          ),
          {
            objectId: inside,
            name: "fl-release-night",
            members: groups.find((one) => one.objectId === release)?.members.slice(0, 1) ?? [],
          },
        ],
      };
    }),
    what: `federated-mlops:gate.deployReviewers: got ${release}: 1 people, needs at least 2 people`,
    fix: "add people to the groups in Entra",
  },
  "the pool's subnet is missing": {
    check: "agent pool",
    change: subnets(undefined),
    what: `${office}/subnets/pipelines does not exist.`,
    fix: "make it, or correct it in Pulumi.prod-azuredevops.yaml",
  },
  "the pool's subnet is not delegated": {
    check: "agent pool",
    change: subnets({ delegatedTo: "Microsoft.Web/serverFarms" }),
    what: "The subnet pipelines is not delegated to Microsoft.DevOpsInfrastructure/pools.",
    fix: `az network vnet subnet update --ids ${office}/subnets/pipelines --delegations Microsoft.DevOpsInfrastructure/pools`,
  },
  "the pool's subnet is in another region": {
    check: "agent pool",
    change: subnets({ location: "northeurope" }),
    what: "The subnet pipelines is in northeurope, and the pool would be in westeurope.",
    fix: "name a subnet in westeurope in Pulumi.prod-azuredevops.yaml",
  },
  "the pool to join is missing": {
    check: "agent pool",
    change: together(
      inGate({ project: { join: "lab" }, runner: { join: "fl-own" } }),
      stands({ name: "lab" }, ["Queue", { name: "fl-other" }]),
    ),
    what: "The project lab has no agent pool fl-own.",
    fix: `${url}/lab/_settings/agentqueues: add the pool`,
  },
};

export const azureDevOpsCauses: Readonly<Record<string, Row>> = Object.fromEntries(
  Object.entries(rows).map(([cause, row]) => [cause, { example: "prod-azuredevops", ...row }]),
);

/** A project that its administrators made, and the deployer is one of them. */
export const joinsLab: Change = together(inGate({ project: { join: "lab" } }), stands({ name: "lab" }));
