import { providersFor } from "../../facts/deployer";
import { readsSubscription } from "./azure";
import { type Check, well, wrong } from "./check";

interface Provider {
  readonly namespace: string;
  readonly registrationState: string;
}

/** Neither Azure nor Pulumi registers a subscription's resource providers by itself. */
export const providers: Check = {
  name: "resource providers",
  needs: readsSubscription,
  run: async ({ estate, subscription, stack }, { azure }) => {
    const all = await azure.list<Provider>(`/subscriptions/${subscription}/providers?api-version=2021-04-01`);
    if (all === "missing") {
      const fix = `pulumi config set azure-native:subscriptionId <id> --stack ${stack}, or az login to the tenant that has it`;
      return [wrong(`There is no subscription ${subscription} that the deployer sees.`, fix)];
    }
    const needed = providersFor(estate);
    const states = new Map(all.map((one) => [one.namespace.toLowerCase(), one.registrationState]));
    const missing = needed.filter((namespace) => states.get(namespace.toLowerCase()) !== "Registered");
    if (missing.length === 0) return [well(`all ${needed.length} are registered`)];
    return missing.map((namespace) =>
      wrong(
        `${namespace} is not registered in the subscription (${states.get(namespace.toLowerCase()) ?? "unknown there"}).`,
        `az provider register --namespace ${namespace} --subscription ${subscription} --wait`,
      ),
    );
  },
};
