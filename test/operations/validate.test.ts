import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

import { validate } from "../../operations/validate";
import { contoso } from "../support/root";

describe("npm run validate", () => {
  let directory = "";
  const write = (stack: string, from: string, edit: (file: string) => string) => {
    writeFileSync(
      join(directory, `Pulumi.${stack}.yaml`),
      edit(readFileSync(join(contoso, `Pulumi.${from}.yaml`), "utf8")),
    );
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "federated-mlops-validate-"));
    onTestFinished(() => {
      rmSync(directory, { recursive: true, force: true });
    });
    for (const stack of ["prod", "dev"])
      cpSync(join(contoso, `Pulumi.${stack}.yaml`), join(directory, `Pulumi.${stack}.yaml`));
  });

  it("finds the committed stack files in order", () => {
    expect(validate(contoso)).toEqual([]);
    expect(validate(directory)).toEqual([]);
  });

  it("takes what pulumi config set writes", () => {
    write("prod", "prod", (file) => `${file}\n  federated-mlops:generation: "2"\n  federated-mlops:recover: "true"\n`);
    expect(validate(directory)).toEqual([]);
  });

  it("tells a secret that everyone can read, without showing it", () => {
    write("prod", "prod", (file) => file.replace(/WANDB_API_KEY:\n +secure: .*/, "WANDB_API_KEY: hunter2"));
    const [problem = ""] = validate(directory);
    expect(problem).toContain("federated-mlops:secrets.WANDB_API_KEY");
    expect(problem).toContain("an encrypted value");
    expect(problem).not.toContain("hunter2");
  });

  it("tells two stacks that share a resource group, an owned repository or a deployment environment", () => {
    const group = (file: string) =>
      file.replace("config:\n", "config:\n  federated-mlops:resourceGroup: { create: rg-one }\n");
    write("prod", "prod", group);
    write("prod2", "prod", group);
    write("dev2", "dev", (file) => file);
    expect(validate(directory)).toEqual([
      "Pulumi.dev2.yaml and Pulumi.dev.yaml share the environment dev of contoso-fl/fl-experiments: give one of them a repository of its own.",
      "Pulumi.prod2.yaml and Pulumi.prod.yaml share the resource group rg-one of subscription 5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10: give one of them another federated-mlops:resourceGroup.",
      "Pulumi.prod2.yaml and Pulumi.prod.yaml share the resource group rg-one-silos of subscription 5f1c7a52-0b1e-4d0e-9a53-3f0f6f1c2a10: give one of them another federated-mlops:silosGroup.",
      "Pulumi.prod2.yaml and Pulumi.prod.yaml share the repository contoso-fl/fl-experiments: give one of them another gate.repository.create.",
    ]);
  });

  it("tells a store that two stacks join, however its id is spelled", () => {
    const joined = (group: string) => (file: string) =>
      file.replace(
        /silo0: \{ location: australiaeast \}/,
        `silo0: { location: australiaeast, store: { join: /subscriptions/s/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/sthospital } }`,
      );
    write("prod", "prod", joined("rg"));
    write("prod2", "prod", (file) =>
      joined("RG")(file).replace("workload: fl", "workload: fl2").replace("create: fl-exp", "create: fl2-exp"),
    );
    expect(validate(directory)).toEqual([
      "Pulumi.prod2.yaml and Pulumi.prod.yaml share the store sthospital: give one of them another silos.silo0.store.",
    ]);
  });

  it("tells the problems of every file", () => {
    write("prod", "prod", (file) => file.replace("approvals: 2", "approvals: 0"));
    write("dev", "dev", (file) => file.replace("workload: fl", "workload: FL"));
    const problems = validate(directory);
    expect(problems).toHaveLength(2);
    expect(problems.join()).toContain("Pulumi.dev.yaml has 1 problem");
    expect(problems.join()).toContain("Pulumi.prod.yaml has 1 problem");
  });
});
