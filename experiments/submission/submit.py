"""Every decision on the way from a reviewed commit to a running job. The pipelines' YAML only calls this file.

    python3 -I submission/submit.py references            refuse what a review cannot see
    python3 -I submission/submit.py render JOB --out DIR  write down what Azure would be given
    python3 -I submission/submit.py check-ref             refuse to run anywhere but on a protected branch
    python3 -I submission/submit.py changed               which jobs would be submitted
    python3 -I submission/submit.py submit --list FILE    submit them
    python3 -I submission/submit.py watch --list FILE     follow them to their end

`--repository DIR` before the command names the checkout with the jobs where that is not the one with this file: on Azure
DevOps it lies in a repository of its own.

What is judged, and what Azure gets, comes from the commit itself (git objects), never from the working tree: no filter,
symbolic link or file that a tool left behind stands between them. Azure does not read the job's YAML either. It is read
here, by a reader that refuses whatever two readers could understand differently, and written anew.

Python 3.10 or newer, its standard library, `git`, and for submission `az`.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

# The version that the file was written against; another one may read a job differently.
ML_EXTENSION = "2.43.0"
AUDIENCE = "api://AzureADTokenExchange"
# Azure's tokens live an hour at least, and `az` cannot renew one that came from a federated token (AADSTS700024).
SIGN_IN_AGAIN = 45 * 60
POLL = 120
# Polls in a row that may fail; each has tried several times, for minutes.
PATIENCE = 5
ATTEMPTS = 6
MOST_ROUNDS = 1000


@dataclass(frozen=True)
class Problem:
    """Something refused: where, and what is wrong and what to do."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{ascii(self.file)[1:-1]}:{self.line}: {self.text}"


class Refused(Exception):
    """The commit or the run is not in order. Carries every problem."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Trouble(Exception):
    """Something outside the commit failed. The message says what, and what to do."""


# --- Reading YAML ----------------------------------------------------------------------------------------------------


@dataclass
class Node:
    """A value of a YAML file, with the line on which it, or its key, stands."""

    value: Any
    file: str
    line: int
    # The key as it was written, before <silo> and <round> were filled in.
    name: str = ""

    def plain(self) -> Any:
        """The value without lines."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def get(self, key: str) -> Node | None:
        """The entry `key` of a mapping; None where there is none, or this is no mapping."""
        return self.value.get(key) if isinstance(self.value, dict) else None


KEY = re.compile(r"([A-Za-z_$][A-Za-z0-9_.<>$-]*):(?: +(.*))?$", re.ASCII)
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)$", re.ASCII)
FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+([eE][+-][0-9]+)?$", re.ASCII)
# Words and numbers that YAML 1.1 and 1.2, or two libraries, read as different things.
AMBIGUOUS = re.compile(r"(y|n|yes|no|on|off|true|false|null|~|=|[-+]?\.?[0-9].*|[-+]?\.(inf|nan).*)$", re.I | re.ASCII)
KEPT = {"true": True, "false": False, "null": None}


class Reader:
    """A strict part of YAML. A file with anything else in it is refused, with the line."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.split("\n")
        self.at = 0

    def fail(self, text: str, line: int | None = None) -> Refused:
        return Refused([Problem(self.file, self.at + 1 if line is None else line, text)])

    def document(self) -> Node:
        """The whole file, a mapping."""
        for number, line in enumerate(self.lines, 1):
            if "\t" in line:
                raise self.fail("a tab: write spaces", number)
            if re.match(r"(---|\.\.\.|%)", line):
                raise self.fail("a second document or a directive: one file holds one document, without marks", number)
        if (first := self.indent()) is None:
            raise self.fail("an empty file", 1)
        node = self.block(first)
        if self.indent() is not None:
            raise self.fail("a line that is indented otherwise than those before it")
        if not isinstance(node.value, dict):
            raise self.fail("a list: a file is a mapping, key by key", 1)
        return node

    def indent(self) -> int | None:
        """Spaces before the next line that says something; None at the end."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            content = line.lstrip(" ")
            if content and not content.startswith("#"):
                return len(line) - len(content)
            self.at += 1
        return None

    def block(self, indent: int) -> Node:
        content = self.lines[self.at][indent:]
        if content == "-" or content.startswith("- "):
            return self.sequence(indent)
        if KEY.match(without_comment(content)):
            return self.mapping(indent)
        raise self.fail("neither `key: value` nor `- item`; a key is plain letters, digits and . _ - < >")

    def mapping(self, indent: int) -> Node:
        entries: dict[str, Node] = {}
        first = self.at + 1
        while self.indent() == indent:
            line = self.at + 1
            match = KEY.match(without_comment(self.lines[self.at][indent:]))
            if match is None:
                raise self.fail("neither `key: value` nor `- item`; a key is plain letters, digits and . _ - < >")
            key, rest = match.group(1), (match.group(2) or "").strip(" ")
            self.judge_key(key, entries, line)
            self.at += 1
            entries[key] = Node(self.value(rest, indent, line), self.file, line)
        return Node(entries, self.file, first)

    def judge_key(self, key: str, entries: dict[str, Node], line: int) -> None:
        if key in entries:
            raise self.fail(f"`{key}` stands here and on line {entries[key].line}: keep one", line)
        if AMBIGUOUS.match(key):
            raise self.fail(f"the key `{key}` means different things to different readers: take another", line)

    def value(self, rest: str, indent: int, line: int, in_list: bool = False) -> Any:
        """What stands behind `key:` or `-`, on its line or below."""
        if re.fullmatch(r"[|>]-?", rest):
            return self.text(rest, indent)
        if rest:
            return self.inline(rest, line)
        below = self.indent()
        if below is not None and below > indent:
            return self.block(below).value
        if below == indent and not in_list and re.match(r"-( |$)", self.lines[self.at][indent:]):
            return self.sequence(indent).value
        return None

    def sequence(self, indent: int) -> Node:
        items: list[Node] = []
        first = self.at + 1
        while self.indent() == indent and re.match(r"-( |$)", self.lines[self.at][indent:]):
            line = self.at + 1
            rest = without_comment(self.lines[self.at][indent + 1 :])
            inner = indent + 1 + len(rest) - len(rest.lstrip(" "))
            rest = rest.strip(" ")
            if KEY.match(rest) and not rest.startswith("$"):
                self.lines[self.at] = " " * inner + self.lines[self.at][inner:]
                items.append(self.mapping(inner))
                continue
            if rest.startswith("- "):
                raise self.fail("a list in a list on one line: put the inner one below")
            self.at += 1
            items.append(Node(self.value(rest, indent, line, in_list=True), self.file, line))
        return Node(items, self.file, first)

    def text(self, style: str, indent: int) -> str:
        """A block of text behind `|` (lines are kept) or `>` (lines are joined)."""
        lines: list[str] = []
        width: int | None = None
        while self.at < len(self.lines):
            line = self.lines[self.at]
            spaces = len(line) - len(line.lstrip(" "))
            if line.strip(" ") and spaces <= indent:
                break
            if line.strip(" "):
                width = spaces if width is None else width
                if spaces < width or (style[0] == ">" and spaces > width):
                    raise self.fail("text that is indented otherwise than its first line")
            if line != line.rstrip(" "):
                raise self.fail("text with spaces at the end of a line: take them away")
            lines.append(line[width or 0 :])
            self.at += 1
        if self.at == len(self.lines) and self.lines[-1]:
            raise self.fail("text that ends without a line end: add one", self.at)
        while lines and not lines[-1]:
            lines.pop()
        if style[0] == ">" and not all(lines):
            raise self.fail("an empty line in text behind `>`: use `|`", self.at)
        return ("\n" if style[0] == "|" else " ").join(lines) + ("" if style.endswith("-") or not lines else "\n")

    def inline(self, rest: str, line: int) -> Any:
        value, end = self.flow(rest, 0, line, inside=False)
        if rest[end:].strip(" "):
            raise self.fail("something behind the end of a value", line)
        return value

    def flow(self, text: str, at: int, line: int, inside: bool) -> tuple[Any, int]:
        """The value at `at`, and where it ends."""
        start = text[at : at + 1]
        if start in ('"', "'"):
            return self.quoted(text, at, line)
        if start == "{":
            return self.flow_mapping(text, at + 1, line)
        if start == "[":
            return self.flow_sequence(text, at + 1, line)
        plain = re.compile(r"[^{}\[\],\"'#]*" if inside else r".*").match(text, at)
        raw = (plain.group(0) if plain else "").strip(" ")
        return self.scalar(raw, line), at + len(plain.group(0) if plain else "")

    def flow_mapping(self, text: str, at: int, line: int) -> tuple[dict[str, Node], int]:
        entries: dict[str, Node] = {}
        while True:
            match = re.compile(r" *([A-Za-z_$][A-Za-z0-9_.<>$-]*): +", re.ASCII).match(text, at)
            if match is None:
                end = re.compile(r" *}").match(text, at)
                if end is None or entries:
                    raise self.fail("braces that are not `{ key: value, … }` on one line", line)
                return entries, end.end()
            self.judge_key(match.group(1), entries, line)
            value, at = self.flow(text, match.end(), line, inside=True)
            entries[match.group(1)] = Node(value, self.file, line)
            at, ended = self.separator(text, at, "}", line)
            if ended:
                return entries, at

    def flow_sequence(self, text: str, at: int, line: int) -> tuple[list[Node], int]:
        items: list[Node] = []
        if (empty := re.compile(r" *]").match(text, at)) is not None:
            return items, empty.end()
        while True:
            at += len(text[at:]) - len(text[at:].lstrip(" "))
            value, at = self.flow(text, at, line, inside=True)
            items.append(Node(value, self.file, line))
            at, ended = self.separator(text, at, "]", line)
            if ended:
                return items, at

    def separator(self, text: str, at: int, close: str, line: int) -> tuple[int, bool]:
        match = re.compile(r" *([,}\]])").match(text, at)
        if match is None or match.group(1) not in (",", close):
            raise self.fail(
                f"a list or braces without `{close}` on the same line; quote values with signs in them", line
            )
        return match.end(), match.group(1) == close

    def quoted(self, text: str, at: int, line: int) -> tuple[str, int]:
        pattern = r"'((?:[^']|'')*)'" if text[at] == "'" else r'"((?:[^"\\]|\\.)*)"'
        match = re.compile(pattern).match(text, at)
        if match is None:
            raise self.fail("a quote that does not end on its line", line)
        inner = match.group(1)
        if text[at] == "'":
            return inner.replace("''", "'"), match.end()
        if odd := re.search(r"\\([^\\\"nt])", inner):
            raise self.fail(f'the escape \\{odd.group(1)}: only \\\\, \\", \\n and \\t are read', line)
        escapes = {"\\": "\\", '"': '"', "n": "\n", "t": "\t"}
        return re.sub(r"\\(.)", lambda found: escapes[found.group(1)], inner), match.end()

    def scalar(self, raw: str, line: int) -> Any:
        if raw == "":
            raise self.fail("an empty value: write null, or put it in quotes", line)
        if raw[0] in "&*":
            raise self.fail("an anchor or alias: write the value out", line)
        if raw[0] == "!":
            raise self.fail("a tag: write the value without one", line)
        if raw[0] in "|>@`%,?]}" or raw.startswith(("- ", "? ")) or raw == "-":
            raise self.fail(f"a value that begins with `{raw[0]}`: put it in quotes", line)
        if re.search(r":( |$)| #", raw):
            raise self.fail("a value with `: ` in it: put it in quotes", line)
        if raw in KEPT:
            return KEPT[raw]
        if INTEGER.match(raw):
            return int(raw)
        if FLOAT.match(raw):
            return float(raw)
        if AMBIGUOUS.match(raw):
            raise self.fail(f"`{raw}` means different things to different readers: put it in quotes", line)
        return raw


