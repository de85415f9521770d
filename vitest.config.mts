import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Most of a test's time goes to processes of its own: a worker for every core but one leaves a small computer idle.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/endToEnd/**"],
          testTimeout: 120_000,
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
