/** The clouds, as whoever runs this may read them. */
import { DefaultAzureCredential } from "@azure/identity";

import { resourceManagerOf } from "../facts/azure";
import type { AskingClient, Client } from "./client";
import { gitHub } from "./github";
import { microsoft } from "./microsoft";

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
  const token = (address: string) => async () => (await credential.getToken(`${address}/.default`)).token;
  const manager = resourceManagerOf(azureEnvironment);
  const graph = "https://graph.microsoft.com";
  return {
    azure: microsoft(manager, token(manager)),
    graph: microsoft(graph, token(graph)),
    github: gitHub(process.env.GITHUB_API_URL ?? "https://api.github.com", process.env.GITHUB_TOKEN),
  };
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
