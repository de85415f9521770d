import type { Clouds } from "../../clients/clouds";
import { readsSubscription } from "./azure";
import { attempt, type Check, type Finding, well, wrong } from "./check";
import type { Subject } from "./subject";

/** Whether names that are one in all of Azure, or that a deletion left behind, can be had by what does not stand yet. */
export const freeNames: Check = {
  name: "names",
  needs: readsSubscription,
  run: async (subject, clouds) => {
    const questions = globalNames(subject);
    const findings = await Promise.all([
      ...questions.map((one) => attempt(readsSubscription(subject), () => judgeName(one, subject, clouds))),
      attempt("export a GITHUB_TOKEN that sees the organisation's repositories", () =>
        judgeRepository(subject, clouds),
      ),
    ]);
    const found = findings.flat();
    return found.length > 0
      ? found
      : [well(`${questions.length + (subject.owned ? 1 : 0)} are free, or this environment's own`)];
  },
};

interface GlobalName {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly provider: string;
  readonly type: string;
  readonly api: string;
  /** Whether the next generation has another one. */
  readonly numbered: boolean;
}

/** What is made here and carries such a name. */
function globalNames({ names, settings }: Subject): GlobalName[] {
  const adopt = settings["federated-mlops:adopt"];
  const store = (name: string, id: string): GlobalName => ({
    ...{ kind: "storage account", name, id, provider: "Microsoft.Storage", type: "storageAccounts" },
    ...{ api: "2024-01-01", numbered: false },
  });
  const parties = [names.orchestrator, ...Object.values(names.silos)].filter(({ joinsStore }) => !joinsStore);
  return [
    ...(adopt === undefined ? [store(names.store, names.storeId)] : []),
    ...parties.map((party) => store(party.store, party.storeId)),
    ...(adopt === undefined
      ? [
          {
            ...{ kind: "key vault", name: names.vault, id: names.vaultId, provider: "Microsoft.KeyVault" },
            ...{ type: "vaults", api: "2024-11-01", numbered: true },
          },
        ]
      : []),
    ...(adopt?.registry === undefined
      ? [
          {
            ...{ kind: "container registry", name: names.registry, id: names.registryId },
            ...{ provider: "Microsoft.ContainerRegistry", type: "registries", api: "2023-07-01", numbered: false },
          },
        ]
      : []),
  ];
}

async function judgeName(one: GlobalName, subject: Subject, { azure }: Clouds): Promise<Finding[]> {
  const { kind, name, id, provider, type, api, numbered } = one;
  const { subscription, settings, stack } = subject;
  if ((await azure.get(`${id}?api-version=${api}`)) !== "missing") return [];
  if (type === "vaults") {
    const deleted = await azure.get<{ properties?: { scheduledPurgeDate?: string } }>(
      `/subscriptions/${subscription}/providers/${provider}/locations/${settings["azure-native:location"]}/deletedVaults/${name}?api-version=${api}`,
    );
    if (deleted !== "missing") {
      if (settings["federated-mlops:recover"]) return [];
      const until = deleted.properties?.scheduledPurgeDate?.slice(0, 10) ?? "it is purged";
      return [wrong(`The deleted key vault ${name} holds its name until ${until}.`, backOrAnew(subject))];
    }
  }
  const answer = await azure.ask<{ nameAvailable: boolean; message?: string }>(
    `/subscriptions/${subscription}/providers/${provider}/checkNameAvailability?api-version=${api}`,
    { name, type: `${provider}/${type}` },
  );
  if (answer.nameAvailable) return [];
  const anew = numbered
    ? `pulumi config set --path federated-mlops:generation ${settings["federated-mlops:generation"] + 1} --stack ${stack}`
    : `pulumi config set federated-mlops:workload <another> --stack ${stack}`;
  return [wrong(`The ${kind} ${name} is somebody else's: ${answer.message ?? "the name is taken"}`, anew)];
}

/** As the program itself says it before it registers anything. */
function backOrAnew({ settings, stack }: Subject): string {
  const next = settings["federated-mlops:generation"] + 1;
  return (
    `pulumi config set --path federated-mlops:recover true --stack ${stack}   (bring the old one back)\n` +
    `pulumi config set --path federated-mlops:generation ${next} --stack ${stack}   (come up under new names)`
  );
}

/** A repository keeps its name while it is archived; one that this environment did not make would stop it half-way. */
async function judgeRepository(subject: Subject, { github }: Clouds): Promise<Finding[]> {
  const { owned, owner, repository, settings, stack } = subject;
  if (owned === undefined || !("create" in owned.repository)) return [];
  const path = `/repos/${owner}/${repository}`;
  const found = await github.get<{ archived: boolean }>(path);
  if (found === "missing") return [];
  if (found.archived) {
    if (settings["federated-mlops:recover"]) return [];
    return [wrong(`The archived repository ${owner}/${repository} holds its name.`, backOrAnew(subject))];
  }
  if ((await github.get(`${path}/environments/prod`)) !== "missing") return [];
  const adopt = "federated-mlops:gate.repository";
  const fix =
    `pulumi up --stack ${stack}   (if an interrupted one made it)\n` +
    `pulumi config rm --path ${adopt}.create --stack ${stack}; pulumi config set --path ${adopt}.adopt ${repository} --stack ${stack}   (if it was there before)`;
  const what = `${owner}/${repository} exists and has no environment prod: nobody here knows who made it.`;
  return [{ is: "unknown", what, fix }];
}
