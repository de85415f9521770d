/** Whether teams have people enough for what they must approve, on whatever platform: an author does not count. */
import type { Problem } from "../problems";

const gate = "federated-mlops:gate";

export interface Approving {
  readonly branches: Readonly<Record<string, { readonly approvals: number; readonly codeOwners: readonly string[] }>>;
  readonly contributors: readonly string[];
  readonly deployReviewers: readonly string[];
  /** Whether production's runs are approved. */
  readonly approved: boolean;
}

/** `people`: how many there are in some teams together; `place`: where one adds to them. */
export function tooSmall(
  { branches, contributors, deployReviewers, approved }: Approving,
  people: (teams: readonly string[]) => number,
  place: string,
  stack: string,
): Problem[] {
  const add = `add people ${place}`;
  const small = Object.entries(branches).flatMap(([branch, { approvals, codeOwners }]): Problem[] => {
    const writers = people([...contributors, ...codeOwners]);
    const owners = people(codeOwners);
    return [
      ...(writers > approvals
        ? []
        : [
            {
              path: [gate, "branches", branch, "approvals"],
              got: String(approvals),
              needs: `fewer than the ${writers} people who can write: an author, or who pushed last, does not count`,
              fix: `${add}, or lower the approvals of ${branch} in Pulumi.${stack}.yaml`,
            },
          ]),
      ...(owners >= 2
        ? []
        : [
            {
              path: [gate, "branches", branch, "codeOwners"],
              got: `${codeOwners.join(", ")}: ${owners} people`,
              needs: "at least 2 people: an owner cannot approve what the owner wrote",
              fix: add,
            },
          ]),
    ];
  });
  const reviewers = people(deployReviewers);
  if (reviewers >= 2 || !approved) return small;
  return [
    ...small,
    {
      path: [gate, "deployReviewers"],
      got: `${deployReviewers.join(", ")}: ${reviewers} people`,
      needs: "at least 2 people: who starts a run cannot approve it",
      fix: add,
    },
  ];
}
