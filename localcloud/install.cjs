// Runs before every npm script, on whatever Node there is and with nothing installed yet: brings the dependencies when
// they are missing or older than the lock file, and makes sure that a new enough Node will run the script.
"use strict";

const { spawnSync } = require("node:child_process");
const { existsSync, statSync } = require("node:fs");
const { join } = require("node:path");

const oldestNode = 22;
const root = join(__dirname, "..");
const lock = join(root, "package-lock.json");
// npm writes this file last.
const installed = join(root, "node_modules", ".package-lock.json");

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error("Installing dependencies (npm ci) …");
  const { status, error } = spawnSync("npm", ["ci"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(
      `npm ci failed${error ? `: ${error.message}` : ""}. Node's package manager must be able to reach a registry.`,
    );
    process.exit(status || 1);
  }
}

// npm puts node_modules/.bin first on PATH, where an optional dependency brings a Node of its own.
const brought = existsSync(join(root, "node_modules", ".bin", "node"));
if (!brought && Number(process.versions.node.split(".")[0]) < oldestNode) {
  console.error(
    `This needs Node ${oldestNode} or newer; this is ${process.versions.node}. Install one from https://nodejs.org.`,
  );
  process.exit(1);
}
