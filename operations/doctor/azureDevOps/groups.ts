import { groupProblems, groupsOf } from "../../../preflight/azureDevOpsProject";
import { type Check, refused, well } from "../check";

/** Whether the groups that the gate names exist, and have people enough. Those in their groups count too. */
export const groups: Check = {
  name: "Entra groups",
  needs: () => "give the deployer GroupMember.Read.All in Microsoft Graph, or the role Directory Readers",
  run: async ({ gate, stack }, { graph }) => {
    if (gate.platform !== "azureDevOps" || gate.repository === undefined) return [];
    const { repository } = gate;
    const ids = groupsOf(repository);
    const found = await Promise.all(
      ids.map(async (id) => {
        const members = await graph.list<Member>(`/v1.0/groups/${id}/transitiveMembers?$select=id`);
        return [id, members === "missing" ? members : members.filter(isPerson).map((one) => one.id)] as const;
      }),
    );
    const problems = refused(groupProblems(repository, new Map(found), stack));
    return problems.length > 0 ? problems : [well(`${ids.length} groups are large enough for what they approve`)];
  },
};

interface Member {
  readonly id: string;
  readonly "@odata.type": string;
}

/**
 * The groups in a group are listed beside its people. To ask for people alone is an advanced query, which needs more than
 * a path: https://learn.microsoft.com/graph/api/group-list-transitivemembers
 */
const isPerson = (member: Member) => member["@odata.type"] === "#microsoft.graph.user";
