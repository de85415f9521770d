"""Reads YAML texts with the reader of submit.py. Takes a JSON list of texts; answers with what each says, or why not."""

from __future__ import annotations

import importlib.util
import json
import sys
from typing import Any

spec = importlib.util.spec_from_file_location("submit", sys.argv[1])
assert spec is not None and spec.loader is not None
submit = importlib.util.module_from_spec(spec)
sys.modules["submit"] = submit
spec.loader.exec_module(submit)


def read(text: str) -> dict[str, Any]:
    try:
        value = submit.Reader("job.yml", submit.text_of("job.yml", text.encode())).document().plain()
        return {"value": value, "written": submit.written(value)}
    except submit.Refused as refused:
        return {"refused": str(refused)}


print(json.dumps([read(text) for text in json.load(sys.stdin)]))
