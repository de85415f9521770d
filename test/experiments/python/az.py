"""Stands in for the Azure CLI: signs in for an hour, keeps jobs, and writes down how it was called."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

state = Path(os.environ["STUB"])
arguments = sys.argv[1:]


def read(name: str, otherwise: Any) -> Any:
    return json.loads((state / name).read_text()) if (state / name).exists() else otherwise


def write(name: str, value: Any) -> None:
    (state / name).write_text(json.dumps(value))


def fail(text: str) -> NoReturn:
    print(f"ERROR: {text}", file=sys.stderr)
    sys.exit(1)


def option(name: str) -> str:
    return arguments[arguments.index(name) + 1]


now = float(read("clock.json", 0))
session = Path(os.environ["AZURE_CONFIG_DIR"], "session")
secret = ("ACTIONS_ID_TOKEN", "GITHUB_TOKEN", "SYSTEM_ACCESSTOKEN")
secrets = [name for name in os.environ if name.startswith(secret)]
write("calls.json", [*read("calls.json", []), {"at": now, "arguments": arguments, "secrets": secrets}])

faults = read("faults.json", [])
for fault in faults:
    if fault["times"] > 0 and fault["on"] in " ".join(arguments):
        fault["times"] -= 1
        write("faults.json", faults)
        # A lost answer: Azure did what it was asked, and nobody heard.
        if not fault.get("lost"):
            fail(fault["says"])

if arguments[0] == "version":
    print(json.dumps({"azure-cli": "2.81.0", "extensions": read("extensions.json", {"ml": "2.43.0"})}))
elif arguments[:2] == ["extension", "add"]:
    write("extensions.json", {option("--name"): option("--version")})
elif arguments[0] == "login":
    where = Path(option("--federated-token").removeprefix("@"))
    if where.stat().st_mode & 0o077:
        fail("everybody can read the token")
    token = json.loads(where.read_text())
    if token["audience"] != "api://AzureADTokenExchange" or now - token["issued"] > 300:
        fail("AADSTS700024: Client assertion is not within its valid time range.")
    session.write_text(str(now + 3600))
    print(json.dumps([{"id": "subscription"}]))
elif not session.exists():
    fail("Please run 'az login' to setup account.")
elif now > float(session.read_text()):
    fail("AADSTS700024: Client assertion is not within its valid time range. Current time: now.")
else:
    jobs = read("jobs.json", {})
    if arguments[:3] == ["ml", "job", "create"]:
        file = Path(option("--file"))
        document = json.loads(file.read_text())
        name = document["name"]
        if name in jobs:
            fail(f"(UserError) A job with the name {name} already exists.")
        length = read("lengths.json", {}).get(document["display_name"], 0)
        files = sorted(str(path.relative_to(file.parent)) for path in file.parent.rglob("*") if path.is_file())
        jobs[name] = {"document": document, "files": files, "ends": now + length}
        write("jobs.json", jobs)
        if any(fault.get("lost") and fault["on"] in " ".join(arguments) for fault in faults if fault["times"] == 0):
            write("faults.json", [fault for fault in faults if not fault.get("lost")])
            fail("(504) GatewayTimeout")
    elif option("--name") not in jobs:
        fail("(UserError) The job was not found.")
    else:
        name = option("--name")
    outcome = read("outcomes.json", {}).get(jobs[name]["document"]["display_name"], "Completed")
    status = outcome if now >= jobs[name]["ends"] else "Running"
    studio = f"https://ml.azure.com/runs/{name}?wsid=/subscriptions/s"
    print(json.dumps({"name": name, "status": status, "services": {"Studio": {"endpoint": studio}}}))
