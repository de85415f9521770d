import { demands, type Rule } from "../rule";

export const insightsByIdentity: Rule = {
  control: "insights-by-identity",
  judge: demands({ "azure-native:applicationinsights:Component": { disableLocalAuth: true } }),
};
