/** Who takes part, and who works there. */
import * as z from "zod";

import { rule } from "./rule";

export const hasSilos = rule(
  z.object({ "federated-mlops:silos": z.record(z.string(), z.unknown()) }),
  ({ "federated-mlops:silos": silos }, stack) =>
    Object.keys(silos).length > 0
      ? []
      : [
          {
            path: ["federated-mlops:silos"],
            got: "none",
            needs: "at least one silo",
            fix: `pulumi config set --path 'federated-mlops:silos.silo0.location' westeurope --stack ${stack}`,
          },
        ],
);

export const usersOnce = rule(
  z.object({ "federated-mlops:users": z.array(z.record(z.string(), z.string())) }),
  ({ "federated-mlops:users": users }) => {
    const ids = users.map((user) => Object.values(user)[0]?.toLowerCase());
    return ids.flatMap((id, index) =>
      id === undefined || ids.indexOf(id) === index
        ? []
        : [
            {
              path: ["federated-mlops:users", index],
              got: id,
              needs: "each group or user once: Azure refuses a second assignment of the same role",
              fix: "remove the repeated entry from the stack file",
            },
          ],
    );
  },
);

export const joinsInProduction = rule(
  z.object({
    "federated-mlops:environment": z.literal("development"),
    "federated-mlops:silos": z.record(z.string(), z.object({ store: z.unknown().optional() })),
  }),
  ({ "federated-mlops:silos": silos }, stack) =>
    Object.entries(silos).flatMap(([key, { store }]) =>
      store === undefined
        ? []
        : [
            {
              path: ["federated-mlops:silos", key, "store"],
              got: "a store that exists",
              needs: "a store that is made: development holds synthetic data, and everybody there may write it",
              fix: `pulumi config rm --path federated-mlops:silos.${key}.store --stack ${stack}`,
            },
          ],
    ),
);
