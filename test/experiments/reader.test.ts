/**
 * The YAML reader of submit.py, held against a full one: what it takes, every reader of YAML 1.1 and of 1.2 takes for the
 * same; and what it refuses, in its words.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { root } from "../support/root";

type Read = { readonly value: unknown; readonly written: string } | { readonly refused: string };

const submit = join(root, "experiments", "submission", "submit.py");
const read = (texts: readonly string[]): Read[] => {
  const { stdout, stderr, status } = spawnSync("python3", ["-B", join(__dirname, "python", "readYaml.py"), submit], {
    encoding: "utf8",
    input: JSON.stringify(texts),
    maxBuffer: 1e9,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Read[];
};

/** What two readers of another make say, one for each version of YAML. */
const others = (text: string): unknown[] =>
  (["1.1", "1.2"] as const).map((version) => parse(text, { version, logLevel: "silent" }) as unknown);

describe("the YAML reader", () => {
  it("reads the hello-world as others do, and writes it so that others read the same", () => {
    const directory = join(root, "experiments", "jobs", "hello-world");
    const texts = readdirSync(directory)
      .filter((file) => file.endsWith(".yml"))
      .map((file) => readFileSync(join(directory, file), "utf8"));
    expect(texts).toHaveLength(5);
    for (const [index, answer] of read(texts).entries()) {
      if (!("value" in answer)) throw new Error(answer.refused);
      expect(others(texts[index] ?? "")).toEqual([answer.value, answer.value]);
      expect(others(answer.written)).toEqual([answer.value, answer.value]);
    }
  });

  it("agrees with others about every text that it takes", () => {
    const piece = fc.constantFrom(
      ...[
        "a",
        "b",
        "key",
        "silo<silo>",
        "$schema",
        "x.y",
        ":",
        ": ",
        " ",
        "  ",
        "- ",
        "-",
        "\n",
        "\n  ",
        "\n- ",
        "\n    ",
      ],
      ...[
        "'",
        '"',
        "\\",
        "\\n",
        "#",
        " # c",
        "{",
        "}",
        "[",
        "]",
        ",",
        ", ",
        "&a",
        "*a",
        "!!str",
        "<<",
        "|",
        "|-",
        ">",
        ">-",
        "?",
      ],
      ...[
        "yes",
        "No",
        "null",
        "~",
        "true",
        "True",
        "1",
        "-1",
        "0x1F",
        "017",
        "1_000",
        "1:30",
        "1.5",
        "1.0e-5",
        "1e5",
        ".5",
        "2024-01-01",
      ],
      ...[
        "./x.yml",
        "azureml:a:1",
        "${{name}}",
        "${{parent.jobs.a.outputs.b}}",
        "---",
        "...",
        "%",
        "@",
        "`",
        "é",
        "\t",
        "=",
        ".inf",
      ],
    );
    const line = fc.oneof(
      fc.array(piece, { maxLength: 5 }).map((parts) => parts.join("")),
      fc
        .tuple(fc.constantFrom("a", "b", "c", "- a", "  a", "  - b", "    c"), fc.array(piece, { maxLength: 4 }))
        .map(([key, parts]) => `${key}: ${parts.join("")}`),
      fc
        .tuple(fc.constantFrom("- ", "  - ", "  ", "    "), fc.array(piece, { maxLength: 3 }))
        .map(([start, parts]) => start + parts.join("")),
    );
    const document = fc
      .tuple(fc.array(line, { minLength: 1, maxLength: 6 }), fc.constantFrom("", "\n", "\n\n"))
      .map(([lines, end]) => lines.join("\n") + end);
    const texts = fc.sample(document, { numRuns: 100_000, seed: 20261125 });
    const answers = read(texts);
    const taken = answers.flatMap((answer, index) =>
      "value" in answer ? [{ ...answer, text: texts[index] ?? "" }] : [],
    );
    // Enough of both for the comparison to mean something.
    expect(taken.length).toBeGreaterThan(1500);
    const differing = taken.filter(({ text, value, written }) => {
      const wanted = JSON.stringify(value);
      try {
        return [...others(text), ...others(written)].some((other) => JSON.stringify(other) !== wanted);
      } catch {
        return true;
      }
    });
    expect(differing).toEqual([]);
  }, 120_000);

  const refusals = [
    ["a: &x 1", "job.yml:1: an anchor or alias: write the value out"],
    ["a: 1\nb: *x", "job.yml:2: an anchor or alias: write the value out"],
    ["a: !!python/object:os.system x", "job.yml:1: a tag: write the value without one"],
    ["<<: { a: 1 }", "job.yml:1: neither `key: value` nor `- item`; a key is plain letters, digits and . _ - < >"],
    ["a: 1\nb: 2\na: 3", "job.yml:3: `a` stands here and on line 1: keep one"],
    ["a: { b: 1, b: 2 }", "job.yml:1: `b` stands here and on line 1: keep one"],
    ["a:\n  on: 1", "job.yml:2: the key `on` means different things to different readers: take another"],
    ["a:\n\tb: 1", "job.yml:2: a tab: write spaces"],
    ["a: 1\n---\nb: 2", "job.yml:2: a second document or a directive: one file holds one document, without marks"],
    ["%YAML 1.1\na: 1", "job.yml:1: a second document or a directive: one file holds one document, without marks"],
    ["a: yes", "job.yml:1: `yes` means different things to different readers: put it in quotes"],
    ["a: 0777", "job.yml:1: `0777` means different things to different readers: put it in quotes"],
    ["a: 1e5", "job.yml:1: `1e5` means different things to different readers: put it in quotes"],
    ["a: 12:30:45", "job.yml:1: `12:30:45` means different things to different readers: put it in quotes"],
    ["a: 2026-11-25", "job.yml:1: `2026-11-25` means different things to different readers: put it in quotes"],
    ['a: "\\u0061"', 'job.yml:1: the escape \\u: only \\\\, \\", \\n and \\t are read'],
    ['a: "b', "job.yml:1: a quote that does not end on its line"],
    ["a: b\n  c", "job.yml:2: a line that is indented otherwise than those before it"],
    ["a: b: c", "job.yml:1: a value with `: ` in it: put it in quotes"],
    ["? a\n: b", "job.yml:1: neither `key: value` nor `- item`; a key is plain letters, digits and . _ - < >"],
    ["a: |2\n  b", "job.yml:1: a value that begins with `|`: put it in quotes"],
    ["a: [1, 2\n  , 3]", "job.yml:1: a list or braces without `]` on the same line; quote values with signs in them"],
    ["- a", "job.yml:1: a list: a file is a mapping, key by key"],
    ["# nothing", "job.yml:1: an empty file"],
    ["a: b\u200bc", "job.yml:1: the sign U+200B, which a reviewer does not see: delete it"],
    ["a: b\u2028c", "job.yml:1: the sign U+2028, which a reviewer does not see: delete it"],
    ["a: b\u00a0c", "job.yml:1: the sign U+00A0, which a reviewer does not see: delete it"],
    ["\ufeffa: b", "job.yml:1: the sign U+FEFF, which a reviewer does not see: delete it"],
    ["a: b\r\nc: d", "job.yml:1: Windows line ends: save it with plain ones"],
  ] as const;
  it("refuses what two readers could understand differently, and says where", () => {
    const answers = read(refusals.map(([text]) => text));
    expect(answers).toEqual(refusals.map(([, refused]) => ({ refused })));
  });
});