def without_comment(text: str) -> str:
    """`text` up to a `#` that stands behind a space and outside quotes."""
    quote = ""
    for at, sign in enumerate(text):
        if quote:
            if sign == quote and (quote == "'" or text[at - 1] != "\\"):
                quote = ""
        elif sign in "\"'" and (at == 0 or text[at - 1] in " [{,"):
            quote = sign
        elif sign == "#" and (at == 0 or text[at - 1] == " "):
            return text[:at].rstrip(" ")
    return text.rstrip(" ")


def written(value: Any, indent: str = "") -> str:
    """`value` in the one form that every reader of YAML and of JSON takes for the same."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        entries = (f"{inner}{json.dumps(key)}: {written(entry, inner)}" for key, entry in value.items())
        return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + written(item, inner) for item in value) + f"\n{indent}]"
    if isinstance(value, float):
        # YAML 1.1 takes `1e-05` for a text.
        digits, mark, exponent = repr(value).partition("e")
        return f"{digits}{'' if '.' in digits else '.0'}{mark}{exponent}"
    return json.dumps(value, ensure_ascii=False)


# --- The commit ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blob:
    """A file of the commit."""

    mode: str
    kind: str
    sha: str


class Commit:
    """The files of one commit, as git keeps them."""

    def __init__(self, root: Path, name: str = "HEAD") -> None:
        self.root = root
        self.sha = self.git("rev-parse", "--verify", f"{name}^{{commit}}").decode().strip()
        self.files: dict[str, Blob] = {}
        for entry in self.git("ls-tree", "-r", "-z", "--full-tree", self.sha).split(b"\0"):
            if entry:
                head, _, path = entry.partition(b"\t")
                mode, kind, sha = head.decode().split()
                self.files[path.decode("utf-8", "surrogateescape")] = Blob(mode, kind, sha)

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        # A replacement ref would show another object under the same name.
        environment = {**os.environ, "GIT_NO_REPLACE_OBJECTS": "1"}
        command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments]
        ran = subprocess.run(command, cwd=self.root, env=environment, input=given, capture_output=True, check=False)
        if ran.returncode != 0:
            raise Trouble(f"git {arguments[0]} failed: {shown(ran.stderr.decode(errors='replace'))}")
        return ran.stdout

    def contents(self, paths: list[str]) -> dict[str, bytes]:
        """The files at `paths`, all at once."""
        asked = "".join(f"{self.files[path].sha}\n" for path in paths).encode()
        told = self.git("cat-file", "--batch", given=asked)
        found: dict[str, bytes] = {}
        at = 0
        for path in paths:
            end = told.index(b"\n", at)
            sha, kind, size = told[at:end].decode().split()
            if (sha, kind) != (self.files[path].sha, "blob"):
                raise Trouble(f"git shows another object than {ascii(path)}")
            found[path] = told[end + 1 : end + 1 + int(size)]
            at = end + 2 + int(size)
        return found

    def jobs(self) -> list[str]:
        """The directories below jobs/."""
        return sorted({"/".join(path.split("/")[:2]) for path in self.files if re.match(r"jobs/[^/]+/", path)})

    def on(self, branch: str) -> bool:
        """Whether the branch, as it was checked out beside this commit, ever stood here: what was merged, not what it was made of."""
        ref = f"refs/remotes/origin/{branch}"
        if not self.git("for-each-ref", ref):
            return False
        return self.sha in self.git("rev-list", "--first-parent", ref, "--").decode().split()

    def tree(self, directory: str) -> str | None:
        """What git calls everything in `directory`: equal names, equal content."""
        entry = self.git("ls-tree", "-d", "-z", "--full-tree", self.sha, "--", directory)
        return entry.split()[2].decode() if entry else None

    def tree_before(self, other: str, directory: str) -> str:
        """What git called everything in `directory` at the commit `other`; empty where it knows neither."""
        command = ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{other}:{directory}"]
        return subprocess.run(command, cwd=self.root, capture_output=True, check=False).stdout.decode().strip()

    def contains(self, other: str) -> bool:
        """Whether `other` is this commit or one before it."""
        if not re.fullmatch(r"[0-9a-f]{40,64}", other):
            return False
        command = ["git", "merge-base", "--is-ancestor", other, self.sha]
        return subprocess.run(command, cwd=self.root, capture_output=True, check=False).returncode == 0


def repository() -> Path:
    """The checkout that this file is in."""
    return Path(__file__).resolve().parent.parent


# --- The federation --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Party:
    """The orchestrator or a silo: where it computes, and which datastores its cluster's identity can reach."""

    name: str
    computes: tuple[str, ...]
    datastore: str
    handover: str
    reaches: frozenset[str]


@dataclass(frozen=True)
class Federation:
    orchestrator: Party
    silos: tuple[Party, ...]
    deploy_from: tuple[str, ...]
    registries: tuple[str, ...]

    def at(self, compute: str) -> Party | None:
        """Whose cluster `compute` is."""
        return next((party for party in (self.orchestrator, *self.silos) if compute in party.computes), None)


FEDERATION = "federation.yaml"


