/** Puts the simulated providers and the language host where the engine looks for the real ones. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { pinnedVersion } from "./engine";
import { clouds } from "./localCloud";

/** Writes the plugins' directories below `PULUMI_HOME`; `host`: with the stand-in for the Node language host. */
export function installPlugins(home: string, host: boolean): void {
  for (const name of Object.keys(clouds)) {
    install(home, `resource-${name}-v${sdkVersion(name)}`, `pulumi-resource-${name}`, `provider.ts ${name}`);
  }
  if (host) install(home, `language-nodejs-v${pinnedVersion}`, "pulumi-language-nodejs", "languageHost.ts");
}

/** Version of a provider's SDK in node_modules: the engine asks for a plugin of exactly that version. */
export function sdkVersion(provider: string): string {
  const { version } = JSON.parse(readFileSync(require.resolve(`${clouds[provider]?.sdk}/package.json`), "utf8")) as {
    version: string;
  };
  return version;
}

// A real directory with a script in it: the engine passes over links.
function install(home: string, directory: string, executable: string, program: string): void {
  const [file = "", ...args] = program.split(" ");
  const words = [process.execPath, "--require", require.resolve("tsx/cjs"), join(__dirname, file), ...args];
  const plugin = join(home, "plugins", directory);
  mkdirSync(plugin, { recursive: true });
  const script = join(plugin, executable);
  writeFileSync(
    script,
    `#!/bin/sh\nexec ${words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")} "$@"\n`,
  );
  chmodSync(script, 0o755);
}
