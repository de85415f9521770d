/** Azure's blob storage on this computer, by Microsoft's own emulator: state on `azblob` without an account. */
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import type { Backend } from "../../localcloud/place";
import { root } from "./root";

// Every Azurite has this account. https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key
const account = "devstoreaccount1";
const key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const container = "state";

/** A backend in an Azurite of the test's own, which keeps everything in memory. */
export async function azuriteBackend(): Promise<Backend> {
  const address = await start();
  await makeContainer(address);
  const query = new URLSearchParams({ storage_account: account, protocol: "http", domain: address, localemu: "true" });
  return {
    url: `azblob://${container}?${query.toString()}`,
    environment: { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key },
  };
}

/** `127.0.0.1:<port>`. The engine is newer than the emulator, whose check of the API's version would refuse it. */
function start(): Promise<string> {
  const options = [
    "--blobPort",
    "0",
    "--inMemoryPersistence",
    "--disableTelemetry",
    "--skipApiVersionCheck",
    "--silent",
  ];
  const azurite = spawn(join(root, "node_modules", ".bin", "azurite-blob"), options, { stdio: "pipe" });
  onTestFinished(() => {
    azurite.kill();
  });
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (data: Buffer) => {
      said += data.toString();
      const address = /listens on http:\/\/(\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    };
    azurite.stdout.on("data", listen);
    azurite.stderr.on("data", listen);
    azurite.on("error", reject);
    azurite.on("exit", (code) => {
      reject(new Error(`Azurite ended with ${code}: ${said}`));
    });
  });
}

/** https://learn.microsoft.com/rest/api/storageservices/create-container, signed as authorize-with-shared-key says. */
async function makeContainer(address: string): Promise<void> {
  const headers = { "x-ms-date": new Date().toUTCString(), "x-ms-version": "2021-12-02" };
  const unused = Array.from({ length: 11 }, () => "");
  const signed = [
    ...["PUT", ...unused, ...Object.entries(headers).map(([name, value]) => `${name}:${value}`)],
    ...[`/${account}/${account}/${container}`, "restype:container"],
  ].join("\n");
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(signed).digest("base64");
  const { status } = await fetch(`http://${address}/${account}/${container}?restype=container`, {
    method: "PUT",
    headers: { ...headers, authorization: `SharedKey ${account}:${signature}` },
  });
  if (status !== 201) throw new Error(`Azurite made no container: ${status}`);
}
