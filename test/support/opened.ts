/** Each way into production that somebody may open, and the promise that it breaks. */
import { judge, type Judged } from "../../audit/judge";
import type { World } from "../../audit/model";
import type { AuditedId, ThreatId } from "../../facts/controls";
import {
  assignment,
  changed,
  type Draft,
  experiments,
  group,
  identity,
  managementGroup,
  owners,
  people,
  registry,
  scientists,
  services,
  state,
  store,
  subscription,
  trust,
  workspace,
} from "./world";

export type Edit = (world: Draft<World>) => void;

export interface Opened {
  readonly edit: Edit;
  /** Where the new route begins. */
  readonly who: string;
  readonly threat: ThreatId;
  readonly control: AuditedId;
  /** Part of what closes it. */
  readonly close: string;
}

export const repositoryOf = (world: Draft<World>, name = "fl-experiments") => {
  const found = world.github?.repositories.find((one) => one.name.endsWith(name));
  if (found === undefined) throw new Error(`No repository ${name}.`);
  return found;
};
export const main = (world: Draft<World>) => repositoryOf(world).branches[0]!;
export const ruleset = (world: Draft<World>) => repositoryOf(world).rulesets[0]!;
export const production = (world: Draft<World>) => repositoryOf(world).environments[0]!;
export const pipeline = (world: Draft<World>) => world.directory.principals[services.pipeline]!;
export const grant =
  (...given: Parameters<typeof assignment>): Edit =>
  (world) => {
    world.azure.assignments.push(assignment(...given));
  };
const directoryRole = (name: string, actions: string[], more: { scope?: string; eligible?: boolean } = {}): Edit => {
  return (world) => {
    world.directory.roles.push({
      ...{ id: `role ${name}`, principal: people.emre, role: name, scope: "/", eligible: false },
      actions: actions.map((one) => `microsoft.directory/${one}`),
      ...more,
    });
  };
};
export const writers = "whoever writes to contoso-fl/fl-experiments";
const up = "pulumi up --refresh --stack prod";
const drop = "az role assignment delete --ids ";

