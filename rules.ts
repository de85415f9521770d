/** What must hold across several settings: every rule, in the order in which problems are told. */
import { hasSilos, joinsInProduction, usersOnce } from "./rules/federation";
import {
  adoptsWithReview,
  deploysFromProtected,
  organisationNamed,
  planEnforces,
  poolInProject,
  poolReaches,
  protectsMain,
  runnerReaches,
  signsMerges,
} from "./rules/gate";
import { adoptsWhereItStands, namesDiffer, namesFit, namesReserved, silosApart } from "./rules/names";
import {
  approvedNeedsFilter,
  networkIsUsed,
  privateNeedsWayOut,
  readersReach,
  slotsFit,
  subnetsForAll,
  zonesAreUsed,
} from "./rules/network";
import type { Rule } from "./rules/rule";

export const rules: readonly Rule[] = [
  organisationNamed,
  namesFit,
  namesDiffer,
  namesReserved,
  silosApart,
  joinsInProduction,
  adoptsWhereItStands,
  deploysFromProtected,
  protectsMain,
  planEnforces,
  adoptsWithReview,
  signsMerges,
  hasSilos,
  usersOnce,
  subnetsForAll,
  privateNeedsWayOut,
  approvedNeedsFilter,
  readersReach,
  networkIsUsed,
  zonesAreUsed,
  slotsFit,
  runnerReaches,
  poolInProject,
  poolReaches,
];
