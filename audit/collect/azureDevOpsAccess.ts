/** Who may do what in Azure DevOps, and who is behind the names that it gives them. */
import type { AzureDevOps as Clients } from "../../clients/clouds";
import { permissionsIn, type Securable, securityNamespaces } from "../../facts/azureDevOpsSecurity";
import type { Access, AccessEntry, AccessList, Subject } from "../model";
import { forEach, type Reader } from "./reader";

const preview = "api-version=7.1-preview.1";

interface GraphGroup {
  readonly descriptor: string;
  readonly displayName: string;
  readonly origin: string;
  readonly originId?: string;
  /** Of what it is a group: a project, or the organisation. */
  readonly domain?: string;
}

/** Git's tokens end in a slash, others do not. https://devblogs.microsoft.com/devops/git-repo-tokens-for-the-security-service/ */
const bare = (token: string) => token.replace(/\/$/, "").toLowerCase();

/** Lists name people by another descriptor than groups do; what is read of them is kept by the groups' one. */
export class AccessReader {
  /** Descriptors of everybody whom a list names. */
  readonly #named = new Set<string>();
  /** Groups' descriptor by the lists' one. */
  readonly #descriptors = new Map<string, Promise<string>>();
  readonly #lists = new Map<string, Promise<[list: AccessList, inherits: boolean]>>();
  readonly #displayNames = new Map<string, string>();

  constructor(
    private readonly reader: Reader,
    private readonly clients: Clients,
    private readonly project: string,
  ) {}

  /** The lists of these tokens, up to one that inherits nothing. */
  async of(securable: Securable, tokens: readonly string[]): Promise<Access> {
    const lists: AccessList[] = [];
    for (const token of tokens) {
      const key = `${securable} ${token}`;
      const asked = this.#lists.get(key) ?? this.#list(securable, token);
      this.#lists.set(key, asked);
      const [list, inherits] = await asked;
      lists.push(list);
      if (!inherits) break;
    }
    // Administrators stand in every list above: where none is shown, what there is was not shown.
    if (lists.every(({ entries }) => entries.length === 0)) {
      this.reader.note(`who may do what with ${tokens[0]}`, "Azure DevOps shows no entry at all");
    }
    return lists;
  }

  /** Everybody whom the lists name, whoever administers, and whoever is in those. */
  async subjects(): Promise<Record<string, Subject>> {
    const groups = await this.#groups();
    const found: Record<string, Subject> = {};
    const administering = [...groups.values()].filter((group) => this.#administers(group) !== undefined);
    if (administering.length < 2) this.reader.note("who administers the project", "its groups were not shown");
    let wanted = [...this.#named, ...administering.map(({ descriptor }) => descriptor)];
    while (wanted.length > 0) {
      const read = await forEach(
        wanted,
        async (descriptor) => [descriptor, await this.#subject(descriptor, groups)] as const,
      );
      for (const [descriptor, subject] of read) if (subject !== undefined) found[descriptor] = subject;
      const members = read.flatMap(([, subject]) => subject?.members ?? []);
      wanted = [...new Set(members)].filter(
        (descriptor) => found[descriptor] === undefined && !wanted.includes(descriptor),
      );
    }
    return found;
  }

  async #list(securable: Securable, token: string): Promise<[list: AccessList, inherits: boolean]> {
    interface Told {
      readonly token: string;
      readonly inheritPermissions: boolean;
      readonly acesDictionary: Readonly<
        Record<string, { readonly descriptor: string; readonly allow: number; readonly deny: number }>
      >;
    }
    const { id } = securityNamespaces[securable];
    const path = `/_apis/accesscontrollists/${id}?token=${encodeURIComponent(token)}&recurse=false&api-version=7.1`;
    const told = await this.reader.list<Told>(this.clients.organisation, path, `who may do what with ${token}`);
    const own = (told ?? []).find((list) => bare(list.token) === bare(token));
    const entries = await forEach(
      Object.values(own?.acesDictionary ?? {}),
      async ({ descriptor, allow, deny }): Promise<AccessEntry> => ({
        subject: await this.#descriptor(descriptor),
        allow: permissionsIn(securable, allow),
        deny: permissionsIn(securable, deny),
      }),
    );
    for (const { subject } of entries) this.#named.add(subject);
    return [{ token, entries }, own?.inheritPermissions !== false];
  }

  /** The descriptor by which groups know somebody whom a list names. */
  #descriptor(inList: string): Promise<string> {
    const known = this.#descriptors.get(inList);
    if (known !== undefined) return known;
    const asked = this.#ask(inList);
    this.#descriptors.set(inList, asked);
    return asked;
  }

  async #ask(inList: string): Promise<string> {
    interface Told {
      readonly subjectDescriptor?: string;
      readonly providerDisplayName?: string;
    }
    const path = `/_apis/identities?descriptors=${encodeURIComponent(inList)}&queryMembership=None&api-version=7.1`;
    // Whoever is not there any more is shown as nothing.
    const [told] = (await this.reader.list<Told | null>(this.clients.people, path, `who ${inList} is`)) ?? [];
    const descriptor = told?.subjectDescriptor ?? inList;
    this.#displayNames.set(descriptor, told?.providerDisplayName ?? inList);
    return descriptor;
  }