export const opened: Readonly<Record<string, Opened>> = {
  "a Contributor of the subscription": {
    edit: grant(people.emre, "Contributor", subscription),
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: `${drop}${subscription}/providers` },
  },
  "an Owner of a management group": {
    edit: grant(people.emre, "Owner", managementGroup),
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: `${drop}${managementGroup}/providers` },
  },
  "an Owner of everything": {
    edit: grant(people.emre, "Owner", "/"),
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: `${drop}/providers` },
  },
  "a Data Scientist of the workspace": {
    edit: grant(scientists, "AzureML Data Scientist", workspace),
    ...{ who: "fl-data-scientists", threat: "T42", control: "audit-rights", close: drop },
  },
  "who makes computes": {
    edit: grant(people.emre, "AzureML Compute Operator", workspace),
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: drop },
  },
  "somebody with rights on one cluster": {
    edit: grant(people.emre, "Contributor", `${workspace}/computes/silo0-cpu`),
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: drop },
  },
  "who assigns roles in the group": {
    edit: grant(people.emre, "Role Based Access Control Administrator", group),
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: drop },
  },
  "who is only eligible": {
    edit: grant(people.emre, "Owner", group, { held: "eligible" }),
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: "Privileged Identity Management" },
  },
  "a classic administrator": {
    edit: grant("emre@contoso.example", "Owner", subscription, { held: "classic" }),
    ...{ who: "emre@contoso.example", threat: "T42", control: "audit-rights", close: "az rest --method DELETE" },
  },
  "a role of the organisation's own": {
    edit: (world) => {
      world.azure.roles.own = {
        ...{ name: "Job helper", custom: true, assignableScopes: [subscription] },
        permissions: [{ actions: ["Microsoft.MachineLearningServices/workspaces/*/write"] }],
      };
      world.azure.assignments.push(assignment(people.emre, "own", subscription));
    },
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: drop },
  },
  "a service principal that nobody declared, with a secret": {
    edit: (world) => {
      const robot = "a0000000-0000-4000-8000-00000000000f";
      world.directory.principals[robot] = {
        ...structuredClone(pipeline(world)),
        ...{ name: "robot", clientId: "client of robot", trusts: [], owners: [] },
        secrets: [{ id: "k1", name: "ci", kind: "secret", on: "application", ends: "2027-05-01T00:00:00Z" }],
      };
      world.azure.assignments.push(assignment(robot, "Contributor", subscription));
    },
    ...{ who: "whoever has the secret ci of robot", threat: "T42", control: "audit-rights", close: drop },
  },
  "an application of another tenant": {
    edit: (world) => {
      const guest = "a0000000-0000-4000-8000-00000000000e";
      world.directory.principals[guest] = {
        ...structuredClone(pipeline(world)),
        ...{ name: "vendor", tenant: "fabrikam", application: undefined, trusts: [], owners: [] },
      };
      world.azure.assignments.push(assignment(guest, "Contributor", subscription));
    },
    who: "whoever has the application vendor in the tenant fabrikam",
    ...{ threat: "T42", control: "audit-rights", close: drop },
  },
  "a group in a group with a right": {
    edit: (world) => {
      const [outer, inner] = ["00000000-0000-4000-8000-0000000000aa", "00000000-0000-4000-8000-0000000000bb"];
      world.directory.groups[outer] = { name: "operators", members: [inner], owners: [], privileged: false };
      world.directory.groups[inner] = { name: "interns", members: [people.emre], owners: [], privileged: false };
      world.azure.assignments.push(assignment(outer, "Contributor", subscription));
    },
    ...{ who: "operators", threat: "T42", control: "audit-rights", close: drop },
  },
  "the owner of a group in a group with a right": {
    edit: (world) => {
      const [outer, inner] = ["00000000-0000-4000-8000-0000000000aa", "00000000-0000-4000-8000-0000000000bb"];
      world.directory.groups[outer] = { name: "operators", members: [inner], owners: [], privileged: false };
      world.directory.groups[inner] = { name: "interns", members: [], owners: [people.emre], privileged: false };
      world.azure.assignments.push(assignment(outer, "Contributor", subscription));
    },
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: drop },
  },
  "a credential in a datastore of a store that takes keys": {
    edit: (world) => {
      world.production.stores[0] = { id: store, sharedKey: true, credentials: ["workspaceblobstore"] };
    },
    ...{ who: "fl-data-scientists", threat: "T43", control: "datastore-no-keys", close: drop },
  },
  "a store that takes keys": {
    edit: (world) => {
      world.production.stores[0]!.sharedKey = true;
    },
    who: "whoever has an account key of stfl2fvffws",
    ...{ threat: "T43", control: "store-no-shared-key", close: up },
  },
  "who lists the keys of a store that takes them": {
    edit: (world) => {
      world.production.stores[0]!.sharedKey = true;
      world.azure.assignments.push(assignment(people.emre, "Storage Account Key Operator Service Role", group));
    },
    ...{ who: "emre", threat: "T43", control: "store-no-shared-key", close: drop },
  },
  "a secret of the pipeline": {
    edit: (world) => {
      pipeline(world).secrets.push({
        ...{ id: "k2", name: "temporary", kind: "secret", on: "application", ends: "2027-05-01T00:00:00Z" },
      });
    },
    who: "whoever has the secret temporary of fl-prod-pipeline",
    ...{
      threat: "T44",
      control: "audit-application",
      close: "az ad app credential delete --id client of fl-prod-pipeline --key-id k2",
    },
  },
  "a certificate of the pipeline's principal": {
    edit: (world) => {
      pipeline(world).secrets.push({
        ...{ id: "k3", name: "cert", kind: "certificate", on: "principal", ends: "2027-05-01T00:00:00Z" },
      });
    },
    who: "whoever has the certificate cert of fl-prod-pipeline",
    ...{
      threat: "T44",
      control: "audit-application",
      close: `az ad sp credential delete --id ${services.pipeline} --key-id k3 --cert`,
    },
  },
  "a second trust of the pipeline, in another repository": {
    edit: (world) => {
      pipeline(world).trusts.push(trust("second", "repo:emre/playground:ref:refs/heads/main"));
    },
    who: "whoever GitHub calls repo:emre/playground:ref:refs/heads/main",
    ...{ threat: "T44", control: "audit-application", close: "federated-credential-id second" },
  },
  "a second trust of the pipeline, in another environment": {
    edit: (world) => {
      pipeline(world).trusts.push(trust("second", `${experiments}:environment:dev`));
    },
    ...{ who: writers, threat: "T44", control: "audit-application", close: "federated-credential-id second" },
  },
  "a second trust of the pipeline, in pull requests": {
    edit: (world) => {
      pipeline(world).trusts.push(trust("second", `${experiments}:pull_request`));
    },
    ...{ who: writers, threat: "T44", control: "audit-application", close: "federated-credential-id second" },
  },
  "a trust by pattern": {
    edit: (world) => {
      const matches = "claims['sub'] matches 'repo:contoso-fl/*'";
      pipeline(world).trusts.push(trust("second", matches, { expression: true }));
    },
    who: "whoever GitHub calls claims['sub'] matches 'repo:contoso-fl/*'",
    ...{ threat: "T44", control: "audit-application", close: "federated-credential-id second" },
  },
  "an owner of the pipeline": {
    edit: (world) => {
      pipeline(world).owners.push({ id: people.emre, of: "principal" });
    },
    ...{
      who: "emre",
      threat: "T44",
      control: "audit-application",
      close: `servicePrincipals/${services.pipeline}/owners/${people.emre}/$ref`,
    },
  },
  "an Application Administrator": {
    edit: directoryRole("Application Administrator", ["applications/credentials/update"]),
    ...{
      who: "emre",
      threat: "T44",
      control: "tenant-administrators",
      close: "directory/roleAssignments/role Application",
    },
  },
  "an eligible Global Administrator": {
    edit: directoryRole("Global Administrator", ["roleAssignments/allProperties/allTasks"], { eligible: true }),
    ...{ who: "emre", threat: "T44", control: "tenant-administrators", close: "remove the eligible assignment" },
  },
  "an administrator of the one application": {
    edit: directoryRole("App keeper", ["applications/credentials/update"], {
      scope: "/application of fl-prod-pipeline",
    }),
    ...{ who: "emre", threat: "T44", control: "tenant-administrators", close: "az rest --method DELETE" },
  },
  "an application that may change every other": {
    edit: (world) => {
      const robot = "a0000000-0000-4000-8000-00000000000f";
      world.directory.principals[robot] = {
        ...structuredClone(pipeline(world)),
        ...{
          name: "robot",
          application: "application of robot",
          trusts: [],
          owners: [{ id: people.emre, of: "application" }],
        },
      };
      world.directory.permissions.push({ id: "p1", principal: robot, permission: "Application.ReadWrite.All" });
    },
    ...{ who: "emre", threat: "T44", control: "tenant-administrators", close: "appRoleAssignments/p1" },
  },
  "a pipeline that is Owner of the group": {
    edit: grant(services.pipeline, "Owner", group),
    ...{ who: writers, threat: "T45", control: "pipeline-scope", close: drop },
  },
  "a pipeline that is Contributor of the subscription": {
    edit: grant(services.pipeline, "Contributor", subscription),
    ...{ who: writers, threat: "T45", control: "pipeline-scope", close: drop },
  },
  "somebody who writes the code's store": {
    edit: grant(people.emre, "Storage Blob Data Contributor", store),
    ...{ who: "emre", threat: "T46", control: "audit-code", close: drop },
  },
  "somebody who writes one container of it": {
    edit: grant(people.emre, "Storage Blob Data Contributor", `${store}/blobServices/default/containers/azureml`),
    ...{ who: "emre", threat: "T46", control: "audit-code", close: drop },
  },
  "somebody who pushes images": {
    edit: grant(people.emre, "AcrPush", registry),
    ...{ who: "emre", threat: "T46", control: "audit-code", close: drop },
  },
  "somebody who may lend a cluster's identity": {
    edit: grant(people.emre, "Managed Identity Operator", identity("silo0")),
    ...{ who: "emre", threat: "T46", control: "audit-identities", close: drop },
  },
  "a cluster's identity on another machine": {
    edit: (world) => {
      const [silo0] = world.azure.identities;
      silo0?.attached.push(`${subscription}/resourceGroups/rg-lab/providers/Microsoft.Compute/virtualMachines/vm-lab`);
    },
    ...{ who: "whoever runs code on vm-lab", threat: "T46", control: "audit-identities", close: "off" },
  },
  "a cluster's identity that trusts somebody": {
    edit: (world) => {
      world.azure.identities[0]?.trusts.push(
        trust("/x", "system:serviceaccount:lab:lab", { issuer: "https://aks.example" }),
      );
    },
    who: "whoever https://aks.example calls system:serviceaccount:lab:lab",
    ...{ threat: "T46", control: "audit-identities", close: "az rest --method DELETE" },
  },
  "a password of the registry": {
    edit: (world) => {
      world.production.registry = { id: registry, adminUser: true };
    },
    who: "whoever has the password of crfl2fvff",
    ...{ threat: "T46", control: "registry-no-accounts", close: up },
  },
  "a schedule of a person": {
    edit: (world) => {
      world.production.schedules.push({ id: `${workspace}/schedules/nightly`, by: people.emre });
    },
    ...{ who: "emre", threat: "T47", control: "people-read-only", close: "az ml schedule disable --name nightly" },
  },
  "a job of a person": {
    edit: (world) => {
      world.production.jobs.push({ id: `${workspace}/jobs/sly_fox`, by: people.emre, commit: "c1", reviewed: true });
    },
    ...{ who: "emre", threat: "T47", control: "audit-jobs", close: "az ml job cancel --name sly_fox" },
  },
  "a job of the deployer": {
    edit: (world) => {
      world.production.jobs.push({
        id: `${workspace}/jobs/sly_fox`,
        by: services.deployer,
        commit: undefined,
        reviewed: false,
      });
    },
    ...{
      who: "whoever submitted sly_fox as id-fl-deploy-prod",
      threat: "T47",
      control: "audit-jobs",
      close: "sly_fox",
    },
  },
  "a job of the pipeline whose commit nobody reviewed": {
    edit: (world) => {
      world.production.jobs.push({
        id: `${workspace}/jobs/sly_fox`,
        by: services.pipeline,
        commit: "c2",
        reviewed: false,
      });
    },
    who: "whoever had the pipeline submit a commit that is on no branch that deploys",
    ...{ threat: "T47", control: "audit-jobs", close: "sly_fox" },
  },
  "development's pipeline in production": {
    edit: grant(services.devPipeline, "Contributor", workspace),
    ...{ who: writers, threat: "T48", control: "environments-apart", close: drop },
  },
  "who writes the state": {
    edit: grant(people.emre, "Storage Blob Data Contributor", state),
    ...{ who: "emre", threat: "T41", control: "audit-state", close: drop },
  },

  "no ruleset": {
    edit: (world) => {
      ruleset(world).active = false;
    },
    ...{ who: writers, threat: "T01", control: "branch-pull-request", close: up },
  },
  "no branch protection": {
    edit: (world) => {
      main(world).protection = undefined;
    },
    ...{ who: writers, threat: "T01", control: "branch-pull-request", close: up },
  },
  "a bypass of the ruleset": {
    edit: (world) => {
      ruleset(world).bypass = [{ type: "RepositoryRole", id: "5", mode: "always" }];
    },
    ...{ who: writers, threat: "T02", control: "audit-rules", close: up },
  },
  "a second ruleset with a bypass": {
    edit: (world) => {
      repositoryOf(world).rulesets.push({
        ...structuredClone(ruleset(world)),
        ...{ id: "2", name: "helpers", include: ["~ALL"], bypass: [{ type: "User", id: "7", mode: "exempt" }] },
      });
    },
    ...{
      who: writers,
      threat: "T02",
      control: "audit-rules",
      close: "gh api --method DELETE /repos/contoso-fl/fl-experiments/rulesets/2",
    },
  },
  "a protection that spares administrators": {
    edit: (world) => {
      main(world).protection!.admins = false;
    },
    ...{ who: writers, threat: "T02", control: "branch-no-bypass", close: up },
  },
  "an administrator of the repository": {
    edit: (world) => {
      repositoryOf(world).people.push({ login: "emre", role: "admin", by: "direct", more: [] });
    },
    ...{
      who: "emre",
      threat: "T03",
      control: "audit-writers",
      close: "/repos/contoso-fl/fl-experiments/collaborators/emre",
    },
  },
  "a team that administers": {
    edit: (world) => {
      for (const one of repositoryOf(world).people) if (typeof one.by === "object") one.role = "admin";
    },
    ...{
      who: "the team fl-maintainers",
      threat: "T03",
      control: "audit-writers",
      close: "/orgs/contoso-fl/teams/fl-maintainers",
    },
  },
  "a role that steps over the rules": {
    edit: (world) => {
      repositoryOf(world).people.push({
        login: "emre",
        role: "write",
        by: "direct",
        more: ["bypass_branch_protection"],
      });
    },
    ...{ who: "emre", threat: "T03", control: "audit-writers", close: "collaborators/emre" },
  },
  "no approval": {
    edit: (world) => {
      ruleset(world).review!.approvals = 0;
    },
    ...{ who: writers, threat: "T04", control: "branch-approvals", close: up },
  },
  "approvals that stay": {
    edit: (world) => {
      main(world).protection!.review!.dismissesStale = false;
    },
    ...{ who: writers, threat: "T05", control: "branch-stale-reviews", close: up },
  },
  "the last pusher's approval": {
    edit: (world) => {
      ruleset(world).review!.lastPush = false;
    },
    ...{ who: writers, threat: "T06", control: "branch-last-push", close: up },
  },
  "workflows that approve": {
    edit: (world) => {
      repositoryOf(world).actions.approves = true;
    },
    ...{ who: writers, threat: "T08", control: "workflow-token", close: up },
  },
  "history that can be rewritten": {
    edit: (world) => {
      ruleset(world).rules = ["pull_request", "deletion"];
    },
    ...{ who: writers, threat: "T11", control: "branch-history", close: up },
  },
  "another branch that may deploy": {
    edit: (world) => {
      production(world).lets = [
        { kind: "branch", pattern: "main" },
        { kind: "branch", pattern: "wip" },
      ];
      repositoryOf(world).branches.push({ name: "wip", codeOwnerErrors: [], owners: ["@contoso-fl/fl-maintainers"] });
    },
    ...{ who: writers, threat: "T19", control: "audit-environment", close: "take the branch wip out" },
  },
  "owners that GitHub does not know": {
    edit: (world) => {
      main(world).codeOwnerErrors = ["Unknown owner on line 2"];
    },
    ...{ who: writers, threat: "T13", control: "branch-code-owners", close: "mends the line" },
  },
  "no code owners": {
    edit: (world) => {
      main(world).codeOwnerErrors = undefined;
    },
    ...{ who: writers, threat: "T13", control: "branch-code-owners", close: "CODEOWNERS" },
  },
  "a deploy key that writes": {
    edit: (world) => {
      repositoryOf(world).deployKeys.push({ id: "9", title: "bot", readOnly: false });
    },
    ...{
      who: writers,
      threat: "T14",
      control: "audit-writers",
      close: "gh api --method DELETE /repos/contoso-fl/fl-experiments/keys/9",
    },
  },
  "an App that administers": {
    edit: (world) => {
      world.github?.organisation.apps.push({
        ...{ id: "77", slug: "helper", clientId: "Iv1", everywhere: true, suspended: false },
        permissions: { administration: "write" },
      });
    },
    who: "whoever has the private key of the GitHub App helper",
    ...{ threat: "T14", control: "audit-writers", close: "installations/77" },
  },
  "an App that pushes": {
    edit: (world) => {
      world.github?.organisation.apps.push({
        ...{ id: "77", slug: "helper", clientId: "Iv1", everywhere: true, suspended: false },
        permissions: { contents: "write" },
      });
    },
    who: "whoever has the private key of the GitHub App helper",
    ...{ threat: "T14", control: "audit-writers", close: "installations/77" },
  },
  "machines that review": {
    edit: (world) => {
      ruleset(world).review!.unattributed = false;
    },
    ...{ who: writers, threat: "T17", control: "review-by-machine", close: "settings/rules" },
  },
  "an environment that lets in every branch": {
    edit: (world) => {
      production(world).lets = "any";
    },
    ...{ who: writers, threat: "T19", control: "environment-branches", close: up },
  },
  "an environment that lets in every branch with a rule": {
    edit: (world) => {
      production(world).lets = "protected";
    },
    ...{ who: writers, threat: "T21", control: "environment-branches", close: up },
  },
  "no environment": {
    edit: (world) => {
      repositoryOf(world).environments.shift();
    },
    ...{ who: writers, threat: "T20", control: "audit-environment", close: up },
  },
  "an environment that lets in a tag": {
    edit: (world) => {
      production(world).lets = [
        { kind: "branch", pattern: "main" },
        { kind: "tag", pattern: "v*" },
      ];
    },
    ...{ who: writers, threat: "T22", control: "audit-environment", close: "take the tag v* out" },
  },
  "administrators who skip the environment's rules": {
    edit: (world) => {
      production(world).adminsBypass = true;
    },
    ...{ who: "owners of contoso-fl", threat: "T30", control: "environment-no-admin-bypass", close: up },
  },
  "no reviewer of production's runs": {
    edit: (world) => {
      production(world).reviewers = [];
    },
    ...{ who: writers, threat: "T31", control: "audit-environment", close: "add the reviewers again" },
  },
  "who starts a run approves it": {
    edit: (world) => {
      production(world).selfReview = true;
    },
    ...{ who: writers, threat: "T31", control: "environment-reviewers", close: up },
  },
  "actions that need not be pinned": {
    edit: (world) => {
      repositoryOf(world).actions.pinned = false;
    },
    who: "whoever publishes an action that contoso-fl/fl-experiments uses",
    ...{ threat: "T38", control: "actions-allowed", close: up },
  },
  "a runner group that takes other workflows": {
    edit: (world) => {
      repositoryOf(world).runners.push({
        id: "3",
        name: "fl-private",
        repositories: "all",
        workflows: undefined,
        machines: [],
      });
    },
    who: "whoever may run a workflow on the machines of fl-private",
    ...{ threat: "T39", control: "runner-group", close: up },
  },
  "machines that somebody administers": {
    edit: (world) => {
      const name = "contoso-fl/fl-experiments";
      const workflows = [`${name}/.github/workflows/submit.yml@refs/heads/main`];
      repositoryOf(world).runners.push({
        id: "3",
        name: "fl-private",
        repositories: [name],
        workflows,
        machines: ["vm1"],
      });
    },
    who: "whoever administers a machine of the runner group fl-private",
    ...{ threat: "T39", control: "runner-machines", close: "" },
  },
  "the infrastructure's environment without reviewers": {
    edit: (world) => {
      repositoryOf(world, "federated-mlops").environments[0]!.reviewers = [];
    },
    who: "whoever writes to contoso-fl/federated-mlops",
    ...{ threat: "T31", control: "audit-environment", close: "federated-mlops/settings/environments" },
  },
  "an environment of the infrastructure with the key of an App": {
    edit: (world) => {
      world.github?.organisation.apps.push({
        ...{ id: "78", slug: "fl-audit", clientId: "Iv2", everywhere: false, suspended: false },
        permissions: { administration: "write" },
      });
      repositoryOf(world, "federated-mlops").environments.push({
        ...structuredClone(production(world)),
        ...{ name: "audit", reviewers: [], variables: { APP_CLIENT_ID: "Iv2" }, secrets: ["APP_PRIVATE_KEY"] },
      });
      repositoryOf(world, "federated-mlops").gates.push("audit");
    },
    who: "whoever writes to contoso-fl/federated-mlops",
    ...{ threat: "T31", control: "audit-environment", close: "settings/environments, audit" },
  },
  "a local account of a cluster": {
    edit: (world) => {
      world.production.computes[1]!.localAuth = true;
    },
    who: "whoever has the local account of silo0-cpu",
    ...{ threat: "T42", control: "compute-local-auth", close: up },
  },
  "a compute instance of a person": {
    edit: (world) => {
      world.production.computes.push({
        id: `${workspace}/computes/ci`,
        kind: "ComputeInstance",
        localAuth: false,
        user: people.emre,
      });
    },
    ...{ who: "emre", threat: "T42", control: "audit-rights", close: "az ml compute delete --name ci" },
  },
};

/** What the audit says of a world besides what the clean one has. */
export function news(world: World): Judged[] {
  const { routes } = judge(world, [owners]);
  return routes.filter(({ verdict }) => verdict === "unreviewed" || verdict === "unknown");
}

/** The route that the audit finds once this is opened; else what it found instead. */
export function found({ edit, who, control }: Opened): Judged | string {
  const all = news(changed(edit));
  const told = all.map((one) => `${one.who.name}, ${one.control}: ${one.close.join("; ")}`);
  return all.find((one) => one.who.name === who && one.control === control) ?? told.join("\n");
}
