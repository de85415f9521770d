import { isTagRuleset, repositoryType } from "../branches";
import { none, type Needed, type Rule, unmet } from "../rule";

const all: Needed = {
  needs: '["~ALL"]',
  holds: (names) => JSON.stringify(names) === '["~ALL"]',
};

export const tagsNone: Rule = {
  control: "tags-none",
  judge: (resource) =>
    isTagRuleset(resource)
      ? unmet(resource, {
          enforcement: "active",
          bypassActors: none,
          "conditions.refName.includes": all,
          "conditions.refName.excludes": none,
          "rules.creation": true,
          "rules.update": true,
          "rules.deletion": true,
        })
      : [],
  *judgeAll(resources) {
    const repository = resources.find(({ type }) => type === repositoryType);
    if (repository !== undefined && !resources.some(isTagRuleset)) {
      yield { urn: repository.urn, complaint: "No ruleset of the target tag is registered." };
    }
  },
};
