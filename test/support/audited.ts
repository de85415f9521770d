/** The audit's judgement of a copy of a local cloud on which something was changed behind Pulumi's back. No engine runs. */
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { exceptionsIn, locally } from "../../audit/audit";
import { collect, type Target } from "../../audit/collect/world";
import { judge, type Judgement } from "../../audit/judge";
import { placeAt } from "../../localcloud/place";
import { Store } from "../../localcloud/store";
import { tamperWith } from "../../localcloud/tamper";
import { contoso } from "./root";

/** `landed`: the directory of the local cloud. */
export async function audited(
  landed: string,
  target: Target,
  tampers: readonly (readonly string[])[],
): Promise<Judgement> {
  const directory = mkdtempSync(join(tmpdir(), "federated-mlops-audit-"));
  try {
    const { cloud } = placeAt(directory);
    for (const end of ["", "-wal", "-shm"]) {
      const file = `${placeAt(landed).cloud}${end}`;
      if (existsSync(file)) cpSync(file, `${cloud}${end}`);
    }
    const clouds = new Store(cloud);
    for (const tamper of tampers) tamperWith(clouds, tamper);
    clouds.close();
    const world = await locally(cloud)((those) => collect(target, those, new Date()));
    return judge(world, exceptionsIn(contoso));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