def federation_of(commit: Commit) -> Federation:
    """What federation.yaml says. The public FL examples read its `federated_learning` too."""
    if commit.files.get(FEDERATION, Blob("", "", "")).mode != "100644":
        raise Refused([Problem(FEDERATION, 1, "there is no such file: take it from the starter files")])
    root = Reader(FEDERATION, text_of(FEDERATION, commit.contents([FEDERATION])[FEDERATION])).document()
    problems: list[Problem] = []

    def need(node: Node | None, kind: type, what: str, line: int) -> Any:
        if node is None or not isinstance(node.value, kind) or node.value in ("", [], {}):
            problems.append(Problem(FEDERATION, line if node is None else node.line, f"needs {what}"))
            return kind()
        return node.value

    def texts(node: Node | None, what: str, line: int) -> tuple[str, ...]:
        items = need(node, list, f"`{what}`, a list of names", line)
        return tuple(need(item, str, f"names alone in `{what}`", item.line) for item in items)

    learning = root.get("federated_learning") or Node({}, FEDERATION, 1)
    orchestrator = learning.get("orchestrator") or Node({}, FEDERATION, learning.line)
    centre = need(orchestrator.get("datastore"), str, "`orchestrator.datastore`, a name", orchestrator.line)
    silos: list[Party] = []
    for silo in need(learning.get("silos"), list, "`silos`, a list of at least one silo", learning.line):
        name, own, handover = (
            need(silo.get(key), str, f"`{key}` of the silo, a name", silo.line)
            for key in ("name", "datastore", "handover")
        )
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            problems.append(Problem(FEDERATION, silo.line, "a silo's name is letters, digits and _, as in silo0"))
        computes = texts(silo.get("computes"), "computes", silo.line)
        silos.append(Party(name, computes, own, handover, frozenset((own, handover))))
    compute = need(orchestrator.get("compute"), str, "`orchestrator.compute`, a name", orchestrator.line)
    reaches = frozenset((centre, *(silo.handover for silo in silos)))
    parties = [Party("the orchestrator", (compute,), centre, centre, reaches), *silos]
    for what, names in (
        ("compute", [name for party in parties for name in party.computes]),
        ("datastore", [party.datastore for party in parties]),
        ("silo", [silo.name for silo in silos]),
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            problems.append(
                Problem(FEDERATION, learning.line, f"the {what} {name} stands twice: each party has its own")
            )
    deploy_from = texts(root.get("deploy_from"), "deploy_from", 1)
    registries = texts(root.get("registries"), "registries", 1)
    if problems:
        raise Refused(problems)
    return Federation(parties[0], tuple(silos), deploy_from, registries)


# --- What a job may say ----------------------------------------------------------------------------------------------

PLACEHOLDER = re.compile(r"<(silo|round|orchestrator)([.-][a-z0-9]+)?>")
UNFILLED = "-"
DEFAULT_STORE = "it would go to the workspace's default store, which every silo reads"
BLIND = "so a review cannot see what would run"

RUNNING = "code command environment environment_variables resources distribution"
TEXTS = "display_name description tags"
JOB_KEYS = frozenset(f"$schema type experiment_name inputs outputs settings jobs {TEXTS}".split())
STEP_KEYS = frozenset(f"type component compute inputs outputs limits identity {RUNNING} {TEXTS}".split())
COMPONENT_KEYS = frozenset(f"$schema type name version is_deterministic inputs outputs {RUNNING} {TEXTS}".split())
SETTING_KEYS = frozenset(("continue_on_step_failure", "force_rerun"))
PORT_KEYS = frozenset("type path mode description optional default min max enum".split())
RESOURCE_KEYS = frozenset(("instance_count", "shm_size"))
DISTRIBUTION_KEYS = frozenset(("type", "process_count_per_instance", "parameter_server_count", "worker_count"))

REASONS = {
    "services": "opens a way into the node (SSH, notebooks): take it away",
    "identity": "only `identity: { type: managed }` is taken: a job runs as its cluster",
    "queue_settings": "sends the job to serverless compute, outside the silos: take it away",
    "schedule": "runs code later without this gate: take it away",
    "trigger": "runs code later without this gate: take it away",
    "create_job": "runs code later without this gate: take it away",
    "endpoint_name": "an endpoint or a deployment is not a job: it would run code without this gate",
    "docker_args": "changes how the node isolates the job: take it away",
    "instance_type": "sends the job to another machine than the silo's: take it away",
    "default_compute": "say the compute of each step",
    "default_datastore": "say the path of each output",
    "compute": "say the compute of each step",
    "name": "the submission names the job: take it away, and use display_name",
    "conda_file": f"packages are chosen when the image is built, {BLIND}: use an image by digest that has them",
    "build": f"the image is built after the review, {BLIND}: use an image by digest",
}

DATASTORE_PATH = re.compile(
    r"azureml://datastores/([A-Za-z0-9_-]+)/paths/((?:[A-Za-z0-9_.=/-]|\$\{\{(?:name|output_name)\}\})+)"
)
DATA_ASSET = re.compile(r"azureml:[A-Za-z0-9_.-]+:[0-9A-Za-z_.-]+")
REGISTERED = re.compile(r"azureml:([A-Za-z0-9_.-]+):([0-9A-Za-z_.-]+)")
IN_REGISTRY = re.compile(
    r"azureml://registries/([A-Za-z0-9_.-]+)/(environments|components)/([A-Za-z0-9_.-]+)/versions/([0-9A-Za-z_.-]+)"
)
IMAGE = re.compile(r"[a-z0-9][a-z0-9./_:-]*@sha256:[0-9a-f]{64}")
BINDING = re.compile(
    r"\$\{\{parent\.(?:inputs\.([A-Za-z0-9_]+)|outputs\.([A-Za-z0-9_]+)|jobs\.([A-Za-z0-9_]+)\.outputs\.([A-Za-z0-9_]+))\}\}"
)
IN_COMMAND = re.compile(r"\$\{\{(inputs|outputs)\.[A-Za-z0-9_]+\}\}")
FETCHES = re.compile(r"https?://|git\+|\b(curl|wget|apt|apt-get|conda|mamba|npm|docker)\b|\bgit\s+clone\b", re.I)
PIP = re.compile(r"\b(?:pip[0-9.]*|uv)\s[^;&|\n]*\b(?:install|download|wheel|sync)\b[^;&|\n]*", re.I)
HASHED = re.compile(r"(?=.*\s--require-hashes\b).*\s(-r|--requirement)\s")
ELSEWHERE = re.compile(r"\s(-i|-f|-e|--index-url|--extra-index-url|--find-links|--editable)\b")
MODELS = ("custom_model", "mlflow_model", "triton_model")
DATA = ("uri_file", "uri_folder", "mltable")
FLOATING = ("latest", "default")
RESERVED = ("commit", "run", "pull_request", "approved_by")


# Datastore of each output, by step and name; None where it was refused.
Places = dict[tuple[str, str], "str | None"]


@dataclass
class Job:
    """One directory below jobs/, judged, and what Azure is given in its stead."""

    commit: Commit
    federation: Federation
    directory: str
    problems: list[Problem] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    rounds: int = 1

    def __post_init__(self) -> None:
        prefix = self.directory + "/"
        self.paths = {path[len(prefix) :]: blob for path, blob in self.commit.files.items() if path.startswith(prefix)}
        self.contents: dict[str, bytes] = {}
        self.code: set[str] = set()
        if not re.fullmatch(r"jobs/[a-z0-9][a-z0-9-]{0,39}", self.directory):
            self.refuse_file(
                "job.yml", "a job's directory is named with up to 40 lower-case letters, digits and -: rename it"
            )
            return
        self.judge_files()
        if "job.yml" not in self.paths:
            own = "submit.py" in self.paths
            why = (
                ", and a submit.py of the job's own is not run: it would run as the production identity, before "
                "anything could see what it names"
                if own
                else ""
            )
            self.refuse_file("job.yml", f"there is no job.yml{why}: write one, or delete the directory")
            return
        if (job := self.read("job.yml")) is not None:
            self.judge_job(job)
        self.judge_unnamed()

    def refuse(self, node: Node, text: str) -> None:
        self.note(Problem(node.file, node.line, text))

    def refuse_file(self, path: str, text: str, line: int = 1) -> None:
        self.note(Problem(f"{self.directory}/{path}", line, text))

    def note(self, problem: Problem) -> None:
        # What is repeated for each silo and round is told once.
        if problem not in self.problems:
            self.problems.append(problem)

    # Files

    def judge_files(self) -> None:
        seen: list[str] = []
        for path, blob in sorted(self.paths.items()):
            if blob.kind == "commit":
                self.refuse_file(path, f"a git submodule: its code is not in the commit, {BLIND}. Put the files here")
            elif blob.mode == "120000":
                self.refuse_file(path, "a symbolic link: it can lead out of the job. Put the file itself here")
            elif not all(
                re.fullmatch(r"[A-Za-z0-9_.-][A-Za-z0-9_. -]*", part) and part not in (".", "..")
                for part in path.split("/")
            ):
                self.refuse_file(path, "a name with signs that can be misread: use letters, digits and . _ - in names")
            else:
                seen.append(path)
        contents = self.commit.contents([f"{self.directory}/{path}" for path in seen])
        self.contents = {path: contents[f"{self.directory}/{path}"] for path in seen}
        for path, content in self.contents.items():
            self.judge_content(path, content)

    def judge_content(self, path: str, content: bytes) -> None:
        base = PurePosixPath(path).name.lower()
        if content.startswith(b"version https://git-lfs.github.com/spec/"):
            self.refuse_file(
                path, f"a Git LFS pointer: the content is not in the commit, {BLIND}. Put the file itself here"
            )
            return
        if base.endswith(".additional_includes"):
            self.refuse_file(path, "adds files from elsewhere to a component's code: put them into the job's directory")
        if base == ".amlignore":
            self.refuse_file(path, "hides files from the upload: what runs would not be what was reviewed. Delete it")
        if re.match(r"dockerfile|containerfile", base) or base.endswith(".dockerfile"):
            self.refuse_file(path, f"the image is built after the review, {BLIND}: use an image by digest")
        if re.fullmatch(r"(conda.*|environment)\.ya?ml", base):
            self.refuse_file(
                path, f"packages are chosen when the image is built, {BLIND}: use an image by digest that has them"
            )
        try:
            text = text_of(f"{self.directory}/{path}", content)
        except Refused as refused:
            self.problems.extend(refused.problems)
            return
        if re.fullmatch(r"(requirements|constraints).*\.(txt|in)", base):
            self.judge_requirements(path, text)

    def judge_requirements(self, path: str, text: str) -> None:
        line = 1
        for logical in re.split(r"(?<!\\)\n", text):
            statement = re.sub(r"\s#.*|^#.*", "", logical.replace("\\\n", " ")).strip()
            if statement.startswith("-"):
                self.refuse_file(
                    path, f"`{statement.split()[0]}` leads to packages elsewhere: name each package here", line
                )
            elif statement and not (
                re.match(r"[A-Za-z0-9_.\[\]-]+==[^\s;*]+(\s|$)", statement) and "--hash=sha256:" in statement
            ):
                name = re.split(r"[\s=<>~!;@]", statement)[0]
                self.refuse_file(path, f"{name} is not fixed: write {name}==<version> --hash=sha256:<digest>", line)
            line += logical.count("\n") + 1

    def judge_unnamed(self) -> None:
        """YAML that nothing names. Somebody may mean to submit it by hand one day."""
        for path in sorted(self.contents):
            inside = any(folder in ("", ".") or path.startswith(f"{folder}/") or path == folder for folder in self.code)
            if re.search(r"\.ya?ml$", path) and path not in self.documents and not inside and path != "job.yml":
                text = self.contents[path].decode(errors="replace")
                kind = next(
                    (key for key in ("create_job", "trigger", "endpoint_name") if re.search(rf"^{key}:", text, re.M)),
                    None,
                )
                kind = kind or ("endpoint_name" if re.search(r"schema:.*(endpoint|deployment)", text, re.I) else None)
                kind = kind or ("schedule" if re.search(r"schema:.*schedule", text, re.I) else None)
                if kind is not None:
                    self.refuse_file(path, REASONS[kind])
                elif not any(problem.file.endswith("/job.yml") for problem in self.problems):
                    self.refuse_file(path, "nothing names this file: name it in job.yml, or delete it")

    def read(self, path: str) -> Node | None:
        """A YAML file of the job with its placeholders filled in; None where that cannot be."""
        content = self.contents.get(path)
        if content is None:
            return None
        file = f"{self.directory}/{path}"
        try:
            node = Reader(file, text_of(file, content)).document()
        except Refused as refused:
            self.problems.extend(problem for problem in refused.problems if problem not in self.problems)
            return None
        if path == "job.yml":
            rounds = node.value.pop("rounds", None)
            if rounds is not None and (type(rounds.value) is not int or not 1 <= rounds.value <= MOST_ROUNDS):
                self.refuse(rounds, f"`rounds` is a number from 1 to {MOST_ROUNDS}")
            elif rounds is not None:
                self.rounds = rounds.value
        return self.filled(node)

    # Placeholders: an entry whose name, or a list item that, contains <silo> stands for one for each silo.

    def filled(self, node: Node, silo: Party | None = None, round_: int | None = None) -> Node:
        value: Any = node.value
        if isinstance(node.value, dict):
            value = {}
            for key, entry in node.value.items():
                for one, number in self.scopes(key, silo, round_):
                    name = self.fill(entry, key, one, number)
                    if name in value:
                        self.refuse(entry, f"{name} stands twice once <silo> and <round> are filled in: rename one")
                    value[name] = self.filled(entry, one, number)
                    value[name].name = key
        elif isinstance(node.value, list):
            value = [
                self.filled(item, one, number)
                for item in node.value
                for one, number in self.scopes(item.value if isinstance(item.value, str) else "", silo, round_)
            ]
        elif isinstance(node.value, str):
            value = self.fill(node, node.value, silo, round_)
        return Node(value, node.file, node.line)

    def scopes(self, text: str, silo: Party | None, round_: int | None) -> Iterator[tuple[Party | None, int | None]]:
        repeated = {match.group(1) for match in PLACEHOLDER.finditer(text)}
        rounds = range(1, self.rounds + 1) if "round" in repeated and round_ is None else [round_]
        silos = self.federation.silos if "silo" in repeated and silo is None else [silo]
        return ((one, number) for number in rounds for one in silos)

    def fill(self, node: Node, text: str, silo: Party | None, round_: int | None) -> str:
        words: dict[str, str] = {
            "<orchestrator.compute>": self.federation.orchestrator.computes[0],
            "<orchestrator.datastore>": self.federation.orchestrator.datastore,
        }
        if silo is not None:
            words |= {"<silo>": silo.name, "<silo.compute>": silo.computes[0], "<silo.datastore>": silo.datastore}
            words |= {"<silo.handover>": silo.handover}
        if round_ is not None:
            words |= {"<round>": str(round_), "<round-1>": str(round_ - 1)}

        def word(match: re.Match[str]) -> str:
            known = words.get(match.group(0))
            if known is None:
                each = match.group(1)
                where = "" if each == "orchestrator" else f" here: the name of the step or entry must contain <{each}>"
                self.refuse(node, f"there is no {match.group(0)}{where}")
            return known or UNFILLED

        return PLACEHOLDER.sub(word, text)

    # The job

    def keys(self, node: Node | None, known: frozenset[str], what: str) -> dict[str, Node]:
        """The entries of a mapping that are known; the others are refused."""
        if node is None:
            return {}
        if not isinstance(node.value, dict):
            self.refuse(node, f"{what} is not a mapping, key by key")
            return {}
        for key, entry in node.value.items():
            if key not in known:
                reason = REASONS.get(key, f"not known in {what}, {BLIND}: take it away")
                self.refuse(entry, f"`{key}`: {reason}")
        return {key: entry for key, entry in node.value.items() if key in known}

    def judge_job(self, job: Node) -> None:
        kind = job.get("type")
        if kind is None or kind.value != "pipeline":
            self.refuse(kind or job, "a job is `type: pipeline`: put a single command into one step")
        entries = self.keys(job, JOB_KEYS, "a job")
        self.keys(entries.get("settings"), SETTING_KEYS, "settings")
        self.judge_texts(entries, ("display_name", "description", "experiment_name", "tags"))
        tags = entries.get("tags")
        for name in RESERVED:
            if tags is not None and (tag := tags.get(name)) is not None:
                self.refuse(tag, f"the tag {name} is set by the submission: take another name")
        steps = self.named(entries.get("jobs"), "`jobs`")
        if not steps:
            self.refuse(job, "there are no steps: write them under `jobs`")
        inputs = self.named(entries.get("inputs"), "`inputs`")
        outputs = self.named(entries.get("outputs"), "`outputs`")
        parties = {name: self.party(step) for name, step in steps.items()}
        # Where each output lies, before anybody reads it.
        places = {
            (name, port): place
            for name, step in steps.items()
            for port, place in self.outputs(step, parties[name], outputs)
        }
        document = job.plain()
        for name, step in steps.items():
            self.judge_step(step, parties[name], inputs, places)
            if isinstance(document.get("jobs"), dict) and isinstance(document["jobs"].get(name), dict):
                normalise(document["jobs"][name])
        for node in inputs.values():
            self.judge_input("the job", node, None, {}, {})
        self.documents["job.yml"] = document

    def named(self, node: Node | None, what: str) -> dict[str, Node]:
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            self.refuse(node, f"{what} is not a mapping, key by key")
            return {}
        for name, entry in node.value.items():
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
                self.refuse(entry, f"the name {name} in {what}: letters, digits and _ only")
        return dict(node.value)

    def party(self, step: Node) -> Party | None:
        name, compute = step.name, step.get("compute")
        if compute is None:
            self.refuse(
                step,
                f"{name} has no compute: it would run on serverless compute, outside the silos. Say one of federation.yaml",
            )
            return None
        text = compute.value if isinstance(compute.value, str) else ""
        party = self.federation.at(text.removeprefix("azureml:"))
        if party is None and text != UNFILLED:
            self.refuse(
                compute,
                f"{name} runs on {compute.value}, which is not in federation.yaml: use <silo.compute> or <orchestrator.compute>",
            )
        return party

    def outputs(self, step: Node, party: Party | None, shared: dict[str, Node]) -> Iterator[tuple[str, str | None]]:
        """Each output of a step with its datastore; None where that was refused."""
        for port, node in self.named(step.get("outputs"), f"the outputs of {step.name}").items():
            place = node
            if isinstance(node.value, str) and (bound := BINDING.fullmatch(node.value)) and bound.group(2):
                place = shared.get(bound.group(2), Node(None, node.file, node.line))
            what = f"the output {node.name} of {step.name}"
            entries = self.keys(place, PORT_KEYS, what) if isinstance(place.value, dict) else {}
            kind = entries.get("type")
            if entries and (kind is None or kind.value not in DATA):
                self.refuse(place, f"{what} has no type, or one that is not {', '.join(DATA)}")
            target = entries.get("path")
            store = None
            if target is None or not isinstance(target.value, str):
                self.refuse(
                    place, f"{what} has no path: {DEFAULT_STORE}. Say azureml://datastores/<silo.datastore>/paths/…"
                )
            elif (
                (store := self.datastore(what, target)) is not None and party is not None and store not in party.reaches
            ):
                self.refuse(
                    target,
                    f"{step.name} runs at {party.name} and writes to {store}: it may write to {listed(party.reaches)}",
                )
                store = None
            yield port, store

    def datastore(self, what: str, target: Node) -> str | None:
        match = DATASTORE_PATH.fullmatch(target.value)
        if match is None or re.search(r"(^|/)\.{1,2}(/|$)|//", match.group(2)):
            self.refuse(target, f"{what}: {target.value} is not azureml://datastores/<name>/paths/<path>")
            return None
        return match.group(1)

    def judge_step(self, step: Node, party: Party | None, inputs: dict[str, Node], places: Places) -> None:
        name = step.name
        entries = self.keys(step, STEP_KEYS, "a step")
        kind = entries.get("type")
        if kind is not None and kind.value != "command":
            self.refuse(kind, f"{name} is of type {kind.value}, which is not understood here, {BLIND}: use command")
        self.judge_running(name, entries)
        self.judge_texts(entries, ("display_name", "description", "tags"))
        identity = entries.get("identity")
        if identity is not None and identity.plain() != {"type": "managed"}:
            self.refuse(identity, f"`identity`: {REASONS['identity']}")
        self.keys(entries.get("limits"), frozenset(("timeout",)), "limits")
        component = entries.get("component")
        if component is not None:
            for key in ("code", "command", "environment"):
                if key in entries:
                    self.refuse(entries[key], f"{name} has a component and `{key}`: keep one of them")
            self.judge_component(name, step, component)
        else:
            self.judge_code(name, step, entries)
        for node in self.named(entries.get("inputs"), f"the inputs of {name}").values():
            self.judge_input(name, node, party, inputs, places)

    def judge_input(self, name: str, node: Node, party: Party | None, inputs: dict[str, Node], places: Places) -> None:
        port = node.name
        if isinstance(node.value, str) and (bound := BINDING.fullmatch(node.value)) is not None:
            outer, _, step, output = bound.groups()
            if outer is not None and outer not in inputs:
                self.refuse(node, f"{name} reads the input {outer} of the job, which has none of that name")
            elif outer is not None and isinstance(inputs[outer].value, dict):
                self.judge_input(name, inputs[outer], party, inputs, places)
            elif step is not None and (step, output) not in places:
                self.refuse(node, f"{name} reads the output {output} of {step}: there is no such step or output")
            elif (
                step is not None
                and party is not None
                and (store := places[step, output]) is not None
                and store not in party.reaches
            ):
                self.refuse(
                    node,
                    f"{name} runs at {party.name} and reads from {store}: it may read from {listed(party.reaches)}",
                )
            return
        if not isinstance(node.value, dict):
            self.judge_literal(port, node)
            return
        entries = self.keys(node, PORT_KEYS, f"the input {port}")
        kind, target = entries.get("type"), entries.get("path")
        if kind is None or kind.value not in (*DATA, *MODELS):
            self.refuse(node, f"the input {port} has no type, or one that is not {', '.join((*DATA, *MODELS))}")
            return
        text = target.value if target is not None else None
        if target is None or not isinstance(text, str):
            self.refuse(node, f"the input {port} has no path")
        elif DATA_ASSET.fullmatch(text) and text.rsplit(":", 1)[1] not in FLOATING:
            return
        elif kind.value in MODELS:
            self.refuse(
                target,
                f"the model {text} can change after the review, and loading a model runs code: name it azureml:<name>:<version>",
            )
        elif text.startswith("azureml://datastores/"):
            store = self.datastore(f"the input {port} of {name}", target)
            if store is not None and party is not None and store not in party.reaches:
                self.refuse(
                    target,
                    f"{name} runs at {party.name} and reads from {store}: it may read from {listed(party.reaches)}",
                )
        elif (local := self.local(target, text)) is None or not self.holds(local):
            self.refuse(
                target,
                f"the input {port} is {text}: it must be in the job's directory, on a datastore of federation.yaml, or azureml:<name>:<version>",
            )

    def judge_literal(self, port: str, node: Node) -> None:
        if isinstance(node.value, (dict, list)):
            self.refuse(node, f"the input {port} is a list: write a text, a number or {{ type, path }}")
        elif isinstance(node.value, str) and re.search(r"://|^azureml:|git\+|\$\{\{|\$\[\[", node.value, re.I):
            self.refuse(
                node,
                f"the input {port} names {node.value}, {BLIND}: write {{ type, path }} with a path that is in the commit or on a datastore",
            )

    def judge_texts(self, entries: dict[str, Node], names: tuple[str, ...]) -> None:
        for name in names:
            if name in entries and "${{" in written(entries[name].plain()):
                self.refuse(entries[name], f"`{name}` has an expression in it: write it out")

    def judge_component(self, name: str, step: Node, component: Node) -> None:
        text = component.value
        if not isinstance(text, str):
            self.refuse(component, f"the component of {name} is not a file: write component: ./<file>.yml")
            return
        if text.startswith("azureml:") or not re.match(r"(file:)?\.{0,2}/", text):
            self.judge_registered(
                component,
                "components",
                f"the component {text} can change after the review: put its file into the job's directory, or name a version",
            )
            return
        file = self.local(component, text.removeprefix("file:"))
        if file is None or file not in self.paths:
            self.refuse(component, f"the component {text} is not in the job's directory: put it there")
            return
        if file not in self.documents:
            self.documents[file] = None
            if (node := self.read(file)) is not None:
                self.judge_component_file(file, node)
        document = self.documents[file]
        declared = (document or {}).get("outputs") or {}
        given = step.get("outputs")
        missing = [
            port for port in declared if given is None or not isinstance(given.value, dict) or port not in given.value
        ]
        if missing:
            self.refuse(
                step, f"{name} says no path for the output {', '.join(missing)} of its component: {DEFAULT_STORE}"
            )

    def judge_component_file(self, path: str, node: Node) -> None:
        entries = self.keys(node, COMPONENT_KEYS | {"name"}, "a component")
        kind = entries.get("type")
        if kind is None or kind.value != "command":
            self.refuse(kind or node, f"a component that is not `type: command` is not understood here, {BLIND}")
        self.judge_running("the component", entries)
        self.judge_code("the component", node, entries)
        self.judge_texts(entries, ("display_name", "description", "tags", "version"))
        for direction in ("inputs", "outputs"):
            for port, entry in self.named(entries.get(direction), f"`{direction}`").items():
                ports = self.keys(entry, PORT_KEYS - {"path"}, f"`{direction}` of a component")
                if "default" in ports:
                    self.judge_literal(port, ports["default"])
        document = node.plain()
        normalise(document)
        self.documents[path] = document

    def judge_running(self, name: str, entries: dict[str, Node]) -> None:
        self.keys(entries.get("resources"), RESOURCE_KEYS, "resources")
        self.keys(entries.get("distribution"), DISTRIBUTION_KEYS, "distribution")
        variables = entries.get("environment_variables")
        for key, node in (variables.value if variables and isinstance(variables.value, dict) else {}).items():
            if re.match(r"(PIP|UV|CONDA|AZUREML)_", key, re.I):
                self.refuse(
                    node, f"the variable {key} changes where code comes from or how the node runs it: take it away"
                )
            self.judge_literal(key, node)

    def judge_code(self, name: str, whole: Node, entries: dict[str, Node]) -> None:
        code, command, environment = entries.get("code"), entries.get("command"), entries.get("environment")
        if code is not None:
            text = code.value if isinstance(code.value, str) else ""
            folder = self.local(code, text)
            if re.match(r"https?:|git\+|git@|azureml:|ssh:", text):
                self.refuse(code, f"the code {text} is not in the commit, {BLIND}: put it into the job's directory")
            elif folder is None or not self.holds(folder):
                self.refuse(code, f"the code {code.value} is not in the job's directory: put it there")
            else:
                self.code.add(folder)
        if command is None:
            self.refuse(whole, f"{name} has no command")
        else:
            self.judge_command(command)
        if environment is None:
            self.refuse(whole, f"{name} has no environment: name one with its version, or an image by digest")
        elif isinstance(environment.value, dict):
            self.judge_image(environment)
        else:
            self.judge_registered(
                environment,
                "environments",
                f"the environment {environment.value} can change after the review: name a version, as in azureml://registries/azureml/environments/sklearn-1.5/versions/54",
            )

    def judge_command(self, command: Node) -> None:
        text = joined(command.plain())
        if not isinstance(text, str):
            self.refuse(command, "a command is a text, or a list of texts")
            return
        if found := FETCHES.search(text):
            self.refuse(
                command,
                f"the command fetches something ({found.group(0)}), {BLIND}: put it into the commit or the image",
            )
        for call in PIP.findall(text):
            if not HASHED.search(call) or ELSEWHERE.search(call):
                hint = "pip install --require-hashes -r requirements.txt"
                self.refuse(command, f"the command installs packages that nobody fixed, {BLIND}: {hint}")
        if "${{" in IN_COMMAND.sub("", text):
            self.refuse(command, "the command has an expression other than ${{inputs.<name>}} and ${{outputs.<name>}}")

    def judge_image(self, environment: Node) -> None:
        entries = self.keys(environment, frozenset(("image", "description")), "an environment")
        image = entries.get("image")
        if image is None:
            self.refuse(environment, "the environment names no image: write image: <repository>@sha256:<digest>")
        elif not isinstance(image.value, str) or not IMAGE.fullmatch(image.value):
            self.refuse(
                image, f"the image {image.value} can change after the review: write <repository>@sha256:<digest>"
            )

    def judge_registered(self, node: Node, kind: str, floating: str) -> None:
        text = node.value if isinstance(node.value, str) else ""
        registry = IN_REGISTRY.fullmatch(text)
        named = REGISTERED.fullmatch(text)
        if registry is not None and registry.group(2) == kind and registry.group(4) not in FLOATING:
            if registry.group(1) not in self.federation.registries:
                self.refuse(
                    node,
                    f"the registry {registry.group(1)} is not among `registries` of federation.yaml: its owner decides what is in it",
                )
        elif named is None or named.group(2) in FLOATING:
            self.refuse(node, floating)

    def local(self, node: Node, text: str) -> str | None:
        """The path `text`, which is relative to the file of `node`, from the job's directory; None where it leaves it."""
        if not re.fullmatch(r"[A-Za-z0-9_./ -]+", text) or text.startswith("/"):
            return None
        parts = list(PurePosixPath(node.file.removeprefix(f"{self.directory}/")).parent.parts)
        for part in text.split("/"):
            if part == "..":
                if not parts:
                    return None
                parts.pop()
            elif part not in ("", "."):
                parts.append(part)
        return "/".join(parts)

    def holds(self, local: str) -> bool:
        """Whether a file or a directory of that name is in the job's directory."""
        return local == "" or local in self.paths or any(path.startswith(f"{local}/") for path in self.paths)

    def stage(self, target: Path, extra: dict[str, Any]) -> Path:
        """Writes what Azure is given: the commit's files, and the judged YAML in the place of the reviewed one."""
        if self.problems:
            raise Refused(self.problems)
        for path, content in self.contents.items():
            # `az` honours it as `.amlignore`.
            if PurePosixPath(path).name == ".gitignore":
                continue
            document = self.documents.get(path)
            if path == "job.yml" and document is not None:
                tags = {**(document.get("tags") or {}), **extra.get("tags", {})}
                document = {**document, **extra, "tags": tags}
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if document is None else (written(document) + "\n").encode())
        return target / "job.yml"


