import { describe, expect, it } from "vitest";

import { urns } from "./support/mocks";
import { runProgram } from "./support/program";

describe("the whole program", () => {
  for (const stack of ["prod", "dev"]) {
    it(`registers for ${stack} what the list says`, async () => {
      await runProgram(stack);
      await expect(`${(await urns()).sort().join("\n")}\n`).toMatchFileSnapshot(`urns/${stack}.txt`);
    });
  }
});
