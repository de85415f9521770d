import { demands, none, oneOf, type Rule } from "../rule";

export const repositoryWriters: Rule = {
  control: "repository-writers",
  judge: demands({
    "github:index/repositoryCollaborators:RepositoryCollaborators": {
      "teams[].permission": oneOf("push", "pull"),
      users: none,
    },
  }),
};