def joined(command: Any) -> Any:
    """A command that is given as a list, as Azure knows it."""
    if isinstance(command, list) and all(isinstance(part, (str, int, float)) for part in command):
        return " ".join(map(str, command))
    return command


def normalise(step: dict[str, Any]) -> None:
    """Turns what is ours into what Azure knows."""
    if "command" in step:
        step["command"] = joined(step["command"])


def listed(names: frozenset[str]) -> str:
    return " or ".join(sorted(names))


# Letters and marks that show nothing: fillers, joiners, the blank pattern of Braille, variation selectors.
SHOWS_NOTHING = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def unseen(sign: str) -> bool:
    """Whether a reviewer does not see a sign, or takes it for a space."""
    if sign in " \t":
        return False
    # Controls, unassigned and private ones; Cf turns text around; Zs looks like a space and is none.
    hidden = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")
    return unicodedata.category(sign) in hidden or SHOWS_NOTHING.match(sign) is not None


def text_of(file: str, content: bytes) -> str:
    """A file as the text that a reviewer sees; refused where it holds what a reviewer does not see."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused([Problem(file, 1, f"not a text, {BLIND}: keep data and models on a datastore")]) from None
    if "\r" in text:
        raise Refused(
            [Problem(file, 1 + text[: text.index("\r")].count("\n"), "Windows line ends: save it with plain ones")]
        )
    for number, line in enumerate(text.split("\n"), 1):
        if sign := next(filter(unseen, line), None):
            what = f"the sign U+{ord(sign):04X}, which a reviewer does not see: delete it"
            raise Refused([Problem(file, number, what)])
        if re.search(r"\S[ \t]{80,}\S", line):
            what = "text far to the right, where a reviewer does not see it: bring it nearer"
            raise Refused([Problem(file, number, what)])
    return text


# --- The platform ----------------------------------------------------------------------------------------------------


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def fetched(url: str, token: str, body: Any = None) -> Any:
    """The JSON at `url`; tried again where the fault may pass."""
    opener = urllib.request.build_opener(NoRedirect)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "User-Agent": "submission"}
    # Without the last one Azure DevOps answers a token that it does not take with its sign-in page.
    headers |= {"Content-Type": "application/json", "X-TFS-FedAuthRedirect": "Suppress"}
    data = None if body is None else json.dumps(body).encode()
    where = urllib.parse.urlsplit(url).path
    for attempt in range(ATTEMPTS):
        try:
            with opener.open(urllib.request.Request(url, data=data, headers=headers), timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise Trouble(f"{where} answered {error.code}: look at the job's permissions") from None
            fault = str(error.code)
        except (urllib.error.URLError, TimeoutError, ConnectionError, json.JSONDecodeError) as error:
            fault = type(error).__name__
        time.sleep(2**attempt)
    raise Trouble(f"{where} did not answer ({fault}), {ATTEMPTS} times: run again")


@dataclass(frozen=True)
class Record:
    """That a directory was submitted, as the platform remembers it."""

    # What the platform knows the record by.
    id: int
    commit: str
    tree: str
    job: str
    run: str
    failed: bool


class GitHub:
    """What GitHub Actions tells a job, and remembers for later ones."""

    def __init__(self) -> None:
        self.event = setting("GITHUB_EVENT_NAME")
        # A pull request's own code, and nothing reviewed.
        self.proposed = self.event == "pull_request"
        self.by_hand = self.event == "workflow_dispatch"
        self.sha = setting("GITHUB_SHA")
        self.run = setting("GITHUB_RUN_ID")
        self.attempt = setting("GITHUB_RUN_ATTEMPT")
        self.repository = setting("GITHUB_REPOSITORY")
        self.run_url = f"{setting('GITHUB_SERVER_URL')}/{self.repository}/actions/runs/{self.run}"

    def problems(self, commit: Commit, federation: Federation) -> list[str]:
        """Why nothing may be submitted to production from here."""
        allowed = [f"refs/heads/{branch}" for branch in federation.deploy_from]
        ref = os.environ.get("GITHUB_REF", "")
        checks = [
            (
                ref in allowed,
                f"this runs on {shown(ref) or 'no branch'}: production takes {' or '.join(allowed)} alone",
            ),
            (os.environ.get("GITHUB_REF_TYPE") == "branch", "this does not run on a branch"),
            (
                os.environ.get("GITHUB_REF_PROTECTED") == "true",
                f"{shown(ref)} is not protected: bring its rules back (pulumi up)",
            ),
            (
                self.event in ("push", "workflow_dispatch"),
                f"this was started by {shown(self.event)}: push and workflow_dispatch alone are taken",
            ),
            (
                commit.sha == self.sha,
                f"the checkout is at {commit.sha}, the run is for {shown(self.sha)}: check out the run's own commit",
            ),
        ]
        return [text for holds, text in checks if not holds]

    def token(self) -> str:
        """A new OIDC token, each time."""
        url = f"{setting('ACTIONS_ID_TOKEN_REQUEST_URL')}&audience={urllib.parse.quote(AUDIENCE, safe='')}"
        return str(fetched(url, setting("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))["value"])

    def api(self, path: str, body: Any = None) -> Any:
        return fetched(f"{setting('GITHUB_API_URL')}/repos/{self.repository}/{path}", setting("GITHUB_TOKEN"), body)

    def last(self, directory: str, _: Commit) -> Record | None:
        """The last submission of `directory` to production."""
        task = urllib.parse.quote(task_of(directory), safe="")
        for deployment in self.api(f"deployments?environment=prod&task={task}&per_page=100"):
            payload = deployment.get("payload")
            payload = json.loads(payload) if isinstance(payload, str) and payload else payload
            if (
                isinstance(payload, dict)
                and payload.get("directory") == directory
                and payload.get("ref") == os.environ.get("GITHUB_REF")
            ):
                statuses = self.api(f"deployments/{int(deployment['id'])}/statuses?per_page=1")
                failed = bool(statuses) and statuses[0]["state"] in ("failure", "error")
                tree, job, run = (str(payload.get(key, "")) for key in ("tree", "job", "run"))
                return Record(int(deployment["id"]), str(deployment["sha"]), tree, job, run, failed)
        return None

    def keep(self) -> None:
        """Deployments are kept for ever."""

    def record(self, directory: str, tree: str, job: str) -> int:
        payload = {
            "directory": directory,
            "tree": tree,
            "job": job,
            "run": self.run,
            "ref": os.environ.get("GITHUB_REF"),
        }
        body: dict[str, Any] = {"ref": self.sha, "environment": "prod", "task": task_of(directory), "payload": payload}
        body |= {"description": f"{directory} submitted", "auto_merge": False, "required_contexts": []}
        identity = int(self.api("deployments", body)["id"])
        self.status(identity, "in_progress")
        return identity

    def conclude(self, _: str, identity: int, succeeded: bool) -> None:
        self.status(identity, "success" if succeeded else "failure")

    def status(self, identity: int, state: str) -> None:
        body = {"state": state, "log_url": self.run_url, "auto_inactive": False}
        self.api(f"deployments/{identity}/statuses", body)

    def provenance(self) -> dict[str, str]:
        """The pull request that brought the commit in, and who approved it."""
        tags = {"commit": self.sha, "run": self.run_url}
        if self.proposed:
            return tags | {"pull_request": str(int(self.payload()["number"]))}
        for pull in self.api(f"commits/{self.sha}/pulls"):
            if pull.get("merge_commit_sha") == self.sha:
                reviews = self.api(f"pulls/{int(pull['number'])}/reviews?per_page=100")
                approvers = sorted(
                    {
                        review["user"]["login"]
                        for review in reviews
                        if review["state"] == "APPROVED" and review.get("user")
                    }
                )
                tags |= {"pull_request": str(int(pull["number"])), "approved_by": " ".join(approvers)[:256]}
        return tags

    def payload(self) -> Any:
        return json.loads(Path(setting("GITHUB_EVENT_PATH")).read_text(encoding="utf-8"))

    def summary(self, line: str) -> None:
        if path := os.environ.get("GITHUB_STEP_SUMMARY"):
            with open(path, "a", encoding="utf-8") as file:
                file.write(line + "\n")


class AzureDevOps:
    """
    What Azure Pipelines tells a job, and remembers for later ones: as tags of its own runs. A tag can be set by whoever
    may `Edit build quality` of this pipeline. What a run submitted follows from its commit and its number.
    """

    def __init__(self) -> None:
        self.reason = setting("BUILD_REASON")
        self.proposed = self.reason == "PullRequest"
        self.by_hand = self.reason == "Manual"
        self.ref = setting("BUILD_SOURCEBRANCH")
        self.sha = setting("BUILD_SOURCEVERSION")
        self.run = setting("BUILD_BUILDID")
        self.attempt = setting("SYSTEM_JOBATTEMPT")
        self.pipeline = int(setting("SYSTEM_DEFINITIONID"))
        self.project = f"{setting('SYSTEM_COLLECTIONURI').rstrip('/')}/{setting('SYSTEM_TEAMPROJECTID')}"
        self.run_url = f"{self.project}/_build/results?buildId={self.run}"
        self.lines: list[str] = []

    def problems(self, commit: Commit, federation: Federation) -> list[str]:
        """
        Why nothing may be submitted to production from here. That the branch is protected, the service connection
        checks before a job with it begins; of which commit a run is, whoever starts it by the API says beside the branch.
        """
        allowed = [f"refs/heads/{branch}" for branch in federation.deploy_from]
        checks = [
            (
                self.ref in allowed,
                f"this runs on {shown(self.ref)}: production takes {' or '.join(allowed)} alone",
            ),
            (
                self.reason in ("IndividualCI", "BatchedCI", "Manual"),
                f"this was started by {shown(self.reason)}: a push, or a person by hand, alone are taken",
            ),
            (
                commit.sha == self.sha,
                f"the checkout is at {commit.sha}, the run is for {shown(self.sha)}: check out the run's own commit",
            ),
            (
                self.ref not in allowed or commit.on(self.ref.removeprefix("refs/heads/")),
                f"{commit.sha} was never the newest commit of {shown(self.ref)}: nobody merged it there",
            ),
        ]
        return [text for holds, text in checks if not holds]

    def token(self) -> str:
        """A new OIDC token of the service connection that the task names, each time."""
        connection = urllib.parse.quote(setting("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"), safe="")
        url = f"{setting('SYSTEM_OIDCREQUESTURI')}?api-version=7.1&serviceConnectionId={connection}"
        return str(fetched(url, setting("SYSTEM_ACCESSTOKEN"), {})["oidcToken"])

    def api(self, path: str, body: Any = None, **query: str) -> Any:
        words = urllib.parse.urlencode({**query, "api-version": "7.1"})
        return fetched(f"{self.project}/_apis/{path}?{words}", setting("SYSTEM_ACCESSTOKEN"), body)

    def last(self, directory: str, commit: Commit) -> Record | None:
        """The last submission of `directory` to production."""
        query = {
            "definitions": str(self.pipeline),
            "branchName": self.ref,
            "tagFilters": tag_of("submitted", directory),
        }
        query |= {"statusFilter": "all", "queryOrder": "queueTimeDescending", "$top": "1"}
        for build in self.api("build/builds", **query)["value"]:
            run, sha = int(build["id"]), str(build["sourceVersion"])
            failed = tag_of("failed", directory) in build["tags"]
            tree = commit.tree_before(sha, directory)
            return Record(run, sha, tree, name_of(directory, sha, str(run)), str(run), failed)
        return None

    def keep(self) -> None:
        """Runs are deleted after a month, tags and all. Who forgot that a job was submitted would submit it again."""
        lease = {"runId": int(self.run), "definitionId": self.pipeline, "ownerId": "submission"}
        self.api("build/retention/leases", [{**lease, "daysValid": 36500, "protectPipeline": False}])

    def record(self, directory: str, _: str, __: str) -> int:
        self.api(f"build/builds/{self.run}/tags", [tag_of("submitted", directory)])
        return int(self.run)

    def conclude(self, directory: str, run: int, succeeded: bool) -> None:
        if not succeeded:
            self.api(f"build/builds/{run}/tags", [tag_of("failed", directory)])

    def provenance(self) -> dict[str, str]:
        """The pull request that brought the commit in, and who approved it."""
        tags = {"commit": self.sha, "run": self.run_url}
        if self.proposed:
            return tags | {"pull_request": str(int(setting("SYSTEM_PULLREQUEST_PULLREQUESTID")))}
        repository = f"git/repositories/{setting('BUILD_REPOSITORY_ID')}"
        asked = {"queries": [{"type": "lastMergeCommit", "items": [self.sha]}]}
        for found in self.api(f"{repository}/pullrequestquery", asked)["results"]:
            for pull in found.get(self.sha, []):
                if pull["status"] == "completed":
                    number = int(pull["pullRequestId"])
                    reviewers = self.api(f"{repository}/pullRequests/{number}/reviewers")["value"]
                    # 10 is approved, 5 approved with suggestions. A group's vote is that of a member, who is listed too.
                    approvers = sorted(
                        {one["uniqueName"] for one in reviewers if one["vote"] >= 5 and not one.get("isContainer")}
                    )
                    tags |= {"pull_request": str(number), "approved_by": " ".join(approvers)[:256]}
        return tags

    def summary(self, line: str) -> None:
        if not self.lines:
            atexit.register(self.publish)
        self.lines.append(line)

    def publish(self) -> None:
        if directory := os.environ.get("AGENT_TEMPDIRECTORY"):
            number, path = tempfile.mkstemp(".md", "submission-", directory)
            with open(number, "w", encoding="utf-8") as file:
                file.write("\n".join(self.lines) + "\n")
            print(f"##vso[task.uploadsummary]{path}")


Platform = GitHub | AzureDevOps


def platform_here() -> Platform:
    return AzureDevOps() if os.environ.get("TF_BUILD") else GitHub()


def task_of(directory: str) -> str:
    return f"submit:{directory.removeprefix('jobs/')}"


def tag_of(what: str, directory: str) -> str:
    return f"{what}-{directory.removeprefix('jobs/')}"


def name_of(directory: str, sha: str, run: str) -> str:
    """The name under which a run submits a directory to production, however often it is started again."""
    return f"{directory.removeprefix('jobs/')}-{sha[:12]}-{run}"


def setting(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Trouble(f"{name} is not set: this command runs in a pipeline, in its environment")
    return value


def harmless(text: str) -> str:
    """`text`, in which no pipeline finds a command to itself (`::…`, `##[…`, `##vso[…`)."""
    return re.sub(r"##\[|##vso|::", lambda found: " ".join(found.group(0)), text, flags=re.I)


def shown(text: str) -> str:
    """A foreign text on one line, without a command."""
    return harmless(" ".join(text.split())[:500]).encode("ascii", "backslashreplace").decode()


# --- Azure -----------------------------------------------------------------------------------------------------------

PASSES = re.compile(
    r"\b(429|50[0234])\b|TooManyRequests|ServiceUnavailable|InternalServerError|GatewayTimeout|timed? ?out|Connection|Temporary failure|Max retries",
    re.I,
)
SIGNED_OUT = re.compile(
    r"AADSTS700024|AADSTS70043|AADSTS50173|az login|Expired|InvalidAuthenticationToken|\b401\b", re.I
)


class Azure:
    """The workspace of the environment that this runs in, through `az`, as the pipeline's service principal."""

    def __init__(self, token: Callable[[], str], home: str) -> None:
        self.token = token
        self.home = home
        self.signed_in: float | None = None
        self.workspace = [
            "--resource-group",
            setting("AZUREML_RESOURCE_GROUP"),
            "--workspace-name",
            setting("AZUREML_WORKSPACE"),
        ]
        self.workspace += ["--subscription", setting("AZURE_SUBSCRIPTION_ID")]
        extensions = os.environ.get("AZURE_EXTENSION_DIR") or str(Path.home() / ".azure" / "cliextensions")
        # Its own directory, so that a runner keeps no trace of having been signed in.
        secret = ("ACTIONS_", "GITHUB_TOKEN", "SYSTEM_ACCESSTOKEN")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(secret)}
        self.environment = {**kept, "AZURE_CONFIG_DIR": home, "AZURE_EXTENSION_DIR": extensions}
        self.environment |= {"AZURE_CORE_COLLECT_TELEMETRY": "no", "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no"}

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                ["az", *arguments, "--output", "json"],
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=1800,
            )
        except FileNotFoundError:
            raise Trouble("there is no `az`: install the Azure CLI on the runner") from None
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(arguments, 1, "", "timed out")

    def sign_in(self) -> None:
        token = Path(self.home, "token")
        for attempt in range(ATTEMPTS):
            # By a file: everybody on the machine can read a command line.
            token.touch(mode=0o600)
            token.write_text(self.token(), encoding="ascii")
            who = ["--username", setting("AZURE_CLIENT_ID"), "--tenant", setting("AZURE_TENANT_ID")]
            ran = self.call(
                "login", "--service-principal", *who, "--federated-token", f"@{token}", "--allow-no-subscriptions"
            )
            token.unlink()
            if ran.returncode == 0:
                self.signed_in = time.monotonic()
                return
            # Entra takes minutes to learn of a new credential (AADSTS70021, AADSTS700213).
            if not PASSES.search(ran.stderr) and "AADSTS70021" not in ran.stderr:
                break
            time.sleep(10 * 2**attempt)
        raise Trouble(f"az login failed: {shown(ran.stderr)}")

    def run(self, *arguments: str) -> Any:
        """What `az` answers; signs in anew, and tries again where the fault may pass."""
        for attempt in range(ATTEMPTS):
            if self.signed_in is None or time.monotonic() - self.signed_in > SIGN_IN_AGAIN:
                self.sign_in()
            ran = self.call(*arguments, *self.workspace)
            if ran.returncode == 0:
                return json.loads(ran.stdout)
            if SIGNED_OUT.search(ran.stderr):
                self.signed_in = None
            elif not PASSES.search(ran.stderr):
                break
            time.sleep(5 * 2**attempt)
        raise Trouble(f"az {' '.join(arguments[:3])} failed: {shown(ran.stderr)}")

    def needs_extension(self) -> None:
        """The extension that reads jobs, in the version that this file was written against."""
        ran = self.call("version")
        installed = json.loads(ran.stdout).get("extensions", {}).get("ml") if ran.returncode == 0 else None
        if installed == ML_EXTENSION:
            return
        added = self.call("extension", "add", "--name", "ml", "--version", ML_EXTENSION, "--upgrade", "--yes")
        if added.returncode != 0:
            raise Trouble(
                f"the runner has not the extension ml {ML_EXTENSION} ({installed or 'none'}), and it cannot be added: {shown(added.stderr)}"
            )

    def submit(self, file: Path, name: str) -> dict[str, Any]:
        try:
            return dict(self.run("ml", "job", "create", "--file", str(file)))
        except Trouble:
            # An answer may have been lost, or an earlier attempt of this run may have come this far.
            with contextlib.suppress(Trouble):
                return dict(self.run("ml", "job", "show", "--name", name))
            raise

    def status(self, name: str) -> str:
        return re.sub(r"[^A-Za-z]", "", str(self.run("ml", "job", "show", "--name", name).get("status")))


