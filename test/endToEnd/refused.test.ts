import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { prepare } from "../../localcloud/project";
import { landedCopy } from "../support/local";
import { contoso } from "../support/root";
import { editedStacks } from "../support/stacks";

it("a stack file with five problems is refused in one message that lists all five; nothing is registered", async () => {
  const stacks = editedStacks((file) =>
    file
      .replace("approvals: 2", "approvals: 0")
      .replace("workload: fl", "workload: federatedlearn")
      .replace("silo2:", "hospital:")
      .replace("deployFrom: [main]", "deployFrom: [release]")
      .replace("config:\n", "config:\n  federated-mlops:acess: wide\n"),
  );
  const local = await landedCopy(stacks);
  const before = local.look((store) => store.lastEvent());
  const { code, stdout } = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
  expect(code).toBe(1);
  for (const part of [
    "Pulumi.prod.yaml has 5 problems",
    "federated-mlops:gate.branches.main.approvals",
    "federated-mlops:workload",
    "federated-mlops:silos.hospital",
    "federated-mlops:gate.deployFrom[0]",
    "federated-mlops:acess",
  ]) {
    expect(stdout).toContain(part);
  }
  expect(stdout).not.toContain("unhandled exception");
  expect(local.look((store) => store.lastEvent())).toBe(before);
});

it("a production stack file that says development is refused, even without a preview; nothing changes", async () => {
  const stacks = editedStacks((file) =>
    file
      .replace("environment: production", "environment: development")
      .replace(/ {2}federated-mlops:gate:[^]*?(?= {2}federated-mlops:secrets)/, (gate) =>
        gate
          .replace("create:", "join:")
          .replace(/ {4}(plan|branches|contributors|deployFrom|deployReviewers|runner):.*\n|      main:.*\n/g, ""),
      ),
  );
  const local = await landedCopy(stacks);
  const before = local.look((store) => store.lastEvent());
  const { code, stdout } = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
  expect(code).toBe(1);
  expect(stdout).toContain("needs  production, as which this environment was made");
  expect(local.look((store) => store.lastEvent())).toBe(before);
});

it("other code owners than the protected file names are refused until a pull request has changed it", async () => {
  const local = await landedCopy(
    editedStacks((file) => file.replace("codeOwners: [fl-maintainers]", "codeOwners: [fl-release]")),
  );
  const refused = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("to: * @contoso-fl/fl-release");
  local.tamper("set", "fl-experiments/.github/CODEOWNERS", "content", '"* @contoso-fl/fl-release\\n"');
  const { code, stdout } = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
  expect(code, stdout).toBe(0);
});

it("a branch is added and taken away again without lifting any protection", async () => {
  const wide = editedStacks((file) =>
    file
      .replace("deployFrom: [main]", "deployFrom: [main, release/1.0]")
      .replace(
        "      main: {",
        "      release/1.0: { approvals: 3, codeOwners: [fl-release, fl-maintainers] }\n      main: {",
      ),
  );
  const local = await landedCopy(wide);
  const added = await local.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
  expect(added.code, added.stdout).toBe(0);
  const policies = () =>
    local.look((store) =>
      store
        .rows("github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy")
        .map(({ inputs }) => String(inputs.branchPattern))
        .sort(),
    );
  expect(policies()).toEqual(["main", "release/1.0"]);
  writeFileSync(join(wide, "Pulumi.prod.yaml"), readFileSync(join(contoso, "Pulumi.prod.yaml"), "utf8"));
  await prepare(local.place);
  const taken = await local.pulumi("up", "--yes", "--stack", "prod");
  expect(taken.code, taken.stdout).toBe(0);
  expect(policies()).toEqual(["main"]);
});
