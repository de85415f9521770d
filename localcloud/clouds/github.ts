/**
 * GitHub, as the github provider sees it. Texts are the REST API's where a source stands beside them, else as close as
 * they are known. https://docs.github.com/rest
 */
import { behaviour, type Cloud, type CloudTable, Refused } from "./behaviour";
import {
  groupNameTaken,
  listWithoutSelection,
  type PermissionsInputs,
  planWithoutGroups,
  type RunnerGroupInputs,
  workflowMisnamed,
} from "./github/actions";
import {
  branchPolicyAmbiguous,
  environmentId,
  type EnvironmentInputs,
  environmentMissing,
  type InEnvironment,
  inEnvironment,
  noCustomPolicies,
  planWithoutReviewers,
  reservedName,
  reviewersOf,
  reviewerWithoutAccess,
  selfReviewOfNobody,
  tooManyReviewers,
} from "./github/environment";
import {
  actionsPermissions,
  archived,
  branch,
  type CollaboratorInputs,
  collaborators,
  defaultBranch,
  deployKey,
  deploymentPolicy,
  environment,
  exists,
  file,
  findRepository,
  type InRepository,
  inRepository,
  nameTaken,
  protection,
  repository,
  repositoryMissing,
  ruleset,
  runnerGroup,
  secret,
  staysArchived,
  teamMissing,
  type,
  variable,
  workflowToken,
} from "./github/repository";
import {
  branchMissing,
  branchOf,
  conditionsMissing,
  type FileInputs,
  mustBeReviewed,
  planWithoutRules,
  protectedAlready,
  protectedRepository,
  type ProtectionInputs,
  protectionOfNothing,
  type RulesetInputs,
  rulesetNameTaken,
  wouldOverwrite,
} from "./github/rules";

/** GitHub gives what is made here a number or an opaque node id. */
const numbered = (seed: string, cloud: Cloud) => String(Number.parseInt(cloud.freshGuid(seed).slice(0, 7), 16));

const login = ({ organisation }: Cloud) => organisation.github.login;
const repositoryId = ({ inputs, cloud }: { inputs: InRepository; cloud: Cloud }) =>
  findRepository(inputs.repository, cloud)?.outputs["repoId"];