# --- Commands --------------------------------------------------------------------------------------------------------


def judged(commit: Commit, federation: Federation, directories: list[str]) -> list[Job]:
    """The jobs of these directories. Throws every problem of all of them."""
    jobs = [Job(commit, federation, directory) for directory in directories]
    problems = [problem for job in jobs for problem in sorted(job.problems, key=lambda one: (one.file, one.line))]
    if problems:
        raise Refused(problems)
    return jobs


def references(commit: Commit) -> None:
    # One that is no directory is never submitted; somebody will wonder why.
    loose = [
        Problem(path, 1, "leads elsewhere (a link or a submodule): a job is a directory of this commit")
        for path, blob in sorted(commit.files.items())
        if re.fullmatch(r"jobs/[^/]+", path) and (blob.kind == "commit" or blob.mode == "120000")
    ]
    directories = commit.jobs()
    try:
        judged(commit, federation_of(commit), directories)
    except Refused as refused:
        loose += refused.problems
    if loose:
        raise Refused(loose)
    print(f"{commit.sha}: {len(directories)} job(s), and a review sees everything that they run.")


def render(commit: Commit, directory: str, out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        raise Trouble(f"{out} is not empty: name another directory")
    directory = directory.strip("/")
    if directory not in commit.jobs():
        raise Trouble(f"the commit {commit.sha} has no {directory}: commit it first")
    (job,) = judged(commit, federation_of(commit), [directory])
    print(job.stage(out, {}))


def check_ref(commit: Commit) -> None:
    problems = platform_here().problems(commit, federation_of(commit))
    if problems:
        raise Trouble("Nothing is submitted:\n" + "\n".join(f"  {problem}" for problem in problems))
    print(f"{commit.sha} is on a protected branch.")


@dataclass(frozen=True)
class Due:
    """A directory that is to be submitted, or was by an earlier attempt of this run."""

    directory: str
    tree: str
    standing: Record | None = None


def due_for_dev(commit: Commit) -> list[Due]:
    """What a pull request changes: its merge commit against the branch that it goes to."""
    base = Commit(commit.root, f"{commit.sha}^1")
    trees = {directory: commit.tree(directory) for directory in commit.jobs()}
    return [Due(directory, tree) for directory, tree in trees.items() if tree and tree != base.tree(directory)]


def due_for_prod(commit: Commit, platform: Platform) -> list[Due]:
    """
    What differs from what was last submitted. Not what the push brought: of several runs that wait, GitHub keeps only
    the newest, and with the others their pushes would be forgotten.
    """
    due: list[Due] = []
    unreviewed = unreviewed_trees(commit)
    for directory in commit.jobs():
        tree = commit.tree(directory)
        if tree is None:
            continue
        if unreviewed.get(directory) == tree:
            platform.summary(f"- {shown(directory)}: left out, nobody had to review it")
            print(
                f"{shown(directory)}: left out. It is as it was before this repository had rules, and nobody had to review it: "
                "change it by a pull request, or delete it"
            )
            continue
        last = platform.last(directory, commit)
        if last is not None and last.run == platform.run and last.tree == tree:
            due.append(Due(directory, tree, last))
        elif last is not None and last.tree != tree and not commit.contains(last.commit):
            raise Trouble(
                f"{directory} was already submitted from {shown(last.commit)}, which is newer than {commit.sha}: run the newest commit instead"
            )
        elif last is None or last.tree != tree or (last.failed and platform.by_hand):
            due.append(Due(directory, tree))
    return due


def unreviewed_trees(commit: Commit) -> dict[str, str | None]:
    """The directories as they were before the rules, in a repository that was taken over with what it held."""
    since = os.environ.get("REVIEWED_SINCE", "")
    if not since:
        return {}
    if not commit.contains(since):
        raise Trouble(
            f"REVIEWED_SINCE is {shown(since)}, which is no commit before {commit.sha}: bring the variable of the "
            "environment prod back (pulumi up --refresh)"
        )
    before = Commit(commit.root, since)
    return {directory: before.tree(directory) for directory in before.jobs()}


def due(commit: Commit, platform: Platform) -> list[Due]:
    return due_for_dev(commit) if platform.proposed else due_for_prod(commit, platform)


def changed(commit: Commit) -> None:
    for one in due(commit, platform_here()):
        print(shown(one.directory))


def submit(commit: Commit, into: Path) -> None:
    platform = platform_here()
    federation = federation_of(commit)
    production = not platform.proposed
    if production:
        check_ref(commit)
    submissions = due(commit, platform)
    into.write_text("[]", encoding="utf-8")
    if not submissions:
        print("No job changed: nothing to run.")
        platform.summary("No job changed: nothing to run.")
        return
    jobs = judged(commit, federation, [one.directory for one in submissions])
    tags = platform.provenance()
    if production and any(one.standing is None for one in submissions):
        platform.keep()
    done: list[dict[str, Any]] = []

    def came_this_far() -> None:
        # The next step watches it, whatever happens to the others.
        into.write_text(json.dumps(done), encoding="utf-8")

    with tempfile.TemporaryDirectory() as home:
        azure = Azure(platform.token, home)
        azure.needs_extension()
        for one, job in zip(submissions, jobs, strict=True):
            if one.standing is not None:
                done.append({"directory": one.directory, "job": one.standing.job, "record": one.standing.id})
                print(f"{one.directory}: submitted before as {shown(one.standing.job)}")
            else:
                name = name_of(one.directory, commit.sha, platform.run) + ("" if production else f"-{platform.attempt}")
                with tempfile.TemporaryDirectory() as stage:
                    file = job.stage(Path(stage), {"name": name, "tags": tags})
                    answer = azure.submit(file, name)
                done.append({"directory": one.directory, "job": name, "record": None})
                came_this_far()
                if production:
                    done[-1]["record"] = platform.record(one.directory, one.tree, name)
                studio = str(((answer.get("services") or {}).get("Studio") or {}).get("endpoint") or "")
                link = f"[{name}]({studio})" if re.fullmatch(r"https://[A-Za-z0-9./?=&_%-]+", studio) else name
                print(f"{one.directory}: submitted as {name}")
                platform.summary(f"- {one.directory}: {link}")
            came_this_far()


def watch(commit: Commit, submitted: Path) -> None:
    running = json.loads(submitted.read_text(encoding="utf-8")) if submitted.exists() else []
    if not running:
        print("Nothing was submitted: nothing to watch.")
        return
    platform = platform_here()
    failed: list[str] = []
    seen: dict[str, str] = {}
    missed = 0
    with tempfile.TemporaryDirectory() as home:
        azure = Azure(platform.token, home)
        while running:
            for one in list(running):
                try:
                    status = azure.status(one["job"])
                    missed = 0
                except Trouble:
                    # The job runs on whether it is watched or not: an hour without an answer is no reason to give up.
                    missed += 1
                    if missed > PATIENCE:
                        raise
                    continue
                if seen.get(one["job"]) != status:
                    print(f"{one['job']}: {status}", flush=True)
                    seen[one["job"]] = status
                if status in ("Completed", "Failed", "Canceled"):
                    running.remove(one)
                    ended(platform, one, status)
                    if status != "Completed":
                        failed.append(f"{one['job']} ended as {status}: look at its logs in the studio")
            if running:
                time.sleep(POLL)
    if failed:
        raise Trouble("\n".join(failed))


def ended(platform: Platform, one: dict[str, Any], status: str) -> None:
    platform.summary(f"- {one['directory']}: {status}")
    if one["record"] is None:
        return
    try:
        platform.conclude(one["directory"], one["record"], status == "Completed")
    except Trouble as trouble:
        # How the job ended matters more than the note of it.
        print(f"{one['job']}: its end could not be noted: {trouble}", file=sys.stderr)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--repository", type=Path, default=repository(), help="checkout with the jobs; default: the one with this file"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("references", "check-ref", "changed"):
        commands.add_parser(name)
    for name in ("submit", "watch"):
        commands.add_parser(name).add_argument(
            "--list", type=Path, required=True, help="file that names what was submitted"
        )
    rendering = commands.add_parser("render")
    rendering.add_argument("job", help="directory of the job, such as jobs/hello-world")
    rendering.add_argument("--out", type=Path, required=True, help="directory to write to")
    options = parser.parse_args(arguments)
    try:
        commit = Commit(options.repository)
        if options.command == "references":
            references(commit)
        elif options.command == "render":
            render(commit, options.job, options.out)
        elif options.command == "check-ref":
            check_ref(commit)
        elif options.command == "changed":
            changed(commit)
        elif options.command == "submit":
            submit(commit, options.list)
        else:
            watch(commit, options.list)
    except Refused as refused:
        count = len(refused.problems)
        print(f"{count} problem{'' if count == 1 else 's'}; nothing was submitted:\n", file=sys.stderr)
        print("\n".join(harmless(str(problem)) for problem in refused.problems), file=sys.stderr)
        return 1
    except Trouble as trouble:
        print(harmless(str(trouble)), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
