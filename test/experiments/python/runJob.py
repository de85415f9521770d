"""Runs a rendered pipeline on this computer, as Azure ML would: each step in its own process, once its inputs are there.

    runJob.py JOB.yml DIRECTORY

Every datastore is a folder of DIRECTORY. Prints, for each step in order, what it printed.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

source = Path(sys.argv[1])
stores = Path(sys.argv[2])
job = json.loads(source.read_text())


def place(step: str, port: str) -> Path:
    path = job["jobs"][step]["outputs"][port]["path"].removeprefix("azureml://datastores/").replace("/paths/", "/")
    return stores / path.replace("${{name}}", step)


def value(given: Any) -> str:
    bound = re.fullmatch(r"\$\{\{parent\.jobs\.(\w+)\.outputs\.(\w+)\}\}", str(given))
    return str(place(bound[1], bound[2])) if bound else str(given)


def needs(step: str) -> set[str]:
    given = job["jobs"][step].get("inputs", {}).values()
    return {bound[1] for one in given if (bound := re.match(r"\$\{\{parent\.jobs\.(\w+)\.", str(one)))}


def run(step: str) -> str:
    spec = job["jobs"][step]
    component = json.loads((source.parent / spec["component"]).read_text())
    ports = {f"inputs.{port}": value(given) for port, given in spec.get("inputs", {}).items()}
    ports |= {f"outputs.{port}": str(place(step, port)) for port in spec["outputs"]}
    command = re.sub(r"\$\{\{([\w.]+)\}\}", lambda found: shlex.quote(ports[found[1]]), component["command"])
    program = [sys.executable, *shlex.split(command)[1:]]
    code = source.parent / component["code"]
    return subprocess.run(program, cwd=code, capture_output=True, text=True, check=True).stdout


done: dict[str, str] = {}
while len(done) < len(job["jobs"]):
    ready = [step for step in job["jobs"] if step not in done and needs(step) <= done.keys()]
    if not ready:
        sys.exit(f"no step can begin; waiting: {sorted(job['jobs'].keys() - done.keys())}")
    done |= {step: run(step) for step in ready}
print(json.dumps(done))
