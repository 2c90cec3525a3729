"""The first call of each function in a process, and the first assessment of triage.

Method: as `harness.bench.cold_start`, but only what comes after the import counts: the CPU time of
the process from there to the end of its first call, as a multiple of a bare interpreter in the same
round. The stub of the services has no item, no case and no file, so a call goes as far as the
answer that nothing is there: it imports botocore, makes clients and models, and reads the pack.
Triage also reads the lexicons and the map, which are `first_assessment` alone.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from statistics import median
from typing import Any, Final
from urllib.parse import parse_qsl

from casework.aws.services import sign_in
from casework.case.execution_state import WORKFLOW_VERSION
from casework.report.multipart import part_object_name
from harness.bench.cold_start import BARE, cpu_of
from harness.bench.reference_reports import post
from harness.bench.runtime import Runtime
from harness.bench.stub import Stub
from harness.bench.targets import FUNCTIONS, Figure

FIRST_CALL_ROUNDS: Final = 9
CASE: Final = "C-0000-0000-0000-0000-0"
FIRST_CALL_PROGRAM: Final = """
import importlib, json, os, sys, time
module, work, event = json.loads(sys.argv[1])
sys.path[:0] = sys.argv[2:]
handle = getattr(importlib.import_module(module), work)
out, sys.stdout = sys.stdout, open(os.devnull, "w")
begun = time.process_time()
try:
    handle(*event)
except Exception:
    pass  # the stub has no item of that name: the call has its cost, whatever its answer
if "botocore.client" not in sys.modules:
    raise SystemExit("this call asked no service")
spent = time.process_time() - begun
out.write(json.dumps(spent))
"""
ASSESSMENT: Final = """
import json, sys, time
sys.path[:0] = sys.argv[1:]
import functions.triage.link as link
begun = time.process_time()
link.read_ahead(link.open_pack("ma"))
print(json.dumps(time.process_time() - begun))
"""


def analyst_request(path: str, query: str = "", method: str = "GET") -> dict[str, Any]:
    """A request of an analyst."""
    event = post(path, {}) | {
        "rawQueryString": query,
        "queryStringParameters": dict(parse_qsl(query)),
    }
    event["requestContext"]["http"]["method"] = method
    claims = {"sub": "s", "client_id": "client", "token_use": "access"}
    claims["scope"] = sign_in.PROGRAM_SCOPE
    event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return event


def stream_record(partition: str, sort: str) -> dict[str, Any]:
    """A record of the table's stream."""
    keys = {"pk": {"S": partition}, "sk": {"S": sort}}
    change = {"Keys": keys, "SequenceNumber": "1", "NewImage": keys}
    return {"Records": [{"eventName": "INSERT", "dynamodb": change}]}


def queue_message(message: dict[str, Any]) -> dict[str, Any]:
    """A message of a queue."""
    return {"Records": [{"body": json.dumps(message), "messageId": "1"}]}


def first_events(stub: Stub) -> dict[str, tuple[str, list[Any]]]:
    """By the word of each function: what it is called, and its first event."""
    opening = f"/v1/desk/cases/{CASE}/identity-requests/1/opening"
    months = "from=2026-01&to=2026-03"
    news = {"data": {"case": CASE, "news": "received"}}
    upload = {"key": part_object_name("0" * 32, 1), "versions": ["1"]}
    journey = {"case_id": CASE, "run": 1, "status": "received", "wait_seconds": 60}
    step = {"journey": journey, "drawn": WORKFLOW_VERSION, "task_token": "t", "tries": 0}
    events: dict[str, tuple[str, Any]] = {
        "intake": ("handle", json.loads(stub.event_text())),
        "desk": ("handle", analyst_request("/v1/desk/queue")),
        "link": ("handle", stream_record("REPORT#" + "0" * 12, "REPORT")),
        "steps": ("triage", step),
        "reconcile": ("handle", {}),
        "sweep": ("handle", {}),
        "notify": ("referral", step),
        "tell": ("handle", queue_message(news)),
        "count": ("handle", stream_record("REPORT#" + "0" * 12, "REPORT")),
        "bilan": ("handle", analyst_request("/v1/statistics", months)),
        "custody": ("handle", analyst_request(opening, method="POST")),
        "session": ("handle", analyst_request(f"{sign_in.SESSION_PATH}/start")),
        "receive": ("handle", queue_message(upload)),
        "repair": ("handle", {}),
        "opening": (
            "handle",
            analyst_request(f"/v1/desk/cases/{CASE}/files/opening", method="POST"),
        ),
        "examine": ("handle", queue_message(upload)),
        "dossier": ("handle", queue_message({"name": "0" * 32})),
        "stamp": ("handle", {}),
        "seal_day": ("handle", {}),
        "verify_days": ("handle", {}),
        "rehash_vault": ("handle", {}),
        "public_keys": (
            "answer",
            {"RequestType": "Create", "ResourceProperties": {"Key": "k"}, "StackId": "s",
             "RequestId": "r", "LogicalResourceId": "l"},
        ),
    }  # fmt: skip
    return {
        name: (work, [event] if work == "answer" else [event, None])
        for name, (work, event) in events.items()
    }


def figures(runtime: Runtime, stub: Stub) -> Iterator[Figure]:
    """The figures of this file."""
    commands = {
        f"first_call_{name}": runtime.command(
            FIRST_CALL_PROGRAM,
            json.dumps([FUNCTIONS[name], work, events]),
            *runtime.path(FUNCTIONS[name].split(".")[1]),
        )
        for name, (work, events) in first_events(stub).items()
    }
    commands["first_assessment"] = runtime.command(ASSESSMENT, *runtime.path("triage"))
    environment = stub.environment()
    ratios: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(FIRST_CALL_ROUNDS + 1):
        bare = cpu_of(runtime.command(BARE), environment)
        for name, command in commands.items():
            spent = _spent(command, environment)
            if number:
                ratios[name].append(spent / bare)
    for name, found in ratios.items():
        yield Figure(name, median(found))


def _spent(command: list[str], environment: dict[str, str]) -> float:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])
