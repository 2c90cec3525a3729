"""Write units of telling one reporter that there is news.

Method: labelled reports whose reporters left a contact open cases and go to a unit
(`harness.bench.reference_reports`); then the sender tells the news of the case, as the queue would
ask it to. Opening the box is replaced, because moto opens none; e-mail goes to moto. A case with
one reporter costs most: a page of fifty shares the line in the log.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import islice
from statistics import median
from typing import Any, Final
from unittest import mock

import boto3

from casework.aws.services import sealed_boxes
from casework.aws.table import glance_queue
from casework.aws.table.case_table import CaseTable
from casework.report.reporter_news import is_reporter_news, news_name
from harness.bench.deployment import BENCH_TABLE, BenchDeployment, bench_deployment
from harness.bench.reference_reports import (
    RunResult,
    link,
    send_measured_report,
    staff,
    total_write_units,
)
from harness.bench.targets import Figure
from harness.demo.reports import LabelledReport, labelled_reports

NOTIFIED_REPORTS: Final = 12
SENDER: Final = "news@example.org"


def figures() -> Iterator[Figure]:
    """The figure of this file."""
    with_contact = (each for each in labelled_reports() if "contact" in each.body["disclosure"])
    with bench_deployment() as system:
        staff("analyst", "analyst")
        staff("second", "analyst")
        boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        queue = boto3.client("sqs").create_queue(QueueName="reporters")["QueueUrl"]
        told = {"SENDER": SENDER, "SHORT_MESSAGES": "off", "QUEUE": queue}
        with mock.patch.dict(os.environ, told):
            costs = [
                cost
                for label in islice(with_contact, NOTIFIED_REPORTS)
                if (cost := _told(system, label)) is not None
            ]
    yield Figure("telling_units", median(costs))


def _told(system: BenchDeployment, label: LabelledReport) -> int | None:
    """Units of telling the reporter of a case; None for a report that joined another one."""
    reference, _ = send_measured_report(system, label.body)
    link(system, label, reference, RunResult())
    table = CaseTable(BENCH_TABLE)
    report = table.reports.get_report(reference)
    if report is None or report.case_id is None or report.linked_by:
        return None
    news = max(each.number for each in table.events(report.case_id) if is_reporter_news(each))
    glance_queue.dequeue_seen_reports(
        BENCH_TABLE, [reference]
    )  # as the stream does after the first decision
    system.meter.emptied()
    _tell(report.case_id, news, label)
    return total_write_units(system.meter.emptied().writes)


def _tell(case_id: str, event: int, label: LabelledReport) -> None:
    from functions.notify import reporters

    contact = json.dumps(label.body["disclosure"]["contact"]).encode()
    said = {"case": case_id, "news": news_name(case_id, event)}
    message: dict[str, Any] = {"messageId": "1", "body": json.dumps({"data": said})}
    with mock.patch.object(sealed_boxes, "unseal_stored_box", return_value=contact):
        answer = reporters.handle({"Records": [message]}, None)
    if answer["batchItemFailures"]:
        raise RuntimeError(f"the reporter of {label.id} was not told")