  async #groups(): Promise<Map<string, GraphGroup>> {
    const all = await this.reader.list<GraphGroup>(this.clients.people, `/_apis/graph/groups?${preview}`, "groups");
    return new Map((all ?? []).map((group) => [group.descriptor, group]));
  }

  /** Whether Azure DevOps made it for those who may do everything here. It cannot be renamed. */
  #administers({ origin, domain = "", displayName }: GraphGroup): Subject["administers"] {
    if (origin !== "vsts") return undefined;
    if (displayName === "Project Administrators" && domain.toLowerCase().endsWith(`/${this.project.toLowerCase()}`)) {
      return "project";
    }
    const isOrganisation = domain.startsWith("vstfs:///Framework/IdentityDomain/");
    return isOrganisation && displayName === "Project Collection Administrators" ? "organisation" : undefined;
  }

  /** Undefined where it is a service of Azure DevOps itself. */
  async #subject(descriptor: string, groups: ReadonlyMap<string, GraphGroup>): Promise<Subject | undefined> {
    const [kind = ""] = descriptor.split(".");
    const name = this.#displayNames.get(descriptor) ?? descriptor;
    const group = groups.get(descriptor);
    switch (kind) {
      case "vssgp":
        return {
          ...{ name: group?.displayName ?? name, kind: "group" },
          members: await this.#members(descriptor, group?.displayName ?? name),
          administers: group && this.#administers(group),
        };
      case "aadgp":
        return { name: group?.displayName ?? name, kind: "entra", objectId: group?.originId };
      case "aad":
        return this.#inEntra("users", descriptor);
      case "aadsp":
        return this.#inEntra("serviceprincipals", descriptor);
      case "svc":
        return { name: await this.#serviceName(descriptor), kind: "jobs" };
      case "s2s":
        return undefined;
      default:
        return { name, kind: "stranger" };
    }
  }

  async #inEntra(kind: "users" | "serviceprincipals", descriptor: string): Promise<Subject> {
    const path = `/_apis/graph/${kind}/${descriptor}?${preview}`;
    const told = await this.reader.get<{ displayName: string; origin: string; originId: string }>(
      this.clients.people,
      path,
      `who ${descriptor} is`,
    );
    return told?.origin === "aad"
      ? { name: told.displayName, kind: "entra", objectId: told.originId }
      : { name: told?.displayName ?? descriptor, kind: "stranger" };
  }

  async #serviceName(descriptor: string): Promise<string> {
    const known = this.#displayNames.get(descriptor);
    if (known !== undefined) return known;
    const path = `/_apis/identities?subjectDescriptors=${descriptor}&queryMembership=None&api-version=7.1`;
    const [told] =
      (await this.reader.list<{ providerDisplayName?: string } | null>(
        this.clients.people,
        path,
        `who ${descriptor} is`,
      )) ?? [];
    return told?.providerDisplayName ?? descriptor;
  }

  async #members(group: string, name: string): Promise<string[] | undefined> {
    const path = `/_apis/graph/memberships/${group}?direction=down&${preview}`;
    const told = await this.reader.list<{ memberDescriptor: string }>(this.clients.people, path, `who is in ${name}`);
    return told?.map(({ memberDescriptor }) => memberDescriptor);
  }
}
