"""Loads each job file that is named with the real Azure ML library, validates it offline, and tells what it became."""

from __future__ import annotations

import json
import sys
from typing import Any

from azure.ai.ml import load_job


def told(file: str) -> dict[str, Any]:
    job = load_job(file)
    # The CLI calls the same before it sends anything; the part that asks the workspace is left out.
    result = job._validate()
    return {
        "errors": [f"{error.yaml_path}: {error.message}" for error in result._errors],
        "name": job.name,
        "tags": dict(job.tags),
        "steps": {
            name: {
                "compute": step.compute,
                "command": step.component.command,
                "environment": str(step.component.environment),
                "outputs": {port: output.path for port, output in step.outputs.items()},
            }
            for name, step in job.jobs.items()
        },
    }


print(json.dumps([told(file) for file in sys.argv[1:]]))
