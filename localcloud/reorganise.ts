/** What can change around the resources: what an administrator, Azure's support, GitHub or somebody else in the world does. */
import type { Deployer, Organisation } from "./organisation";
import { Trouble } from "./trouble";

interface Change {
  readonly arguments: string;
  readonly what: string;
  /** The organisation afterwards. */
  readonly apply: (organisation: Organisation, args: readonly string[]) => Organisation;
}

/** By name, as `npm run tamper -- <name>` takes them. */
export const changes: Readonly<Record<string, Change>> = {
  unregister: {
    arguments: "<namespace>",
    what: "take the registration of a resource provider away from every subscription",
    apply: (all, [namespace]) => ({ ...all, providers: without(all.providers, namespace) }),
  },
  "deployer-role": {
    arguments: "<role>",
    what: "take a role away from whoever runs Pulumi",
    apply: (all, [role]) =>
      deployer(all, ({ roles }) => {
        without([...new Set(roles.map((given) => given.role))], role);
        return { roles: roles.filter((given) => given.role !== role) };
      }),
  },
  "graph-permission": {
    arguments: "<permission>",
    what: "take a permission in Microsoft Graph away from the service principal that runs Pulumi",
    apply: (all, [permission]) => deployer(all, ({ graph }) => ({ graph: without(graph, permission) })),
  },
  "sign-in": {
    arguments: "<person> [role in Entra]",
    what: "let a person run Pulumi, with the roles in Azure that were given already",
    apply: (all, [name, ...roles]) => {
      const person = all.people.find((one) => one.name === name);
      if (person === undefined)
        throw none(
          name,
          all.people.map((one) => one.name),
        );
      return deployer(all, () => ({ kind: "User", objectId: person.objectId, directoryRoles: roles }));
    },
  },
  "no-registration": {
    arguments: "",
    what: "let nobody register applications who has no role for it",
    apply: (all) => ({ ...all, usersRegisterApplications: false }),
  },
  "vm-size": {
    arguments: "<size>",
    what: "retire a VM size",
    apply: (all, [size]) => {
      without(
        all.vmSizes.map(({ name }) => name),
        size,
      );
      return { ...all, vmSizes: all.vmSizes.filter(({ name }) => name !== size) };
    },
  },
  quota: {
    arguments: "<cores> [family]",
    what: "set how many cores clusters may have in a region: all together, or of one family",
    apply: (all, [cores = "", family]) => {
      if (!/^\d+$/.test(cores)) throw none(cores, ["a number of cores"]);
      const { total, families } = all.quota;
      if (family === undefined) return { ...all, quota: { total: Number(cores), families } };
      without(
        all.vmSizes.map((size) => size.family),
        family,
      );
      return { ...all, quota: { total, families: { ...families, [family]: Number(cores) } } };
    },
  },
  "take-name": {
    arguments: "<name>",
    what: "let somebody else in the world have a name that is one in all of Azure",
    apply: (all, [name = ""]) => ({ ...all, takenNames: [...all.takenNames, name] }),
  },
  plan: {
    arguments: "<free|team|enterprise>",
    what: "change what the organisation pays GitHub for",
    apply: (all, [plan]) => github(all, { plan: oneOf(["free", "team", "enterprise"] as const, plan) }),
  },
  "base-permission": {
    arguments: "<none|read|write|admin>",
    what: "change what every member may do with every repository",
    apply: (all, [base]) => github(all, { basePermission: oneOf(["none", "read", "write", "admin"] as const, base) }),
  },
  subject: {
    arguments: "<immutable|classic>",
    what: "change the form of the subject in GitHub's tokens",
    apply: (all, [form]) => github(all, { subject: oneOf(["immutable", "classic"] as const, form) }),
  },
  "secret-team": {
    arguments: "<team>",
    what: "hide a team from everybody outside it",
    apply: (all, [slug]) => team(all, slug, () => ({ secret: true })),
  },
  "leave-team": {
    arguments: "<team> <person>",
    what: "let somebody leave a team",
    apply: (all, [slug, person]) => team(all, slug, ({ members }) => ({ members: without(members, person) })),
  },
  "token-permission": {
    arguments: "<permission>",
    what: "take a permission away from GITHUB_TOKEN",
    apply: (all, [permission]) => deployer(all, (who) => ({ github: without(who.github, permission) })),
  },
};

function deployer(all: Organisation, change: (who: Deployer) => Partial<Deployer>): Organisation {
  return { ...all, deployer: { ...all.deployer, ...change(all.deployer) } };
}

type GitHub = Organisation["github"];

const github = (all: Organisation, change: Partial<GitHub>): Organisation => ({
  ...all,
  github: { ...all.github, ...change },
});

type Team = GitHub["teams"][number];

function team(all: Organisation, slug: string | undefined, change: (one: Team) => Partial<Team>): Organisation {
  const { teams } = all.github;
  if (!teams.some((one) => one.slug === slug))
    throw none(
      slug,
      teams.map((one) => one.slug),
    );
  return github(all, { teams: teams.map((one) => (one.slug === slug ? { ...one, ...change(one) } : one)) });
}

function without(list: readonly string[], item: string | undefined): string[] {
  if (item === undefined || !list.includes(item)) throw none(item, list);
  return list.filter((one) => one !== item);
}

function oneOf<T extends string>(words: readonly T[], word: string | undefined): T {
  const found = words.find((one) => one === word);
  if (found === undefined) throw none(word, words);
  return found;
}

function none(what = "nothing", there: readonly string[]): Trouble {
  return new Trouble(`There is no "${what}".`, `There is ${there.join(", ")}.`);
}
