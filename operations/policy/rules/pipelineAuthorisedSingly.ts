import { type Demands, type Needed, off, type Rule, unmet } from "../rule";

export const authorizationType = "azuredevops:index/pipelineAuthorization:PipelineAuthorization";

const aPipeline: Needed = {
  needs: "the number of one pipeline: without it every pipeline may use it",
  holds: (value) => typeof value === "number" && value > 0,
  later: true,
};

const demands: Readonly<Record<string, Demands>> = {
  [authorizationType]: { pipelineId: aPipeline },
  "azuredevops:index/variableGroup:VariableGroup": { allowAccess: off },
};

export const pipelineAuthorisedSingly: Rule = {
  control: "pipeline-authorised-singly",
  *judge(resource) {
    const own = demands[resource.type];
    if (own !== undefined) yield* unmet(resource, own);
  },
};
