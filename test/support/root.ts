import { join } from "node:path";

/** The checkout. */
export const root = join(__dirname, "..", "..");

/** Stack files of the example organisation. Those at the top of a checkout become its owner's: no test judges them. */
export const contoso = join(root, "examples", "contoso");
