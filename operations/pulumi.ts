/** Pulumi, as the commands here run it. */
import { spawn } from "node:child_process";

import type { Outcome } from "../localcloud/pulumi";

/** Runs one Pulumi command (`["preview", "--stack", "prod"]`) to its end. */
export type Pulumi = (args: readonly string[]) => Promise<Outcome>;

/** The installed Pulumi, on the stack's own backend and clouds. */
export const installedPulumi: Pulumi = async (args) => {
  const child = spawn("pulumi", [...args], { stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve) => {
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => {
      resolve({ code: 1, stdout, stderr: `Could not start pulumi: ${error.message}` });
    });
    child.on("close", (code) => {
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
};

/** What a command that failed says of it: the errors among its JSON, or else the end of its text. */
export function complaintOf({ code, stdout, stderr }: Outcome): string {
  const errors = diagnosticsIn(stdout).flatMap(({ severity, message }) => (severity === "error" ? [message] : []));
  const said = errors.length > 0 ? errors.join("\n") : (stderr || stdout).trimEnd().split("\n").slice(-20).join("\n");
  return `pulumi ended with ${code}.\n${said}`;
}

function diagnosticsIn(stdout: string): readonly { readonly severity?: string; readonly message?: string }[] {
  try {
    const { diagnostics } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { diagnostics?: [] };
    return diagnostics ?? [];
  } catch {
    return [];
  }
}
