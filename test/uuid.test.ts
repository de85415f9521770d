import { expect, it } from "vitest";

import { uuidV5 } from "../facts/uuid";

it("makes the version 5 UUIDs of RFC 9562 and RFC 4122", () => {
  // RFC 9562, appendix A.4; and the well-known example of Python's uuid module.
  expect(uuidV5("www.example.com", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")).toBe(
    "2ed6657d-e927-568b-95e1-2665a8aea6a2",
  );
  expect(uuidV5("python.org", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")).toBe("886313e1-3b8a-5372-9b90-0c9aee199e5d");
});
