import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/endToEnd/**"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "end to end",
          include: ["test/endToEnd/**/*.test.ts"],
          globalSetup: "test/support/landed.ts",
          // One Pulumi command takes some seconds, on a slow computer with two cores some more.
          testTimeout: 300_000,
        },
      },
    ],
  },
});
