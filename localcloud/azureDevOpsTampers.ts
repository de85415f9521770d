/** Ways into production that a person opens in Azure DevOps. Its provider sees few of them. */
import type { AccessTamper } from "./accessTampers";
import {
  authorization,
  branchControl,
  buildDefinition,
  checkApproval,
  git,
  gitPermissions,
  membership,
  pipelineSettings,
  project,
  serviceEndpoint,
  type,
  variableGroup,
} from "./clouds/azureDevOps/project";
import { subjects } from "./clouds/azureDevOps/subjects";
import { application, federatedCredential } from "./clouds/entra";
import type { LocalCloud } from "./localCloud";
import { one } from "./lookup";
import type { Row } from "./store";
import { Trouble } from "./trouble";

const checks: Readonly<Record<string, string>> = {
  branches: branchControl,
  approval: checkApproval,
  template: type("CheckRequiredTemplate"),
};

/** What a permission can be on, by a word for it. */
const things: Readonly<
  Record<string, { readonly type: string; readonly key: string; readonly of: (cloud: LocalCloud) => Row }>
> = {
  main: { type: gitPermissions, key: "repositoryId", of: experiments },
  connection: { type: type("ServiceendpointPermissions"), key: "serviceendpointId", of: connection },
  variables: {
    type: type("VariableGroupPermissions"),
    key: "variableGroupId",
    of: (cloud) => one(cloud.all(variableGroup), "group of variables"),
  },
  pipeline: { type: type("BuildDefinitionPermissions"), key: "buildDefinitionId", of: submission },
};

export const azureDevOpsTampers: Readonly<Record<string, AccessTamper>> = {
  "policy-off": {
    arguments: "<MinReviewers|AutoReviewers|...> [part of the repository's name]",
    what: "switch a policy of main off in Azure DevOps (default: of the experiments)",
    run: (cloud, [kind = "", part]) => {
      const { id, inputs } = part === undefined ? experiments(cloud) : repositoryCalled(cloud, part);
      const rows = cloud.all(type(`BranchPolicy${kind}`)).filter((row) => JSON.stringify(row.inputs).includes(id));
      const row = one(rows, `policy ${kind} of ${String(inputs["name"])}`);
      cloud.tamper(row, { ...row.inputs, enabled: false });
      return `${kind} of ${String(inputs["name"])} is off.`;
    },
  },
  allow: {
    arguments: "<who> <permission> <main|connection|variables|pipeline>",
    what: "give somebody a permission in Azure DevOps",
    run: (cloud, [who = "", permission = "", word = ""]) => {
      const thing = things[word];
      if (thing === undefined)
        throw new Trouble(`There is no "${word}".`, `There is ${Object.keys(things).join(", ")}.`);
      const { id, inputs } = thing.of(cloud);
      cloud.found(thing.type, {
        ...{ projectId: inputs["projectId"], [thing.key]: id, principal: subjectCalled(cloud, who) },
        ...(word === "main" ? { branchName: "refs/heads/main" } : {}),
        permissions: { [permission]: "Allow" },
      });
      return `${who} has ${permission} on ${word}.`;
    },
  },
  "devops-join": {
    arguments: "<group> <who>",
    what: "put somebody into a group of Azure DevOps' own",
    run: (cloud, [group = "", who = ""]) => {
      const members = [subjectCalled(cloud, who)];
      cloud.found(membership, { group: subjectCalled(cloud, group), members, mode: "add" });
      return `${who} is now in ${group}.`;
    },
  },
  "check-off": {
    arguments: "<branches|approval|template> [endpoint|environment|queue]",
    what: "delete a check in Azure DevOps (default: of the service connection)",
    run: (cloud, [word = "", kind = "endpoint"]) => {
      const row = checkOf(cloud, word, kind);
      cloud.tamper(row, undefined);
      return `The check ${word} of the ${kind} is gone.`;
    },
  },
  "check-branches": {
    arguments: "<refs>",
    what: "let runs of other branches use the service connection, as refs/heads/main,refs/heads/wip",
    run: (cloud, [allowedBranches = ""]) => {
      const row = checkOf(cloud, "branches", "endpoint");
      cloud.tamper(row, { ...row.inputs, allowedBranches });
      return `The service connection takes ${allowedBranches}.`;
    },
  },
  "self-approval": {
    arguments: "",
    what: "let who starts a run approve it in Azure DevOps",
    run: (cloud) => {
      const row = checkOf(cloud, "approval", "endpoint");
      cloud.tamper(row, { ...row.inputs, requesterCanApprove: true });
      return "Who starts a run approves it.";
    },
  },
  "every-pipeline": {
    arguments: "[endpoint|environment|queue]",
    what: "let every pipeline use the service connection (or the environment, or the agents); Pulumi does not see it",
    run: (cloud, [kind = "endpoint"]) => {
      const row = one(
        cloud
          .all(authorization)
          .filter(({ inputs }) => inputs["type"] === kind && inputs["pipelineId"] === Number(submission(cloud).id)),
        `leave of the submission to use the ${kind}`,
      );
      cloud.tamper(row, { ...row.inputs, allPipelines: true });
      return `Every pipeline may use the ${kind}.`;
    },
  },
  "another-pipeline": {
    arguments: "[name]",
    what: "make a pipeline and let it use the service connection",
    run: (cloud, [name = "helper"]) => {
      const { id: repoId, inputs } = experiments(cloud);
      const place = { projectId: inputs["projectId"] };
      const repository = { repoType: "TfsGit", repoId, branchName: "refs/heads/main", ymlPath: `${name}.yml` };
      const { id } = cloud.create(buildDefinition, { ...place, name, repository, ciTrigger: { useYaml: true } });
      const resourceId = connection(cloud).id;
      cloud.create(authorization, { ...place, resourceId, type: "endpoint", pipelineId: Number(id) });
      return `The pipeline ${name} may use the service connection.`;
    },
  },
  "second-connection": {
    arguments: "<application> [name]",
    what: "make another service connection, and let an application trust it",
    run: (cloud, [of = "", name = "second"]) => {
      const row = one(
        cloud.all(application).filter(({ inputs }) => inputs["displayName"] === of),
        `application ${of}`,
      );
      const { inputs } = connection(cloud);
      const { outputs } = cloud.create(serviceEndpoint, { ...inputs, serviceEndpointName: name });
      cloud.create(federatedCredential, {
        ...{ applicationId: row.id, displayName: name, audiences: ["api://AzureADTokenExchange"] },
        issuer: outputs["workloadIdentityFederationIssuer"],
        subject: outputs["workloadIdentityFederationSubject"],
      });
      return `${of} trusts the service connection ${name}.`;
    },
  },
  "settable-variables": {
    arguments: "",
    what: "let whoever starts a run in Azure DevOps set any variable",
    run: (cloud) => {
      const row = one(cloud.all(pipelineSettings), "project with settings of pipelines");
      cloud.tamper(row, { ...row.inputs, enforceSettableVar: false });
      return "Variables are set at the start of a run.";
    },
  },
  "classic-pipelines": {
    arguments: "",
    what: "let classic pipelines be made in Azure DevOps; no provider sees it",
    run: (cloud) => {
      cloud.store.reorganise((all) => ({ ...all, azureDevOps: { ...all.azureDevOps, classicPipelines: true } }));
      return "Classic pipelines can be made.";
    },
  },
  extension: {
    arguments: "<publisher>.<extension>",
    what: "install an extension in Azure DevOps that puts steps into every job",
    run: (cloud, [id = ""]) => {
      cloud.store.reorganise((all) => ({
        ...all,
        azureDevOps: { ...all.azureDevOps, decorators: [...all.azureDevOps.decorators, id] },
      }));
      return `${id} puts steps into every job.`;
    },
  },
  "public-project": {
    arguments: "",
    what: "make the project on Azure DevOps public",
    run: (cloud) => {
      const row = one(cloud.all(project), "project");
      cloud.tamper(row, { ...row.inputs, visibility: "public" });
      return `${String(row.inputs["name"])} is public.`;
    },
  },
};

