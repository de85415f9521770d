import type { Client } from "../../clients/client";
import type { SignedIn } from "../../clients/signedIn";
import { graphClientId, graphPermissions, registeringRoles } from "../../facts/graph";
import { attempt, type Check, type Finding, well, wrong } from "./check";

/** Permissions that make applications; the others only read. */
const registering = ["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"] as const;

/** Whether the deployer may make the pipeline's application in Entra. */
export const graphRights: Check = {
  name: "the deployer's rights in Entra",
  needs: () => "az login as the deployer",
  run: async ({ signedIn }, { graph }) => {
    const who = await signedIn();
    return who.kind === "ServicePrincipal" ? ofPrincipal(who, graph) : ofPerson(who, graph);
  },
};

async function ofPrincipal({ objectId, name }: SignedIn, graph: Client): Promise<Finding[]> {
  return attempt("let the deployer read itself: Application.ReadWrite.OwnedBy in Microsoft Graph does", async () => {
    const given = await graph.list<{ appRoleId: string }>(`/v1.0/servicePrincipals/${objectId}/appRoleAssignments`);
    const held = given === "missing" ? [] : given.map(({ appRoleId }) => appRoleId);
    const enough = registering.find((permission) => held.includes(graphPermissions[permission]));
    if (enough !== undefined) return [well(`the service principal has ${enough}`)];
    const body = [
      `\\"principalId\\":\\"${objectId}\\"`,
      `\\"resourceId\\":\\"$(az ad sp show --id ${graphClientId} --query id -o tsv)\\"`,
      `\\"appRoleId\\":\\"${graphPermissions["Application.ReadWrite.OwnedBy"]}\\"`,
    ].join(",");
    return [
      wrong(
        `The service principal ${name} lacks Application.ReadWrite.OwnedBy in Microsoft Graph: it cannot make the pipeline's application.`,
        // Works for a managed identity too, which has no application of its own to ask consent for.
        `an administrator runs: az rest --method POST --url https://graph.microsoft.com/v1.0/servicePrincipals/${objectId}/appRoleAssignments --body "{${body}}"`,
      ),
    ];
  });
}

async function ofPerson({ objectId, name }: SignedIn, graph: Client): Promise<Finding[]> {
  const [developer, id] = ["Application Developer", registeringRoles["Application Developer"]];
  const fix = `an administrator runs: az rest --method POST --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments --body '{"principalId":"${objectId}","roleDefinitionId":"${id}","directoryScopeId":"/"}'`;
  return attempt(`be sure of it by the role ${developer}: ${fix}`, async () => {
    const roles = await graph.list<{ roleTemplateId: string; displayName: string }>(
      "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole",
    );
    const registering: readonly string[] = Object.values(registeringRoles);
    const role = roles === "missing" ? undefined : roles.find((one) => registering.includes(one.roleTemplateId));
    if (role !== undefined) return [well(`${name} is ${role.displayName}`)];
    const policy = await graph.get<{ defaultUserRolePermissions?: { allowedToCreateApps?: boolean } }>(
      "/v1.0/policies/authorizationPolicy",
    );
    const everybody = policy !== "missing" && policy.defaultUserRolePermissions?.allowedToCreateApps === true;
    return everybody
      ? [well("everybody in the tenant may register applications")]
      : [wrong(`${name} may not register applications: the tenant lets nobody without a role.`, fix)];
  });
}
