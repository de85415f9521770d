/** The clouds, as whoever runs this may read them. */
import { DefaultAzureCredential, getBearerTokenProvider } from "@azure/identity";

import { resourceManagerOf } from "../facts/azure";
import type { AskingClient, Client } from "./client";
import { gitHub } from "./github";
import { microsoft, tokenOf } from "./microsoft";
import { type SignedIn, signedInBy } from "./signedIn";

export interface Clouds {
  /** Azure Resource Manager; paths as in its documentation, with their `api-version`. */
  readonly azure: AskingClient;
  /** Microsoft Graph; paths begin with `/v1.0/`. */
  readonly graph: Client;
  /** GitHub's REST interface. */
  readonly github: Client;
}

/** The real ones: signed in as `az login`, a federated token or a managed identity says, and by GITHUB_TOKEN. */
export function realClouds(azureEnvironment?: unknown): Clouds {
  const credential = new DefaultAzureCredential();
  // Kept until it runs out: the Azure CLI takes a second for each.
  const token = (address: string) => getBearerTokenProvider(credential, `${address}/.default`);
  const manager = resourceManagerOf(azureEnvironment);
  const graph = "https://graph.microsoft.com";
  return {
    azure: microsoft(manager, token(manager)),
    graph: microsoft(graph, token(graph)),
    github: gitHub(process.env.GITHUB_API_URL ?? "https://api.github.com", process.env.GITHUB_TOKEN),
  };
}

/** Who {@link realClouds} is to Azure. Throws {@link Unreadable}. */
export async function signedIn(azureEnvironment?: unknown): Promise<SignedIn> {
  const manager = resourceManagerOf(azureEnvironment);
  const token = getBearerTokenProvider(new DefaultAzureCredential(), `${manager}/.default`);
  return signedInBy(await tokenOf(manager, token));
}

/** The local cloud's, all at one address. */
export function localClouds(address: string): Clouds {
  const token = "local";
  const bearer = () => Promise.resolve(token);
  return {
    azure: microsoft(address, bearer),
    graph: microsoft(address, bearer),
    github: gitHub(address, token),
  };
}
