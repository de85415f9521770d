/** Things on GitHub, which gives numbers to what it is asked for by name. */
import type { Inputs } from "../wanted";
import { type Find, text } from "./find";

const environment = (inputs: Inputs) => encodeURIComponent(text(inputs, "environment"));
// The provider joins the parts of an id by colons.
const inEnvironment = (inputs: Inputs) =>
  `${text(inputs, "repository")}:${text(inputs, "environment").replaceAll(":", "??")}`;

export const repository: Find = {
  key: ["name"],
  look: async (inputs, { github }, { owner }) => {
    const id = text(inputs, "name");
    type Repository = { private: boolean; description: string | null; created_at: string };
    const found = await github.get<Repository>(`/repos/${owner}/${id}`);
    if (found === "missing") return found;
    const since = `it was made ${found.created_at}`;
    return found.private && found.description === inputs["description"]
      ? { id, ours: `It is private and bears this program's description; ${since}.` }
      : {
          id,
          stranger: `It is not a private repository with this program's description; ${since}. What stood before is taken over by gate.repository.adopt.`,
        };
  },
};

export const ruleset: Find = {
  key: ["repository", "name"],
  look: async (inputs, { github }, { owner }) => {
    const name = text(inputs, "repository");
    const all = await github.list<{ id: number; name: string }>(
      `/repos/${owner}/${name}/rulesets?includes_parents=false`,
    );
    const one = all === "missing" ? undefined : all.find((each) => each.name === inputs["name"]);
    return one === undefined ? "missing" : { id: `${name}:${one.id}`, ours: "It bears this program's name." };
  },
};

export const protection: Find = {
  key: ["pattern", "repositoryId"],
  look: async (inputs, { github }, { owner, repositories }) => {
    const name = repositories[text(inputs, "repositoryId")];
    if (name === undefined) return "missing";
    const branch = text(inputs, "pattern");
    const found = await github.get(`/repos/${owner}/${name}/branches/${encodeURIComponent(branch)}/protection`);
    return found === "missing" ? found : { id: `${name}:${branch}` };
  },
};

export const deploymentPolicy: Find = {
  key: ["repository", "environment", "branchPattern"],
  look: async (inputs, { github }, { owner }) => {
    const all = await github.list<{ id: number; name: string; type?: string }>(
      `/repos/${owner}/${text(inputs, "repository")}/environments/${environment(inputs)}/deployment-branch-policies`,
    );
    const one =
      all === "missing"
        ? undefined
        : all.find(({ name, type = "branch" }) => type === "branch" && name === inputs["branchPattern"]);
    return one === undefined
      ? "missing"
      : { id: `${inEnvironment(inputs)}:${one.id}`, ours: "It lets in the branch that the program lets in." };
  },
};

export const variable: Find = {
  key: ["repository", "environment", "variableName"],
  look: async (inputs, { github }, { owner }) => {
    const name = text(inputs, "variableName");
    const found = await github.get<{ value: string }>(
      `/repos/${owner}/${text(inputs, "repository")}/environments/${environment(inputs)}/variables/${name}`,
    );
    if (found === "missing") return found;
    const id = `${inEnvironment(inputs)}:${name}`;
    return found.value === inputs["value"]
      ? { id, ours: "It has the value that the program gives it." }
      : { id, stranger: "It has another value than the program gives it." };
  },
};

export const runnerGroup: Find = {
  key: ["name"],
  look: async (inputs, { github }, { owner }) => {
    type Group = { id: number; name: string; restricted_to_workflows?: boolean; selected_workflows?: string[] };
    const all = await github.list<Group>(`/orgs/${owner}/actions/runner-groups`);
    const one = all === "missing" ? undefined : all.find(({ name }) => name === inputs["name"]);
    if (one === undefined) return "missing";
    const wanted = (inputs["selectedWorkflows"] ?? []) as string[];
    return one.restricted_to_workflows === true && one.selected_workflows?.join() === wanted.join()
      ? { id: String(one.id), ours: "It serves the workflow that the program lets it serve, and no other." }
      : { id: String(one.id), stranger: "It serves others than the workflow that the program lets it serve." };
  },
};
