/**
 * Runs `work` as the process: it ends with the code that `work` gives, with 2 where it was called with options that it does
 * not have, or, where something else stopped it, with what `codeOf` makes of that. What stopped it is said in its own words.
 */
export function command(work: () => Promise<number>, codeOf: (error: unknown) => number = () => 1): void {
  work().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = isMiscalled(error) ? 2 : codeOf(error);
    },
  );
}

/** Node's own word for what `parseArgs` refuses. */
function isMiscalled(error: unknown): boolean {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
