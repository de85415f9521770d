import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";

import { devRun, nameFor, submission, template, templateRef, templatesRepository } from "../../facts/azureDevOps";
import { codeOwnersFile, ownersOf } from "../../facts/codeOwners";
import { experimentsFiles, writeExperiments } from "../../operations/experiments";
import { contoso, root } from "../support/root";

describe("npm run experiments", () => {
  let directory = "";
  const stack = (edit: (file: string) => string) => {
    writeFileSync(join(directory, "Pulumi.prod.yaml"), edit(readFileSync(join(contoso, "Pulumi.prod.yaml"), "utf8")));
    return experimentsFiles(directory, "prod").experiments;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "federated-mlops-experiments-"));
    onTestFinished(() => {
      rmSync(directory, { recursive: true, force: true });
    });
  });

  it("gives for the example exactly what experiments/ holds", () => {
    const files = experimentsFiles(contoso, "prod").experiments;
    for (const [path, content] of files) expect(content).toBe(readFileSync(join(root, "experiments", path), "utf8"));
    expect([...files.keys()]).toEqual([
      ".github/CODEOWNERS",
      ".github/pull_request_template.md",
      ".github/workflows/dev-run.yml",
      ".github/workflows/submit.yml",
      "README.md",
      "federation.yaml",
      "jobs/hello-world/aggregate.yml",
      "jobs/hello-world/initialise.yml",
      "jobs/hello-world/job.yml",
      "jobs/hello-world/prepare.yml",
      "jobs/hello-world/src/aggregate.py",
      "jobs/hello-world/src/initialise.py",
      "jobs/hello-world/src/model.py",
      "jobs/hello-world/src/prepare.py",
      "jobs/hello-world/src/train.py",
      "jobs/hello-world/train.yml",
      "submission/submit.py",
    ]);
  });

  it("names the stack's own federation, owners, branches and runner; the rest is the same for everybody", () => {
    const files = stack((file) =>
      file
        .replace("config:\n", "config:\n  federated-mlops:handover: perSilo\n")
        .replace(/silos:\n( {4}silo.*\n)+/, "silos:\n    silo4: { location: eastus }\n")
        .replace("github:owner: contoso-fl", "github:owner: fabrikam")
        .replace("codeOwners: [fl-maintainers]", "codeOwners: [leads, security]")
        .replace("    contributors", "      'release/1': { approvals: 1, codeOwners: [leads] }\n    contributors")
        .replace("deployFrom: [main]", "deployFrom: [main, release/1]")
        .replace("{ create: fl-private }", '{ create: "GPU: private" }'),
    );
    expect(files.get("federation.yaml")).toContain(
      `federated_learning:
  orchestrator:
    compute: orchestrator-cpu
    datastore: datastore_orchestrator
  silos:
    - name: silo4
      computes: [silo4-cpu]
      datastore: datastore_silo4
      handover: datastore_orchestrator_silo4

# Branches from which jobs reach production.
deploy_from: [main, release/1]
`,
    );
    expect(files.get(".github/workflows/submit.yml")).toContain("    branches: [main, release/1]\n");
    expect(files.get(".github/workflows/submit.yml")).toContain('    runs-on: { group: "GPU: private" }\n');
    const owners = files.get(".github/CODEOWNERS") ?? "";
    expect(owners.split("\n").slice(2)).toEqual(
      ["/.github/", "/.github/CODEOWNERS", "/submission/", "/federation.yaml", "*"]
        .map((pattern) => `${pattern} @fabrikam/leads @fabrikam/security`)
        .concat(""),
    );
    // As the preflight compares them.
    expect(ownersOf(owners)).toEqual(ownersOf(codeOwnersFile("fabrikam", ["leads", "security"])));

    const example = experimentsFiles(contoso, "prod").experiments;
    const differing = [...files].filter(([path, content]) => content !== example.get(path)).map(([path]) => path);
    expect(differing).toEqual([".github/CODEOWNERS", ".github/workflows/submit.yml", "federation.yaml"]);
  });

  it("runs on GitHub's machines where the stack names no runner group", () => {
    const files = stack((file) => file.replace(/ {4}runner: .*\n/, "").replace("ingress: private", "ingress: public"));
    expect(files.get(".github/workflows/submit.yml")).toContain("    runs-on: ubuntu-24.04\n");
  });

  describe("on Azure DevOps", () => {
    const source = (path: string) => readFileSync(join(root, "experiments", path), "utf8");
    const changed = (edit: (file: string) => string) => {
      const file = "Pulumi.prod-azuredevops.yaml";
      writeFileSync(join(directory, file), edit(readFileSync(join(contoso, file), "utf8")));
      return experimentsFiles(directory, "prod-azuredevops");
    };

    it("gives two repositories: one cannot change alone what its pipelines do", () => {
      const { experiments, pipelines } = experimentsFiles(contoso, "prod-azuredevops");
      const jobs = [...experimentsFiles(contoso, "prod").experiments.keys()].filter((path) => path.startsWith("jobs/"));
      expect([...experiments.keys()].sort()).toEqual([
        ".azuredevops/pull_request_template.md",
        "README.md",
        "azure-pipelines.yml",
        "dev-run.yml",
        "federation.yaml",
        ...jobs,
      ]);
      expect([...pipelines.keys()].sort()).toEqual(["README.md", "dev-run.yml", "submission/submit.py", "submit.yml"]);
      for (const path of ["README.md", "azure-pipelines.yml", "dev-run.yml", ...jobs])
        expect(experiments.get(path)).toBe(source(path));
      for (const path of ["README.md", "dev-run.yml", "submit.yml"])
        expect(pipelines.get(path)).toBe(source(`pipelines/${path}`));
      // The same file as on GitHub.
      expect(pipelines.get("submission/submit.py")).toBe(source("submission/submit.py"));
    });

    it("names the stack's own project, repositories, branches and pool", () => {
      const { experiments, pipelines } = changed((file) =>
        file
          .replace("project: { create: contoso-fl }", "project: { join: research }")
          .replace("repository: { create: fl-experiments }", "repository: { create: trials }")
          .replace(
            /( {6})main:\n(( {8}.*\n)+)/,
            (main, indent: string, rules: string) => `${main}${indent}release/1:\n${rules}`,
          )
          .replace("deployFrom: [main]", "deployFrom: [main, release/1]")
          .replace(/create: fl-private\n.*subnet.*\n/, 'join: "GPU: private"\n'),
      );
      expect(experiments.get("azure-pipelines.yml")).toContain("    include: [main, release/1]\n");
      expect(experiments.get("federation.yaml")).toContain("deploy_from: [main, release/1]\n");
      expect(pipelines.get("submit.yml")).toContain('        pool: { name: "GPU: private" }\n');
      for (const file of ["azure-pipelines.yml", "dev-run.yml"])
        expect(experiments.get(file)).toContain("      name: trials-pipelines\n      ref: refs/heads/main\n");
      for (const file of ["submit.yml", "dev-run.yml"]) {
        expect(pipelines.get(file)).toContain("- checkout: git://research/trials-pipelines@refs/heads/main\n");
        expect(pipelines.get(file)).not.toContain("fl-experiments");
      }
    });

    it("names what the gate makes: the template, its repository and branch, connections and variable groups", () => {
      const { experiments } = experimentsFiles(contoso, "prod-azuredevops");
      const start = parse(experiments.get(submission.file) ?? "") as {
        resources: { repositories: object[] };
        extends: object;
      };
      expect(start.resources.repositories).toMatchObject([
        { name: templatesRepository("fl-experiments"), ref: templateRef },
      ]);
      expect(start.extends).toEqual({ template: `${template}@pipelines` });
      for (const [file, environment] of [
        [template, "prod"],
        ["dev-run.yml", "dev"],
      ] as const) {
        expect(source(`pipelines/${file}`)).toContain(`azureSubscription: ${nameFor(environment)}\n`);
        expect(source(`pipelines/${file}`)).toContain(`- group: ${nameFor(environment)}\n`);
        expect(source(`pipelines/${file}`)).toContain(`environment: ${environment}\n`);
      }
      expect(experiments.has(devRun.file)).toBe(true);
    });

    it("runs on Microsoft's machines where the stack names no pool", () => {
      const { pipelines } = changed((file) =>
        file
          .replace(/ {4}# A pool.*\n {4}runner:\n.*\n.*subnet.*\n/, "")
          .replace("config:\n", "config:\n  federated-mlops:ingress: public\n"),
      );
      expect(pipelines.get("submit.yml")).toContain("        pool: { vmImage: ubuntu-24.04 }\n");
    });
  });

  it("writes nothing where it would overwrite, and names every such file", () => {
    const out = join(directory, "out");
    const files = experimentsFiles(contoso, "prod").experiments;
    writeExperiments(files, out);
    writeExperiments(files, out);
    for (const path of ["README.md", ".github/CODEOWNERS"]) writeFileSync(join(out, path), "other");
    rmSync(join(out, "jobs"), { recursive: true });
    expect(() => {
      writeExperiments(files, out);
    }).toThrow(
      `${out} has files that would be overwritten; nothing was written:\n\n  .github/CODEOWNERS\n  README.md\n\n` +
        "Delete them first (in a clone of a new repository: git rm README.md .github/CODEOWNERS), or name another directory.",
    );
    expect(readdirSync(out)).not.toContain("jobs");
  });

  it("tells a stack that is not there, one that owns no repository, and everything wrong with a file", () => {
    expect(() => experimentsFiles(contoso, "live")).toThrow("There is no Pulumi.live.yaml in");
    expect(() => experimentsFiles(contoso, "live")).toThrow(
      "name one of dev-azuredevops, dev, prod-azuredevops, prod.",
    );
    expect(() => experimentsFiles(contoso, "dev")).toThrow(
      "dev joins a repository that another stack makes: name the production stack.",
    );
    expect(() => stack((file) => file.replace("approvals: 2", "approvals: 0"))).toThrow(
      "Pulumi.prod.yaml has 1 problem",
    );
  });
});
