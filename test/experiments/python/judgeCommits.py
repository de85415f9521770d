"""Judges every job of each commit that is named with submit.py, and tells the problems of each as a JSON list."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

file, directory, *names = sys.argv[1:]
spec = importlib.util.spec_from_file_location("submit", file)
if spec is None or spec.loader is None:
    sys.exit(f"{file} is no Python")
submit = importlib.util.module_from_spec(spec)
sys.modules["submit"] = submit
spec.loader.exec_module(submit)


def problems(name: str) -> list[str]:
    commit = submit.Commit(Path(directory), name)
    try:
        submit.references(commit)
    except submit.Refused as refused:
        return [str(problem) for problem in refused.problems]
    return []


# What `references` prints is not the answer.
answer, sys.stdout = sys.stdout, sys.stderr
print(json.dumps([problems(name) for name in names]), file=answer)
