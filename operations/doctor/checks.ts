/** Everything that the doctor asks, in the order in which a newcomer can mend it. */
import { ofAzureDevOps } from "./azureDevOps/checks";
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
import type { Subject } from "./subject";
import { teams } from "./teams";

const ofEverybody = [providers, azureRights, graphRights, computes, freeNames];
const ofGitHub = [organisation, githubToken, teams, oidcSubject, codeOwners, runners];

/** What there is to ask, by the platform that holds the experiments repository. */
export const checks: Readonly<Record<Subject["platform"], readonly Check[]>> = {
  github: [...ofEverybody, ...ofGitHub],
  azureDevOps: [...ofEverybody, ...ofAzureDevOps],
};
