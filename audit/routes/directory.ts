/** Who may become whom in Entra: by a credential, as an owner, in a group, by a role of the directory. */
import { directoryPowers, type DirectoryPower, graphPowers, microsoftTenants } from "../../facts/directory";
import type { Directory, Group, ManagedIdentity, Secret, ServicePrincipal, Unknown, World } from "../model";
import type { Graph, Person } from "./graph";
import { ends, nameOf, whoever } from "./people";
import type { Trusts } from "./trusts";

const hubs: Readonly<Record<DirectoryPower, { readonly name: string; readonly can: string }>> = {
  applications: { name: "the tenant's applications", can: "adds credentials to applications" },
  groups: { name: "the tenant's groups", can: "adds members to groups" },
  "privileged groups": { name: "the tenant's privileged groups", can: "adds members to privileged groups" },
  everything: { name: "the whole tenant", can: "makes itself Global Administrator" },
};

const hub = (power: DirectoryPower) => `directory ${power}`;

/** The principals of a tenant as nodes. A node brings along everything by which others become it. */
export class Principals {
  readonly #directory: Directory;
  readonly #identities: ReadonlyMap<string, ManagedIdentity>;
  readonly #begun = new Set<string>();
  /** Applications by object id. */
  readonly #applications = new Map<string, string>();

