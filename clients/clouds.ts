/** The clouds, as whoever runs this may read them. */
import { DefaultAzureCredential, getBearerTokenProvider } from "@azure/identity";

import { resourceManagerOf } from "../facts/azure";
import { azureDevOpsResource, organisationAt } from "../facts/azureDevOps";
import { azureDevOps } from "./azureDevOps";
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
  /** An organisation of Azure DevOps, by the address that its people use (`https://dev.azure.com/<organisation>`). */
  readonly azureDevOps: (organisation: string) => AzureDevOps;
}

/** Azure DevOps keeps its people, and what is installed, at other addresses than all else; paths begin with `/_apis/` or `/<project>/_apis/`. */
export interface AzureDevOps {
  readonly organisation: Client;
  /** Users, groups, and who is in which. */
  readonly people: Client;
  /** What is installed from the marketplace. */
  readonly extensions: Client;
}

/** The real ones: signed in as `az login`, a federated token or a managed identity says, by GITHUB_TOKEN, and by AZDO_PERSONAL_ACCESS_TOKEN if it is set. */
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
    azureDevOps: (organisation) => {
      const own = process.env.AZDO_PERSONAL_ACCESS_TOKEN;
      const bearer = getBearerTokenProvider(credential, `${azureDevOpsResource}/.default`);
      const authorization = async () =>
        own === undefined ? `Bearer ${await tokenOf(organisation, bearer)}` : `Basic ${btoa(`:${own}`)}`;
      return {
        organisation: azureDevOps(organisation, authorization),
        people: azureDevOps(organisation.replace("//", "//vssps."), authorization),
        extensions: azureDevOps(organisation.replace("//", "//extmgmt."), authorization),
      };
    },
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
    azureDevOps: (organisation) => {
      const client = azureDevOps(`${address}/${organisationAt(organisation)}`, async () => `Bearer ${await bearer()}`);
      return { organisation: client, people: client, extensions: client };
    },
  };
}
