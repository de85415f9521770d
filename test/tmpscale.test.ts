import { it } from "vitest";
import { silosIn } from "../operations/bench/stackFile";
import { created, urns, waitsFor } from "./support/mocks";
import { runProgram, settingsOf } from "./support/program";
it("x", { timeout: 580_000 }, async () => {
  Error.stackTraceLimit = 0;
  for (const n of [20,40,80,160]) {
    const t = process.cpuUsage(); 
    
    const settings = { ...settingsOf("prod"), "federated-mlops:silos": silosIn(n) };
    const t0=performance.now();
    await runProgram("prod", settings);
    const built = performance.now()-t0;
    await urns();
    
    const u = process.cpuUsage(t);
    console.log(n, created.length, [...waitsFor.values()].reduce((a, b) => a + b, 0), "maxRSS MB", (process.resourceUsage().maxRSS/1024).toFixed(0), "heap", (process.memoryUsage().heapUsed/1048576).toFixed(0), "cpu s", ((u.user + u.system) / 1e6).toFixed(1), "built", built.toFixed(0));
  }
});
