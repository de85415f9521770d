/** What there is to ask where the gate is on Azure DevOps, in the order in which a newcomer can mend it. */
import type { Check } from "../check";
import { groups } from "./groups";
import { organisation } from "./organisation";
import { pool } from "./pool";
import { project } from "./project";

export const ofAzureDevOps: readonly Check[] = [organisation, project, groups, pool];
