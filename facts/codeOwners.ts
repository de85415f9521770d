/** CODEOWNERS, as GitHub reads it. https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */

/** The file with which a branch begins: one line for every file, so that none is without an owner. */
export function codeOwnersFile(organisation: string, teams: readonly string[]): string {
  const owners = teams.map((team) => `@${organisation}/${team}`).join(" ");
  return `# Managed by federated-mlops. Every change needs the review of a member of these teams.\n* ${owners}\n`;
}

/**
 * Who owns everything: the owners on the `*` line, in order of name. Nobody where it is not the last line that says
 * something, since a later one takes files away from them.
 */
export function ownersOf(file: string): string[] {
  const lines = file.split("\n").map((line) => line.replace(/#.*/, "").trim());
  const [pattern, ...owners] = lines.findLast((line) => line !== "")?.split(/\s+/) ?? [];
  return pattern === "*" ? owners.map((owner) => owner.toLowerCase()).sort() : [];
}
