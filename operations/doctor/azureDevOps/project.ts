import type { AzureDevOps } from "../../../clients/clouds";
import { devRun, pipelineName, projectDescription } from "../../../facts/azureDevOps";
import { projectProblems } from "../../../preflight/azureDevOpsProject";
import { type Check, type Finding, refused, well, wrong } from "../check";
import { placeOf, letIn, type Place, projectIn, type ShownProject, version } from "./place";

/** Whether the project can be made, or is as whoever joins it needs it; and whether the deployer may do that. */
export const project: Check = {
  name: "Azure DevOps project",
  needs: letIn,
  run: async (subject, clouds) => {
    const place = placeOf(subject, clouds);
    if (place === undefined) return [];
    const { gate, projectName } = place;
    const found = await projectIn(place, projectName);
    if ("create" in gate.project) return toMake(place, found, subject.stack);
    const shown = found === "missing" ? undefined : await joined(place, found);
    const problems = refused(projectProblems(gate, projectName, shown, subject.stack));
    if (problems.length > 0 || found === "missing") return problems;
    const rights = gate.repository === undefined ? [] : await rightsIn(place, found);
    return rights.length > 0 ? rights : [well(`${projectName} is as it is needed`)];
  },
};

async function toMake(place: Place, found: ShownProject | "missing", stack: string): Promise<Finding[]> {
  const { gate, projectName } = place;
  if (found === "missing") {
    const allowed = await may(place, "Collection", "CREATE_PROJECTS", organisationToken);
    // There is no such organisation, which is said already.
    if (allowed === undefined) return [];
    if (allowed) return [well(`the name ${projectName} is free, and the deployer may make projects`)];
    const fix = `${gate.organisation}/_settings/groups: allow the deployer "Create new projects"`;
    return [wrong(`The deployer may not make projects in ${gate.organisation}.`, fix)];
  }
  if (found.description !== projectDescription) {
    const fix =
      `another name: pulumi config set --path federated-mlops:gate.project.create <another> --stack ${stack}\n` +
      `or pulumi config rm --path federated-mlops:gate.project.create --stack ${stack}; pulumi config set --path federated-mlops:gate.project.join ${projectName} --stack ${stack}`;
    return [wrong(`There is a project ${projectName} already, which this environment did not make.`, fix)];
  }
  if (found.visibility !== "private") {
    return [wrong(`The project ${projectName} is public.`, `pulumi up --refresh --stack ${stack}`)];
  }
  return [well(`${projectName} stands, and is private`)];
}

async function joined({ gate, organisation }: Place, { id, visibility }: ShownProject) {
  if (gate.repository !== undefined) return { visibility, hasRepository: false, hasPipeline: false };
  const name = encodeURIComponent(pipelineName(gate.experiments, devRun));
  const [repository, pipelines] = await Promise.all([
    organisation.get(`/${id}/_apis/git/repositories/${encodeURIComponent(gate.experiments)}?${version}`),
    organisation.list(`/${id}/_apis/build/definitions?name=${name}&${version}`),
  ]);
  const hasPipeline = pipelines !== "missing" && pipelines.length > 0;
  return { visibility, hasRepository: repository !== "missing", hasPipeline };
}

/** Rules, pipelines and permissions are its administrators' to make. */
async function rightsIn(place: Place, { id, name }: ShownProject): Promise<Finding[]> {
  const token = `$PROJECT:vstfs:///Classification/TeamProject/${id}`;
  if ((await may(place, "Project", "GENERIC_WRITE", token)) === true) return [];
  const fix = `${place.gate.organisation}/${name}/_settings/permissions: make the deployer one of the Project Administrators`;
  return [wrong(`The deployer does not administer the project ${name}.`, fix)];
}

/** https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference */
const namespaces = {
  Collection: "3e65f728-f8bc-4ecd-8764-7e378b19bfa7",
  Project: "52d39943-cb85-4d7f-8fa8-c6baac873819",
};

/** Not documented: the server calls it TeamProjectCollectionNamespaceToken. */
const organisationToken = "NAMESPACE";

/** Whether the deployer has a permission on what `token` names; undefined where there is no organisation. */
async function may(
  { organisation }: AzureDevOps,
  of: keyof typeof namespaces,
  permission: string,
  token: string,
): Promise<boolean | undefined> {
  type Namespace = { actions: { bit: number; name: string }[] };
  const id = namespaces[of];
  const found = await organisation.list<Namespace>(`/_apis/securitynamespaces/${id}?${version}`);
  if (found === "missing") return undefined;
  const bit = found[0]?.actions.find(({ name }) => name === permission)?.bit;
  const query = `tokens=${encodeURIComponent(token)}&alwaysAllowAdministrators=true&${version}`;
  const allowed = await organisation.list<boolean>(`/_apis/permissions/${id}/${bit}?${query}`);
  return allowed !== "missing" && allowed[0] === true;
}
