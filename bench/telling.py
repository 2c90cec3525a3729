"""Write units of telling one reporter that there is news.

Method: labelled reports whose reporters left a contact open cases and go to a unit
(`bench.golden`); then the sender tells the news of the case, as the queue would ask it to. Opening
the box is replaced, because moto opens none; e-mail goes to moto. A case with one reporter costs
most: a page of fifty shares the line in the log.
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

from bench.deployment import TABLE, Deployment, deployed
from bench.golden import Travelled, link, sent, staff, units
from bench.targets import Figure
from casework.aws.services import sealing
from casework.aws.table import glances
from casework.aws.table.case_table import CaseTable
from casework.report.notices import is_news, news_of
from demo.reports import Labelled, labelled_reports

REPORTS: Final = 12
SENDER: Final = "news@example.org"


def figures() -> Iterator[Figure]:
    """The figure of this file."""
    with_contact = (each for each in labelled_reports() if "contact" in each.body["disclosure"])
    with deployed() as system:
        staff("analyst", "analyst")
        staff("second", "analyst")
        boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        queue = boto3.client("sqs").create_queue(QueueName="reporters")["QueueUrl"]
        told = {"SENDER": SENDER, "SHORT_MESSAGES": "off", "QUEUE": queue}
        with mock.patch.dict(os.environ, told):
            costs = [
                cost
                for label in islice(with_contact, REPORTS)
                if (cost := _told(system, label)) is not None
            ]
    yield Figure("telling_units", median(costs))


def _told(system: Deployment, label: Labelled) -> int | None:
    """Units of telling the reporter of a case; None for a report that joined another one."""
    reference, _ = sent(system, label.body)
    link(system, label, reference, Travelled())
    table = CaseTable(TABLE)
    report = table.reports.one(reference)
    if report is None or report.case_id is None or report.linked_by:
        return None
    news = max(each.number for each in table.events(report.case_id) if is_news(each))
    glances.seen_by_others(TABLE, [reference])  # as the stream does after the first decision
    system.meter.emptied()
    _tell(report.case_id, news, label)
    return units(system.meter.emptied().writes)


def _tell(case_id: str, event: int, label: Labelled) -> None:
    from functions.notify import reporters

    contact = json.dumps(label.body["disclosure"]["contact"]).encode()
    said = {"case": case_id, "news": news_of(case_id, event)}
    message: dict[str, Any] = {"messageId": "1", "body": json.dumps({"data": said})}
    with mock.patch.object(sealing, "unseal", return_value=contact):
        answer = reporters.handle({"Records": [message]}, None)
    if answer["batchItemFailures"]:
        raise RuntimeError(f"the reporter of {label.id} was not told")
