/** Words of the schema: the shapes that settings have in common, each with what it says where one does not fit. */
import * as z from "zod";

export const guid = (what: string) => z.guid({ error: `the object id of ${what} (a GUID)` });

export const text = (pattern: RegExp, needs: string) => z.string({ error: needs }).regex(pattern, needs);

/** A list in which nothing stands twice: a second one would be a second resource of the same name. */
export const distinct = <T extends z.ZodType>(item: T, needs: string) =>
  z.array(item, { error: needs }).refine((items) => new Set(items).size === items.length, `${needs}, each once`);

/** A part of a resource id, without what another spelling of the same id could hide in. */
const segment = "[^/%?#\\s]+";

export const resource = (type: string, needs: string) =>
  text(
    new RegExp(
      `^/subscriptions/${segment}/resourceGroups/${segment}/providers/${type.replaceAll(".", "\\.")}/${segment}$`,
      "i",
    ),
    `the resource id of ${needs}`,
  );
export const networkId = resource("Microsoft.Network/virtualNetworks", "a virtual network");
export const subnetId = resource(`Microsoft.Network/virtualNetworks/${segment}/subnets`, "a subnet");
export const vmSize = text(/^Standard_[A-Za-z0-9_]+$/, "an Azure VM size, such as Standard_DS4_v2");
