import { repositoryType } from "../branches";
import { demands, off, type Rule } from "../rule";

export const repositoryPrivate: Rule = {
  control: "repository-private",
  judge: demands({ [repositoryType]: { visibility: "private", allowForking: off } }),
};
