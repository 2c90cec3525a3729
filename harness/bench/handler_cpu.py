"""CPU of the intake handler per report, as a multiple of the least that stores one.

Method: in one process of the runtime's Python (`harness.bench.runtime`) against the stub,
`HANDLER_CPU_ROUNDS` rounds of `HANDLER_CPU_REPORTS` labelled reports go through the handler and
through the floor, report by report and in turn: a processor that has just made the same call makes
it again for less, and neither shall gain by that. The floor is a bare handler that parses the body
and makes one `put_item` of an item as intake stored it, with the same client settings, and without
validation, log, hash or box. The figure is the median of the ratios of the two CPU times of a
round, after one warm-up round. Reports are sent with and without names, as in the demonstration, so
boxes are in the mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from harness.bench.reference_reports import post
from harness.bench.runtime import Runtime
from harness.bench.stub import Stub
from harness.bench.targets import Figure
from harness.demo.reports import labelled_reports

HANDLER_CPU_ROUNDS = 15
HANDLER_CPU_REPORTS = 40
HANDLER_CPU_PROGRAM = """
import gc, itertools, json, sys, time
events, path = sys.argv[1], sys.argv[2:]
sys.path[:0] = path
rounds = json.load(open(events))
sys.stdout = open("/dev/null", "w")

from functions.intake import deployment
from functions.intake.handler import handle
from casework.aws.services import clients
from casework.aws.table import report_table

items = []
item_of = report_table.item_of
def remembered(report):
    items.append(item_of(report))
    return items[-1]
report_table.item_of = remembered
for event in rounds[0]:
    handle(event, None)
report_table.item_of = item_of
client, kept = clients.client("dynamodb"), itertools.cycle(items)

def floor(event, context):
    body = json.loads(event["body"])
    client.put_item(TableName="cases", Item=next(kept))
    return {"statusCode": 201, "headers": {}, "body": json.dumps({"fields": len(body)})}

def spent(work, event):
    begun = time.process_time_ns()
    status = work(event, None)["statusCode"]
    spent = time.process_time_ns() - begun
    if status != 201:
        raise SystemExit("a report was not accepted")
    return spent

pairs = []
for number, events in enumerate(rounds):
    gc.collect()
    deployment.crowd_here.cache_clear()  # or so many in so short a time were asked for work
    ours = least = 0
    for place, event in enumerate(events, number):
        if place % 2:
            ours += spent(handle, event)
            least += spent(floor, event)
        else:
            least += spent(floor, event)
            ours += spent(handle, event)
    pairs.append((ours, least))
sys.__stdout__.write(json.dumps(pairs[1:]) + "\\n")
"""


def figures(runtime: Runtime, stub: Stub) -> Iterator[Figure]:
    """The figure of this file."""
    bodies = cycle(report.body for report in labelled_reports())
    rounds = [
        [post("/v1/reports", body) for body in islice(bodies, HANDLER_CPU_REPORTS)]
        for _ in range(HANDLER_CPU_ROUNDS + 1)
    ]
    with TemporaryDirectory() as folder:
        events = Path(folder) / "events.json"
        events.write_text(json.dumps(rounds), encoding="utf-8")
        pairs = runtime.answer(
            HANDLER_CPU_PROGRAM, str(events), *runtime.path("intake"), env=stub.environment()
        )
    yield Figure("handler_cpu_per_report", median(ours / floor for ours, floor in pairs))
