/**
 * A policy pack: `pulumi preview --policy-pack operations/policy` refuses what breaks a promise, whoever wrote the
 * program. It judges the components, so it shares none of their code: only facts.
 */
import { PolicyPack } from "@pulumi/policy";

import { policyOf } from "./policy";
import { rules } from "./rules";

new PolicyPack("federated-mlops", { enforcementLevel: "mandatory", policies: rules.map(policyOf) });