  constructor(
    private readonly world: World,
    private readonly graph: Graph,
    private readonly trusts: Trusts,
    private readonly unknown: Unknown[],
  ) {
    this.#directory = world.directory;
    this.#identities = new Map(world.azure.identities.map((identity) => [identity.principal.toLowerCase(), identity]));
    for (const [id, { application }] of Object.entries(this.#directory.principals)) {
      if (application !== undefined) this.#applications.set(application.toLowerCase(), id.toLowerCase());
    }
    for (const power of Object.keys(hubs) as DirectoryPower[]) {
      graph.add({ id: hub(power), kind: "stage", name: hubs[power].name });
    }
    graph.connect({
      from: hub("everything"),
      to: ends.run,
      can: "takes every subscription, and gives itself a role",
      evidence: { id: "elevateAccess", what: "elevation of Global Administrators" },
    });
  }

  /** The roles of the directory and the permissions in Graph that lead to somebody who matters. */
  administer(): void {
    for (const { id, principal, role, actions, scope, eligible } of this.#directory.roles) {
      const powers = directoryPowers(actions);
      const of = scope === "/" ? undefined : this.#applications.get(nameOf(scope).toLowerCase());
      // Over one application, or over everything; what an administrative unit holds is counted as everything.
      const targets =
        of !== undefined && powers.includes("applications")
          ? [{ to: this.node(of), can: "adds a credential to it" }]
          : powers.map((power) => ({ to: hub(power), can: hubs[power].can }));
      for (const { to, can } of targets) {
        this.graph.connect({
          from: this.node(principal),
          to,
          can,
          evidence: { id, what: `${role} of the tenant${eligible ? ", eligible" : ""}` },
          control: "tenant-administrators",
          close: eligible
            ? endEligibility(id, principal)
            : restDelete(`roleManagement/directory/roleAssignments/${id}`),
        });
      }
    }
    for (const { id, principal, permission } of this.#directory.permissions) {
      for (const power of graphPowers[permission] ?? []) {
        this.graph.connect({
          from: this.node(principal),
          to: hub(power),
          can: hubs[power].can,
          evidence: { id, what: `${permission} in Microsoft Graph` },
          control: "tenant-administrators",
          close: restDelete(`servicePrincipals/${principal}/appRoleAssignments/${id}`),
        });
      }
    }
  }

  /** Whether somebody in the directory has this object id. */
  knows(objectId: string): boolean {
    const key = objectId.toLowerCase();
    const { people, groups, principals } = this.#directory;
    return [people, groups, principals].some((all) => Object.hasOwn(all, key)) || this.#identities.has(key);
  }

  /** Whether it is somebody, or a group, in the directory. */
  isPeople(objectId: string): boolean {
    const key = objectId.toLowerCase();
    return [this.#directory.people, this.#directory.groups].some((all) => Object.hasOwn(all, key));
  }

  /** Everybody behind an object id, services left out; undefined where a group does not show its members. */
  peopleIn(objectId: string): Person[] | undefined {
    const key = objectId.toLowerCase();
    if (this.#directory.groups[key] !== undefined) {
      const { people, shown } = this.#inside(key);
      return shown ? people : undefined;
    }
    const name = this.#directory.people[key];
    return name === undefined ? [] : [{ id: key, name }];
  }

  /** Whether it is the pipeline of another environment. */
  servesElsewhere(objectId: string): boolean {
    const key = objectId.toLowerCase();
    if (key === this.world.production.pipeline?.toLowerCase()) return false;
    const trusts = this.#directory.principals[key]?.trusts ?? [];
    return trusts.some((trust) => this.trusts.isElsewhere(trust));
  }

  /** The node of a principal. */
  node(objectId: string): string {
    const key = objectId.toLowerCase();
    const id = `entra ${key}`;
    if (this.#begun.has(key)) return id;
    this.#begun.add(key);
    const group = this.#directory.groups[key];
    const principal = this.#directory.principals[key];
    const identity = this.#identities.get(key);
    if (group !== undefined) this.#group(id, key, group);
    else if (principal !== undefined || identity !== undefined) this.#service(id, key, principal, identity);
    else if (this.#directory.people[key] !== undefined || key.includes("@")) {
      this.graph.add({ id, kind: "person", name: this.#directory.people[key] ?? key });
    } else {
      this.graph.add({ id, kind: "anyone", name: `whoever ${key} is` });
      this.unknown.push({ what: `who ${key} is`, why: "it has a right, and the directory did not show it" });
    }
    return id;
  }

  #group(id: string, key: string, group: Group): void {
    const { people, services, groups, shown } = this.#inside(key);
    this.graph.add({ id, kind: "group", name: group.name, people: shown ? people : undefined });
    if (!shown && this.world.declared !== true)
      this.unknown.push({ what: `who is in the group ${group.name}`, why: "its members were not shown" });
    for (const [service, of] of services) {
      this.graph.connect({
        from: this.node(service),
        to: id,
        can: "belongs to it",
        evidence: { id: `${of} ${service}`, what: `member of ${this.#groupName(of)}` },
        control: "audit-rights",
        close: `az ad group member remove --group ${of} --member-id ${service}`,
      });
    }
    for (const of of groups) {
      const inner = this.#directory.groups[of];
      for (const owner of inner?.owners ?? []) {
        this.graph.connect({
          from: this.node(owner),
          to: id,
          can: "adds members to it",
          evidence: { id: `${of} owner ${owner}`, what: `owner of the group ${this.#groupName(of)}` },
          control: "audit-rights",
          close: `az ad group owner remove --group ${of} --owner-object-id ${owner}`,
        });
      }
      const power = inner?.privileged === true ? "privileged groups" : "groups";
      this.graph.connect({
        from: hub(power),
        to: id,
        can: `adds members to ${this.#groupName(of)}`,
        evidence: { id: `${power} ${of}`, what: "administration of groups" },
      });
    }
  }

  /** Everybody in a group and the groups in it, however deep, whatever the order. */
  #inside(top: string) {
    const groups = new Set([top]);
    const people: Person[] = [];
    const services: [string, string][] = [];
    const seen = new Set<string>();
    let shown = true;
    // A set that grows is walked to its end.
    for (const of of groups) {
      const { members = undefined } = this.#directory.groups[of] ?? {};
      shown &&= members !== undefined;
      for (const each of members ?? []) {
        const key = each.toLowerCase();
        if (this.#directory.groups[key] !== undefined) groups.add(key);
        else if (seen.has(key)) continue;
        else if (this.#directory.principals[key] !== undefined || this.#identities.has(key)) services.push([key, of]);
        else people.push({ id: key, name: this.#directory.people[key] ?? key, from: of });
        seen.add(key);
      }
    }
    return { people, services, groups, shown };
  }

  #groupName(id: string): string {
    return this.#directory.groups[id]?.name ?? id;
  }

  #service(
    id: string,
    key: string,
    principal: ServicePrincipal | undefined,
    identity: ManagedIdentity | undefined,
  ): void {
    const name = identity === undefined ? (principal?.name ?? key) : nameOf(identity.id);
    this.graph.add({ id, kind: "service", name });
    if (principal !== undefined && microsoftTenants.includes(principal.tenant)) return;
    if (identity !== undefined) this.#identity(id, identity);
    else if (principal?.kind === "managedIdentity") this.#foreignIdentity(id, principal);
    else if (principal !== undefined) this.#application(id, key, principal);
  }

  #identity(id: string, { id: arm, trusts, attached }: ManagedIdentity): void {
    for (const trust of trusts) {
      this.trusts.connect(trust, id, {
        control: "audit-identities",
        close: `az rest --method DELETE --url 'https://management.azure.com${trust.id}?api-version=2023-01-31'`,
      });
    }
    const { workspace, computes } = this.world.production;
    const own = new Set([workspace.id, ...computes.map((compute) => compute.id)].map((one) => one.toLowerCase()));
    for (const resource of attached.filter((one) => !own.has(one.toLowerCase()))) {
      this.graph.connect({
        from: whoever(this.graph, resource, `runs code on ${nameOf(resource)}`),
        to: id,
        can: `acts as ${nameOf(arm)}, which is attached to it`,
        evidence: { id: `${arm} ${resource}`, what: `${nameOf(arm)} on ${resource}` },
        control: "audit-identities",
        close: `take the identity ${arm} off ${resource}`,
      });
    }
  }

  /** An identity of a resource that was not looked at. */
  #foreignIdentity(id: string, { name, resource }: ServicePrincipal): void {
    const place = resource ?? name;
    this.graph.connect({
      from: whoever(this.graph, place, `runs code on ${nameOf(place)}`),
      to: id,
      can: "acts as its identity",
      evidence: { id: place, what: `managed identity of ${place}` },
      control: "audit-identities",
    });
  }

  #application(id: string, key: string, principal: ServicePrincipal): void {
    const { name, clientId, tenant, application, secrets, trusts, owners } = principal;
    if (tenant.toLowerCase() !== this.#directory.tenant.toLowerCase()) {
      this.graph.connect({
        from: whoever(this.graph, `${tenant} ${clientId}`, `has the application ${name} in the tenant ${tenant}`),
        to: id,
        can: "signs in as it",
        evidence: { id: clientId, what: `application ${clientId} of another tenant` },
        control: "audit-rights",
        close: `az ad sp delete --id ${key}`,
      });
    } else if (application === undefined) {
      this.unknown.push({ what: `who may sign in as ${name}`, why: "its application was not shown" });
    }
    for (const secret of secrets.filter(({ ends }) => !(Date.parse(ends) <= Date.parse(this.world.at)))) {
      this.graph.connect({
        from: whoever(this.graph, `${key} ${secret.id}`, `has the ${secret.kind} ${secret.name} of ${name}`),
        to: id,
        can: "signs in as it",
        evidence: { id: secret.id, what: `${secret.kind} ${secret.name} until ${secret.ends.slice(0, 10)}` },
        control: "audit-application",
        close: withoutSecret(secret, clientId, key),
      });
    }
    for (const trust of trusts) {
      this.trusts.connect(trust, id, {
        control: "audit-application",
        close: `az ad app federated-credential delete --id ${clientId} --federated-credential-id ${trust.id}`,
      });
    }
    for (const owner of owners) {
      const on = owner.of === "application" ? `applications/${application}` : `servicePrincipals/${key}`;
      this.graph.connect({
        from: this.node(owner.id),
        to: id,
        can: "adds a credential to it",
        evidence: { id: `${on} owner ${owner.id.toLowerCase()}`, what: `owner of ${name}` },
        control: "audit-application",
        close: restDelete(`${on}/owners/${owner.id}/$ref`),
      });
    }
    this.graph.connect({
      from: hub("applications"),
      to: id,
      can: `adds a credential to ${name}`,
      evidence: { id: `applications ${key}`, what: "administration of applications" },
    });
  }
}

const restDelete = (path: string) => `az rest --method DELETE --url 'https://graph.microsoft.com/v1.0/${path}'`;

const endEligibility = (id: string, principal: string) =>
  `Microsoft Entra admin center, Privileged Identity Management: remove the eligible assignment ${id} of ${principal}`;

function withoutSecret({ id, kind, on }: Secret, clientId: string, principal: string): string {
  const whose =
    on === "application" ? `app credential delete --id ${clientId}` : `sp credential delete --id ${principal}`;
  return `az ad ${whose} --key-id ${id}${kind === "certificate" ? " --cert" : ""}`;
}
