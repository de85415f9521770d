import { assignmentIn } from "../roleAssignment";
import type { Rule } from "../rule";

const readers = ["Reader", "Storage Blob Data Reader", "Storage File Data Privileged Reader"];

export const peopleWriteNothing: Rule = {
  control: "people-write-nothing",
  *judge(resource, { environment }) {
    const assignment = assignmentIn(resource);
    if (environment !== "production" || assignment?.person !== true) return;
    const { role = "another role" } = assignment;
    if (!readers.includes(role)) yield `People get ${role}. It must be ${readers.join(" or ")}.`;
  },
};
