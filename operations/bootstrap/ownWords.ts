/** What is judged as the gate of an environment, said by the settings of this project. */
import type { Problem } from "../../problems";

const own = "federated-mlops-bootstrap:";
const gate = "federated-mlops:gate";

export function inOwnWords({ path, fix, ...problem }: Problem): Problem {
  if (path[0] !== gate) return { path, fix, ...problem };
  const [setting, ...rest] = path.slice(path[1] === "branches" ? 3 : 1);
  return { ...problem, path: [`${own}${setting}`, ...rest], fix: fix.replaceAll(`${gate}.`, own) };
}