export const github: CloudTable = {
  sdk: "@pulumi/github",
  behaviours: {
    [repository]: behaviour<{
      name: string;
      autoInit?: boolean;
      archived?: boolean;
      archiveOnDestroy?: boolean;
      defaultBranch?: string;
    }>({
      id: ({ name }) => name,
      fills: { visibility: "public", archived: false },
      outputs: {
        repoId: ({ number }) => number("repository"),
        nodeId: ({ number }) => `R_kgDO${Buffer.from(String(number("repository"))).toString("base64url")}`,
        fullName: ({ inputs, cloud }) => `${login(cloud)}/${inputs.name}`,
        htmlUrl: ({ inputs, cloud }) => `https://github.com/${login(cloud)}/${inputs.name}`,
        httpCloneUrl: ({ inputs, cloud }) => `https://github.com/${login(cloud)}/${inputs.name}.git`,
        sshCloneUrl: ({ inputs, cloud }) => `git@github.com:${login(cloud)}/${inputs.name}.git`,
        defaultBranch: ({ inputs }) => inputs.defaultBranch ?? "main",
      },
      brings: ({ name, autoInit, defaultBranch = "main" }) =>
        autoInit === true ? [{ type: branch, inputs: { repository: name, branch: defaultBranch } }] : [],
      deleted: ({ archiveOnDestroy }) => (archiveOnDestroy === true ? "archived" : "gone"),
      reads: ({ inputs, state }) => (state === "archived" ? { ...inputs, archived: true } : inputs),
      refuses: [nameTaken, staysArchived],
    }),

    [branch]: behaviour<InRepository & { branch: string }>({
      requires: ["branch", "repository"],
      id: ({ repository, branch }) => `${repository}:${branch}`,
      within: inRepository,
      replaces: ["repository", "branch", "sourceBranch", "sourceSha"],
      outputs: {
        ref: ({ inputs }) => `refs/heads/${inputs.branch}`,
        sha: ({ guid }) => `${guid("sha")}${guid("more")}`.replaceAll("-", "").slice(0, 40),
      },
      // A branch that exists already is taken over as it is: the provider passes over GitHub's "Reference already exists".
      refuses: [repositoryMissing, archived],
    }),

    [file]: behaviour<FileInputs>({
      requires: ["content", "file", "repository"],
      // The provider gives a file of every branch the same id; here ids tell rows apart.
      id: (inputs, cloud) => {
        const name = branchOf(inputs, cloud);
        const place = `${inputs.repository}/${inputs.file}`;
        return name === defaultBranch(findRepository(inputs.repository, cloud)) ? place : `${place}:${name}`;
      },
      within: inRepository,
      replaces: ["repository", "branch", "file"],
      outputs: {
        commitSha: ({ guid }) => guid("commit").replaceAll("-", ""),
        sha: ({ guid }) => guid("blob").replaceAll("-", ""),
        ref: ({ inputs, cloud }) => branchOf(inputs, cloud),
      },
      refuses: [repositoryMissing, archived, branchMissing, wouldOverwrite, mustBeReviewed],
    }),

    [type("BranchDefault")]: behaviour<InRepository & { branch: string; rename?: boolean }>({
      requires: ["branch", "repository"],
      id: ({ repository }) => repository,
      within: inRepository,
      replaces: ["repository"],
      refuses: [repositoryMissing, archived],
    }),

    [workflowToken]: behaviour<InRepository>({
      requires: ["repository"],
      id: ({ repository }) => repository,
      within: inRepository,
      replaces: ["repository"],
      fills: { defaultWorkflowPermissions: "read", canApprovePullRequestReviews: false },
      refuses: [repositoryMissing, archived],
    }),

    [actionsPermissions]: behaviour<PermissionsInputs>({
      requires: ["repository"],
      id: ({ repository }) => repository,
      within: inRepository,
      replaces: ["repository"],
      fills: { enabled: true, allowedActions: "all" },
      refuses: [repositoryMissing, archived, listWithoutSelection],
    }),

    [runnerGroup]: behaviour<RunnerGroupInputs>({
      requires: ["visibility"],
      id: ({ name }, cloud) => numbered(`runner group ${name}`, cloud),
      fills: { allowsPublicRepositories: false, restrictedToWorkflows: false },
      outputs: { default: () => false, inherited: () => false },
      refuses: [planWithoutGroups, groupNameTaken, workflowMisnamed],
    }),

    [collaborators]: behaviour<CollaboratorInputs>({
      requires: ["repository"],
      id: ({ repository }) => repository,
      within: inRepository,
      replaces: ["repository"],
      outputs: { repositoryId, invitationIds: () => ({}) },
      refuses: [repositoryMissing, archived, teamMissing],
    }),

    [ruleset]: behaviour<RulesetInputs>({
      requires: ["enforcement", "repository", "rules", "target"],
      id: ({ repository, name }, cloud) => numbered(`ruleset ${repository} ${name}`, cloud),
      within: inRepository,
      replaces: ["repository"],
      outputs: { rulesetId: ({ id }) => Number(id), nodeId: ({ id }) => `RRS_${id}` },
      // https://registry.terraform.io/providers/integrations/github/latest/docs/resources/repository_ruleset#import
      imports: (named, cloud) =>
        cloud.all(ruleset).find(({ id, inputs }) => named === `${String(inputs["repository"])}:${id}`),
      refuses: [repositoryMissing, archived, planWithoutRules, rulesetNameTaken, conditionsMissing],
    }),

    [protection]: behaviour<ProtectionInputs>({
      requires: ["pattern", "repositoryId"],
      id: ({ repositoryId, pattern }, cloud) =>
        `BPR_kwDO${cloud.freshGuid(`protection ${repositoryId} ${pattern}`).slice(0, 12)}`,
      within: (inputs, cloud) => protectedRepository(inputs, cloud),
      replaces: ["repositoryId"],
      // https://registry.terraform.io/providers/integrations/github/latest/docs/resources/branch_protection#import
      imports: (named, cloud) =>
        cloud.all(protection).find(({ inputs }) => {
          const asked = inputs as ProtectionInputs;
          return named === `${protectedRepository(asked, cloud)?.id}:${asked.pattern}`;
        }),
      refuses: [protectionOfNothing, protectedAlready],
    }),

    [environment]: behaviour<EnvironmentInputs>({
      requires: ["environment", "repository"],
      id: environmentId,
      within: inRepository,
      replaces: ["repository", "environment"],
      outputs: { repositoryId },
      // Reviewers that were taken away are not seen: the provider overwrites them only with reviewers that it reads.
      // https://github.com/integrations/terraform-provider-github/issues/3609
      reads: ({ inputs }, old) => {
        const seen = reviewersOf(inputs as EnvironmentInputs).length > 0;
        return seen || old?.reviewers === undefined ? inputs : { ...inputs, reviewers: old.reviewers };
      },
      refuses: [
        ...[repositoryMissing, archived, planWithoutReviewers],
        ...[selfReviewOfNobody, tooManyReviewers, reviewerWithoutAccess, branchPolicyAmbiguous],
      ],
    }),

    [deploymentPolicy]: behaviour<InEnvironment & { branchPattern?: string; tagPattern?: string }>({
      requires: ["environment", "repository"],
      id: (inputs, cloud) =>
        `${environmentId(inputs)}:${numbered(`policy ${environmentId(inputs)} ${inputs.branchPattern ?? inputs.tagPattern}`, cloud)}`,
      within: inEnvironment,
      replaces: ["repository", "environment"],
      outputs: { repositoryId, policyId: ({ id }) => Number(id.split(":").at(-1)) },
      refuses: [repositoryMissing, archived, environmentMissing, noCustomPolicies],
    }),

    // No program makes one: it would push as nobody.
    [deployKey]: behaviour<InRepository & { title: string }>({
      requires: ["key", "repository", "title"],
      id: ({ repository, title }, cloud) => numbered(`deploy key ${repository} ${title}`, cloud),
      within: inRepository,
      replaces: ["repository", "title", "key", "readOnly"],
      refuses: [repositoryMissing, archived],
    }),

    [variable]: behaviour<InEnvironment & { variableName: string }>({
      requires: ["environment", "repository", "value", "variableName"],
      id: (inputs) => `${environmentId(inputs)}:${inputs.variableName}`,
      within: inEnvironment,
      replaces: ["repository", "environment", "variableName"],
      outputs: { repositoryId },
      refuses: [
        ...[repositoryMissing, archived, environmentMissing, reservedName("variableName")],
        exists("409 Already exists - Variable already exists []"),
      ],
    }),

    [secret]: behaviour<InEnvironment & { secretName: string }>({
      requires: ["environment", "repository", "secretName"],
      id: (inputs) => `${environmentId(inputs)}:${inputs.secretName}`,
      within: inEnvironment,
      replaces: ["repository", "environment", "secretName"],
      writeOnly: ["value", "plaintextValue", "valueEncrypted", "encryptedValue"],
      outputs: { repositoryId },
      refuses: [repositoryMissing, archived, environmentMissing, reservedName("secretName")],
    }),
  },

  invokes: {
    "github:index/getRepository:getRepository": (args, cloud) => {
      const { fullName = "" } = args as { fullName?: string };
      const { name = fullName.split("/").at(-1) ?? "" } = args as { name?: string };
      const row = findRepository(name, cloud);
      // The provider logs a missing repository and returns nothing: every property is undefined.
      if (row === undefined) return {};
      return { ...row.inputs, ...row.outputs, id: row.id, archived: row.state === "archived" };
    },
    "github:index/getBranch:getBranch": (args, cloud) => {
      const id = `${String(args["repository"])}:${String(args["branch"])}`;
      const row = cloud.find(id, branch);
      // As with a missing repository, the provider returns nothing.
      return row === undefined ? {} : { ...row.inputs, ...row.outputs, id };
    },
    "github:index/getRepositoryEnvironments:getRepositoryEnvironments": (args, cloud) => ({
      id: String(args["repository"]),
      repository: args["repository"],
      environments: cloud
        .all(environment)
        .filter(({ inputs }) => inputs["repository"] === args["repository"])
        .map(({ inputs }) => ({ name: inputs["environment"], nodeId: `EN_${String(inputs["environment"])}` })),
    }),
    "github:index/getActionsEnvironmentVariables:getActionsEnvironmentVariables": (args, cloud) => {
      const { name, environment: place } = args as { name: string; environment: string };
      const variables = cloud
        .all(variable)
        .filter(({ inputs }) => inputs["repository"] === name && inputs["environment"] === place)
        .map(({ inputs }) => ({ name: inputs["variableName"], value: inputs["value"], createdAt: "", updatedAt: "" }));
      return { id: `${name}:${place}`, name, environment: place, fullName: `${login(cloud)}/${name}`, variables };
    },
    "github:index/getRepositoryEnvironmentDeploymentPolicies:getRepositoryEnvironmentDeploymentPolicies": (
      args,
      cloud,
    ) => ({
      ...args,
      id: `${String(args["repository"])}:${String(args["environment"])}`,
      policies: cloud
        .all(deploymentPolicy)
        .filter(
          ({ inputs }) => inputs["repository"] === args["repository"] && inputs["environment"] === args["environment"],
        )
        .map(({ inputs }) => ({
          pattern: inputs["branchPattern"] ?? inputs["tagPattern"],
          type: inputs["branchPattern"] === undefined ? "tag" : "branch",
        })),
    }),
    "github:index/getTree:getTree": (args, cloud) => ({
      ...args,
      id: String(args["treeSha"]),
      entries: cloud
        .all(file)
        .filter(({ inputs }) => {
          const asked = inputs as FileInputs;
          // Of every commit the files of today: git's history is not simulated.
          return asked.repository === args["repository"] && branchOf(asked, cloud) === "main";
        })
        .map(({ inputs }) => ({ mode: "100644", path: inputs["file"], type: "blob", sha: "", size: 0 })),
    }),
    "github:index/getBranchProtectionRules:getBranchProtectionRules": (args, cloud) => ({
      id: String(args["repository"]),
      repository: args["repository"],
      rules: cloud
        .all(protection)
        .filter((row) => protectedRepository(row.inputs as ProtectionInputs, cloud)?.id === args["repository"])
        .map(({ inputs }) => ({ pattern: inputs["pattern"] })),
    }),
    "github:index/getRepositoryFile:getRepositoryFile": (args, cloud) => {
      const { repository: name, file: path, branch: on } = args as FileInputs;
      const row = cloud.all(file).find(({ inputs }) => {
        const asked = inputs as FileInputs;
        return (
          asked.repository === name &&
          asked.file === path &&
          branchOf(asked, cloud) === branchOf(args as FileInputs, cloud)
        );
      });
      return row === undefined ? {} : { ...row.inputs, ...row.outputs, id: `${name}/${path}`, branch: on };
    },
    "github:index/getOrganization:getOrganization": (args, { organisation: { github } }) => {
      if (args["name"] !== github.login)
        throw new Refused(`GET https://api.github.com/orgs/${String(args["name"])}: 404 Not Found []`);
      return {
        id: String(github.id),
        login: github.login,
        orgname: github.login,
        name: github.login,
        plan: github.plan,
        defaultRepositoryPermission: github.basePermission,
      };
    },
    "github:index/getTeam:getTeam": (args, { organisation: { github } }) => {
      const team = github.teams.find(({ slug }) => slug === args["slug"]);
      if (team === undefined) {
        throw new Refused(
          `GET https://api.github.com/orgs/${github.login}/teams/${String(args["slug"])}: 404 Not Found []`,
        );
      }
      const { id, slug, members } = team;
      return { id: String(id), slug, name: slug, members, privacy: "closed", permission: "pull" };
    },
  },
};
