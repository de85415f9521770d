/** Conditions of role assignments, as far as they limit which roles somebody may assign. */

const action = (verb: string) => `!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})`;
const roleIs =
  /@Request\[Microsoft\.Authorization\/roleAssignments:RoleDefinitionId\]ForAnyOfAnyValues:GuidEquals\{([^}]*)\}/i;

/**
 * GUIDs of the roles that may be assigned under `condition`; undefined where it does not limit them, or in a way that is
 * not understood here, which is the same. What is understood are the forms that the Azure portal writes:
 * https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 */
export function assignableUnder(condition: string): readonly string[] | undefined {
  const bare = condition.replace(/\s+/g, "");
  const clauses = split(unwrapped(bare), "AND");
  const write = clauses.find((clause) => clause.includes(action("write")));
  if (write === undefined || clauses.some((clause) => !/^\(.*\)$/.test(clause))) return undefined;
  const [unless = "", ...only] = split(unwrapped(write), "OR");
  if (unwrapped(unless) !== action("write") || only.length !== 1) return undefined;
  const alternatives = split(unwrapped(only[0] ?? ""), "OR");
  const roles = alternatives.map((alternative) => {
    // All parts of an alternative must hold, so one that names the roles is enough.
    const named = split(unwrapped(alternative), "AND").flatMap((part) => {
      const found = roleIs.exec(unwrapped(part));
      return found?.[0] === unwrapped(part) ? [(found[1] ?? "").toLowerCase().split(",")] : [];
    });
    return named[0];
  });
  return roles.every((one) => one !== undefined) ? roles.flat() : undefined;
}

/** Without the parentheses around all of it. */
function unwrapped(text: string): string {
  let inner = text;
  while (inner.startsWith("(") && closes(inner) === inner.length - 1) inner = inner.slice(1, -1);
  return inner;
}

/** Where the parenthesis ends with which the text begins. */
function closes(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at;
  }
  return -1;
}

/** The parts between `word`, outside of all brackets. */
function split(text: string, word: "AND" | "OR"): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if ("({[".includes(character)) depth++;
    if (")}]".includes(character)) depth--;
    // Words stand between brackets once spaces are gone; "AND" may be part of a longer word elsewhere.
    if (
      depth === 0 &&
      text.startsWith(word, at) &&
      ")}]".includes(text[at - 1] ?? "x") &&
      /^[(@!]/.test(text.slice(at + word.length))
    ) {
      parts.push(text.slice(start, at));
      start = at + word.length;
      at = start - 1;
    }
  }
  return [...parts, text.slice(start)];
}
