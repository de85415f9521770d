/** Everything that the doctor asks, in the order in which a newcomer can mend it. */
import { azureRights } from "./azureRights";
import type { Check } from "./check";
import { codeOwners } from "./codeOwners";
import { computes } from "./computes";
import { githubToken } from "./githubToken";
import { graphRights } from "./graphRights";
import { freeNames } from "./names";
import { oidcSubject } from "./oidcSubject";
import { organisation } from "./organisation";
import { providers } from "./providers";
import { runners } from "./runners";
import { teams } from "./teams";

export const checks: readonly Check[] = [
  providers,
  azureRights,
  graphRights,
  computes,
  freeNames,
  organisation,
  githubToken,
  teams,
  oidcSubject,
  codeOwners,
  runners,
];