function repositoryCalled(cloud: LocalCloud, part: string): Row {
  return one(
    cloud.all(git).filter(({ inputs }) => String(inputs["name"]).includes(part)),
    `repository with "${part}" in its name`,
  );
}

/** The repository that the submission runs for. */
function experiments(cloud: LocalCloud): Row {
  const { repoId } = submission(cloud).inputs["repository"] as { repoId: string };
  return one(
    cloud.all(git).filter(({ id }) => id === repoId),
    "experiments repository",
  );
}

/** The pipeline that may use the service connection. */
function submission(cloud: LocalCloud): Row {
  const { id } = connection(cloud);
  const [leave] = cloud.all(authorization).filter(({ inputs }) => inputs["resourceId"] === id);
  return one(
    cloud.all(buildDefinition).filter((row) => row.id === String(leave?.inputs["pipelineId"])),
    "pipeline that may use the service connection",
  );
}

function connection(cloud: LocalCloud): Row {
  return one(cloud.all(serviceEndpoint), "service connection");
}

function checkOf(cloud: LocalCloud, word: string, kind: string): Row {
  const of = checks[word];
  if (of === undefined) throw new Trouble(`There is no "${word}".`, `There is ${Object.keys(checks).join(", ")}.`);
  return one(
    cloud.all(of).filter(({ inputs }) => inputs["targetResourceType"] === kind),
    `check ${word} of the ${kind}`,
  );
}

/** Descriptor of somebody whom Azure DevOps knows. */
function subjectCalled(cloud: LocalCloud, name: string): string {
  const all = subjects(cloud.store);
  const found = all.find((subject) => subject.name === name);
  if (found !== undefined) return found.descriptor;
  throw new Trouble(
    `Azure DevOps knows nobody called "${name}".`,
    `It knows ${all.map((subject) => subject.name).join(", ")}.`,
  );
}
