/** What a machine reads. */
import { controls } from "../../facts/controls";
import { exitCodeOf, type Judgement } from "../judge";
import { answer } from "./words";

export function jsonReport(judgement: Judgement): string {
  const { stack, at, declared, routes, refusals, unknown, idle } = judgement;
  const report = {
    ...{ stack, at, declared, answer: answer(judgement), exitCode: exitCodeOf(judgement) },
    routes: routes.map(({ who, through, steps, verdict, control, close, exception, strangers }) => ({
      verdict,
      who: { id: who.id, kind: who.kind, name: who.name, people: who.people?.map(({ id, name }) => ({ id, name })) },
      through: through.evidence,
      steps: steps.map(({ who, can, where, evidence, gate }) => ({ who, can, where, evidence, gate })),
      ...(control && { control, promise: controls[control].promise }),
      ...(close.length > 0 && { close }),
      ...(exception && { exception }),
      ...(strangers.length > 0 && { notAccepted: strangers.map(({ id, name }) => ({ id, name })) }),
    })),
    refusals: refusals.map(({ who, by, what }) => ({ who: { id: who.id, kind: who.kind, name: who.name }, by, what })),
    ...{ unknown, idleExceptions: idle },
  };
  return JSON.stringify(report, undefined, 2);
}
