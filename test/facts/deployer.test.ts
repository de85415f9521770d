/** The table of what an environment makes in Azure, against what the program registers. */
import { describe, expect, it } from "vitest";

import { judge } from "../../config";
import { allows } from "../../facts/actions";
import { type Estate, needsOf, providersFor, roleFor, typesIn } from "../../facts/deployer";
import { behaviourOf } from "../../localcloud/localCloud";
import type { Names } from "../../names";
import { estateOf } from "../../operations/doctor/estate";
import { namesIn } from "../../rules/names";
import { namespace } from "../../schema";
import { settled } from "../../settings";
import { type Created, created, urns } from "../support/mocks";
import { examples, runExample, settingsOf } from "../support/program";
import { definitions } from "../support/roleDefinitions";

type Settings = Record<string, unknown>;
type Edit = (settings: Settings) => void;
const set =
  (key: string, value: unknown): Edit =>
  (settings) => {
    settings[`federated-mlops:${key}`] = value;
  };

/** The committed stack files, and what they do not show. */
const variants: Readonly<Record<string, readonly [example: keyof typeof examples, edit?: Edit]>> = {
  prod: ["prod"],
  dev: ["dev"],
  "single-region": ["single-region"],
  "adopted-workspace": ["adopted-workspace"],
  "prod-azuredevops": ["prod-azuredevops"],
  "service tags": [
    "prod",
    (settings) => {
      set("egress", "serviceTags")(settings);
      set("network", { readers: (settings["federated-mlops:network"] as { readers: unknown }).readers })(settings);
    },
  ],
  "no alerts": ["prod", set("alerts", undefined)],
  "no budget": ["prod", set("alerts", { emails: ["a@contoso.example"] })],
  submitter: ["prod", set("pipelineRole", "submitter")],
  "an image builder": ["prod", set("imageBuilds", {})],
  "a hand-over each": ["prod", set("handover", "perSilo")],
  "silos that all bring their store": [
    "adopted-workspace",
    (settings) => {
      const silos = settings["federated-mlops:silos"] as Record<string, Settings>;
      settings["federated-mlops:silos"] = { silo0: silos["silo0"] };
    },
  ],
};

async function registeredBy(name: string): Promise<{ estate: Estate; azure: Created[] }> {
  const [example, edit = () => undefined] = variants[name] ?? ["prod"];
  const { stack, directory } = examples[example];
  const settings = settingsOf(stack, undefined, directory);
  edit(settings);
  await runExample(example, edit);
  await urns();
  const judged = judge(settled(settings, namespace), stack);
  const names: Names = namesIn(judged, stack);
  return {
    estate: estateOf(judged, names),
    azure: created.filter(({ type }) => type.startsWith("azure-native:") && !type.endsWith(":ResourceGroup")),
  };
}

/** The id of what a registration is placed in or on; the recording engine's ids are names with "-id" behind. */
function placeOf({ inputs }: Created, all: readonly Created[], subscription: string): string {
  const { resourceGroupName, scope, resourceUri } = inputs as Record<string, string | undefined>;
  if (resourceGroupName !== undefined) return `${subscription}/resourceGroups/${resourceGroupName}`;
  const on = scope ?? resourceUri ?? "";
  if (on.startsWith("/")) return on;
  if (on === "group-id" || on === "silos-group-id") return on;
  const target = all.find(({ name }) => on.startsWith(`${name}-id`));
  if (target === undefined) throw new Error(`Nothing stands at ${on}.`);
  return placeOf(target, all, subscription);
}

const armType = ({ type }: Created) => String(behaviourOf(type).outputs?.["type"]?.({} as never));

describe("what the environment makes", () => {
  for (const variant of Object.keys(variants)) {
    it(`${variant}: is what the table says, group by group`, async () => {
      const { estate, azure } = await registeredBy(variant);
      const subscription = estate.group.split("/").slice(0, 3).join("/");
      const groups: Record<string, string> = { "group-id": estate.group, "silos-group-id": estate.silosGroup };
      const places = azure.map((one) => {
        const place = placeOf(one, azure, subscription);
        return { type: armType(one), place: groups[place] ?? place };
      });
      const inside =
        (group: string) =>
        ({ place }: { place: string }) =>
          place === group || place.startsWith(`${group}/`);
      const typesOf = (group: string) => [...new Set(places.filter(inside(group)).map(({ type }) => type))].sort();

      expect(typesIn("group", estate).sort()).toEqual(typesOf(estate.group));
      expect(typesIn("silosGroup", estate).sort()).toEqual(typesOf(estate.silosGroup));
      const elsewhere = places.filter((one) => !inside(estate.group)(one) && !inside(estate.silosGroup)(one));
      const joined = estate.joined.stores.map(({ id }) => id);
      expect(elsewhere.filter(({ place }) => !joined.some((id) => place.startsWith(id)))).toEqual([]);
      expect([...new Set(elsewhere.map(({ type }) => type))]).toEqual(
        joined.length > 0 ? ["Microsoft.Authorization/roleAssignments"] : [],
      );

      const types = [...new Set(places.map(({ type }) => type))];
      const namespaces = new Set(types.map((type) => type.split("/")[0]));
      if (estate.managed) namespaces.add("Microsoft.Network");
      expect(providersFor(estate)).toEqual([...namespaces].sort());
      const actions = needsOf(estate).map(({ action }) => action);
      expect(actions).toEqual(expect.arrayContaining(types.map((type) => `${type}/write`)));
      if (definitions === undefined) return;
      for (const need of needsOf(estate)) {
        const role = roleFor(need, estate);
        expect(allows(definitions[role]?.permissions ?? [], need.action), `${role}: ${need.action}`).toBe(true);
      }
    });
  }

  it("what belongs to others is needed where it is used", async () => {
    const { estate } = await registeredBy("adopted-workspace");
    const elsewhere = needsOf(estate)
      .filter(({ scope }) => scope !== estate.group && scope !== estate.silosGroup)
      .map(({ scope, action }) => `${action} on ${scope.split("/").slice(-1)[0]}`);
    expect(elsewhere).toEqual([
      "Microsoft.Network/virtualNetworks/subnets/join/action on compute",
      "Microsoft.Network/virtualNetworks/subnets/join/action on endpoints",
      "Microsoft.Network/virtualNetworks/subnets/join/action on compute",
      "Microsoft.Network/virtualNetworks/subnets/join/action on endpoints",
      "Microsoft.Network/virtualNetworks/subnets/join/action on compute-silo1",
      "Microsoft.Network/privateDnsZones/join/action on rg-central",
      "Microsoft.OperationalInsights/workspaces/sharedKeys/action on log-central",
      "Microsoft.Authorization/roleAssignments/write on sthospital",
      "Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action on sthospital",
    ]);
    const { estate: prod } = await registeredBy("prod");
    const peers = needsOf(prod).filter(({ scope }) => scope.includes("rg-hub"));
    expect(
      peers.map(({ scope, action }) => `${action.split("/").slice(-2).join("/")} on ${scope.split("/").at(-1)}`),
    ).toEqual(["peer/action on vnet-office", "peer/action on vnet-hub", "join/action on vnet-office"]);
  });
});
