import { unknown, valueAt } from "../resource";
import { applicationType } from "../environments";
import { none, type Rule, unmet, worded } from "../rule";

/** What is a way to become an application, whatever it hangs on. */
const credentials = /^azuread:.*(Password|Certificate)$/;

/** Whose owners may add one. */
const owned = [applicationType, "azuread:index/servicePrincipal:ServicePrincipal"];

export const applicationNoSecret: Rule = {
  control: "application-no-secret",
  *judge(resource) {
    if (credentials.test(resource.type)) {
      yield `Whoever has a ${resource.type} becomes the application. Take it out.`;
    }
    if (!owned.includes(resource.type)) return;
    if (resource.type === applicationType) {
      yield* unmet(resource, { password: none, signInAudience: "AzureADMyOrg" });
    }
    // The program leaves it as it is after the first time, so that whoever previews does not take it over.
    const owners = valueAt(resource, "owners");
    if (owners === unknown || !Array.isArray(owners) || owners.length !== 1) {
      yield `owners ${worded(owners)} It must be one.`;
    }
  },
};
