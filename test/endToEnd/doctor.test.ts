import { execFile } from "node:child_process";

import { describe, expect, it } from "vitest";

import { landedCopy, type Local } from "../support/local";
import { contoso, root } from "../support/root";

/** `npm run doctor`, as a person types it. */
function doctor(
  local: Local | undefined,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const place = local === undefined ? {} : { FEDERATED_MLOPS_LOCAL: local.place.local };
  const env = { ...process.env, ...place, FEDERATED_MLOPS_STACKS: contoso, GITHUB_TOKEN: "canary-token" };
  return new Promise((resolve) => {
    execFile("npm", ["run", "--silent", "doctor", "--", ...args], { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

describe("npm run doctor", () => {
  it("is content with what stands, names what is to be fixed, and ends accordingly", async () => {
    const local = await landedCopy();
    const content = await doctor(local, "--stack", "prod", "--local");
    expect(content.code, content.stdout + content.stderr).toBe(0);
    expect(content.stdout).toContain("Nothing to fix before: pulumi up --stack prod.");
    expect(content.stdout).not.toMatch(/to fix {2}|could not tell|not yet/);

    local.tamper("unregister", "Microsoft.KeyVault");
    local.tamper("open-runners");
    const before = local.look((store) => store.lastEvent());
    const troubled = await doctor(local, "--stack", "prod", "--local");
    expect(troubled.code).toBe(7);
    expect(troubled.stdout).toContain("az provider register --namespace Microsoft.KeyVault");
    expect(troubled.stdout).toContain("The runner group fl-private runs every workflow");
    const json = await doctor(local, "--stack", "dev", "--local", "--json");
    expect(json.code).toBe(7);
    expect(JSON.parse(json.stdout)).toMatchObject({
      stack: "dev",
      checks: [{ name: "resource providers" }, {}, {}, {}, {}, {}, {}, {}],
    });
    expect(troubled.stdout + troubled.stderr + json.stdout).not.toContain("canary");
    expect(local.look((store) => store.lastEvent())).toBe(before);
  });

  it("says how it is called", async () => {
    for (const args of [["--stack", "staging"], ["--hurry"]]) {
      const { code, stderr } = await doctor(undefined, ...args);
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(/--stack <[^>]*\bprod\b[^>]*>|--hurry/);
    }
  });
});
