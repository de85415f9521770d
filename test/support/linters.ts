/** Linters of GitHub workflows, from outside. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { actionlint, python } from "./tools";

let tools = { actionlint: "", zizmor: "" };

/** Gets the linters; minutes, the first time. */
export function setUp(): void {
  tools = { actionlint: actionlint(), zizmor: join(python("zizmor"), "zizmor") };
}

interface Finding {
  readonly ident: string;
  readonly locations: readonly {
    readonly symbolic: { readonly key: { readonly Local?: { readonly verbatim_path: string } } };
  }[];
}

/**
 * What both linters say about these files, by their paths below `.github` (`workflows/check.yml`, or only the name of a
 * workflow): the linters' names for it, with the file.
 */
export function findings(files: Readonly<Record<string, string>>): string[] {
  const repository = mkdtempSync(join(tmpdir(), "federated-mlops-linters-"));
  try {
    const paths = Object.entries(files).map(([file, content]) => {
      const path = join(repository, ".github", file.includes("/") ? file : `workflows/${file}`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    });
    const workflows = paths.filter((path) => path.includes("/workflows/"));
    // Without the helpers that it would find on one computer and not on another.
    const lint = spawnSync(tools.actionlint, ["-shellcheck=", "-pyflakes=", "-format", "{{json .}}", ...workflows], {
      encoding: "utf8",
    });
    const zizmor = spawnSync(
      tools.zizmor,
      ["--offline", "--no-config", "--persona", "auditor", "--format", "json", "--no-exit-codes", ...paths],
      { encoding: "utf8" },
    );
    if (lint.error ?? zizmor.error ?? zizmor.status !== 0) throw new Error(`${lint.stderr}${zizmor.stderr}`);
    const name = (path: string) => path.replace(/^.*\//, "");
    return [
      ...(JSON.parse(lint.stdout) as { kind: string; filepath: string; message: string }[]).map(
        ({ kind, filepath }) => `actionlint ${kind}: ${name(filepath)}`,
      ),
      ...(JSON.parse(zizmor.stdout) as Finding[]).map(
        ({ ident, locations }) => `${ident}: ${name(locations[0]?.symbolic.key.Local?.verbatim_path ?? "")}`,
      ),
    ];
  } finally {
    rmSync(repository, { recursive: true, force: true });
  }
}
