"""Runs a Python file whose `time.sleep` takes no time. The clock is a file, so that everybody reads the same."""

from __future__ import annotations

import json
import os
import runpy
import sys
import time
from pathlib import Path

clock = Path(os.environ["STUB"], "clock.json")


def now() -> float:
    return float(json.loads(clock.read_text())) if clock.exists() else 0.0


def sleep(seconds: float) -> None:
    clock.write_text(json.dumps(now() + seconds))


time.monotonic = now
time.sleep = sleep
sys.argv = [argument for argument in sys.argv[1:] if argument != "-I"]
runpy.run_path(sys.argv[0], run_name="__main__")
