"""What one file costs: write units, reads, requests of S3, KMS and queues, and processor time.

Method: reports with files go through the real handlers on moto, in four acts: the slot (intake),
what is kept (the receiver, from the event until the file is marked in its case), what is examined
(the examiner, and the receiver that takes its result), and the renewal of the lock, once a month
(the repair). Beside them, what a file in three parts costs more than one of one part, by part.
The meter counts every call. KMS is also asked by S3 itself for each object of the
bucket of uploads that is written or read, since its bucket keys are off; those requests are counted
by the calls that cause them.

Processor times are of a file of five MiB. The receiver's is compared with hashing and sealing the
same bytes, in pairs and without the time that moto takes; the examiner's, for a photograph of
twelve million points, with the start of a bare interpreter.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from unittest import mock

import boto3
from moto.core.botocore_stubber import BotocoreStubber

from casework.aws.services import clients, file_sealing, public_keys
from casework.aws.services.public_keys import PublicKey
from casework.aws.table import keys
from casework.report.multipart import BYTES_PER_MIB, UPLOAD_PART_BYTES
from harness.bench.cost_meter import CostMeter
from harness.bench.deployment import BENCH_TABLE, REGION, BenchDeployment, bench_deployment
from harness.bench.reference_reports import post
from harness.bench.targets import FILE_ACTS, FILE_COSTS, Figure
from harness.demo.reports import labelled_reports

FILES: Final = 9
"""Files that are counted; the median is told."""
FILE_ROUNDS: Final = 7
SMALL: Final = 40_000
"""Bytes of a counted file: its length changes no count."""
LARGE: Final = 5 * BYTES_PER_MIB
DROP, VAULT, PREVIEWS = "drop", "vault", "previews"
PERFORMANCE_PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGINS, ENDS = "<!-- drawn: files -->\n", "<!-- end -->"


@dataclass(frozen=True)
class Cost:
    """What one act costs for one file."""

    write_units: float
    read_units: float
    s3: float
    """Requests of our functions, and the reporter's form."""
    kms: float
    """Requests of our functions, and of S3 for each upload that is written or read."""
    queue: float

    @classmethod
    def of(cls, counted: CostMeter, uploads: int = 0) -> Cost:
        """The cost of what was counted, and of so many forms of reporters."""
        return cls(
            write_units=sum(each.units for each in counted.writes),
            read_units=sum(each.units for each in counted.reads),
            s3=uploads + _called(counted.calls, "s3"),
            kms=uploads + _called(counted.calls, "kms") + counted.calls["s3.GetObject"],
            queue=_called(counted.calls, "sqs"),
        )


def _called(calls: Counter[str], service: str) -> int:
    return sum(n for name, n in calls.items() if name.startswith(f"{service}."))


def figures() -> Iterator[Figure]:
    """The figures of this file; writes them into the page of the docs."""
    acts = count_file_costs()
    for act, cost in acts.items():
        for name, value in vars(cost).items():
            yield Figure(f"file_{act}_{name}", value)
    receive = received_cpu()
    yield Figure("file_receive_cpu", receive.ratio)
    yield Figure("file_receive_ms", receive.milliseconds)
    examine = examined_cpu()
    yield Figure("file_examine_cpu", examine.ratio)
    yield Figure("file_examine_ms", examine.milliseconds)
    PERFORMANCE_PAGE.write_text(render_performance_page(acts), "utf-8")


# ---- counts --------------------------------------------------------------------------------------


def count_file_costs() -> dict[str, Cost]:
    """The cost of each act, median of some files."""
    from functions.evidence import repair

    found: dict[str, list[Cost]] = {act: [] for act in FILE_ACTS}
    with taking_files() as system:
        for number in range(FILES):
            picture = _photograph(320, 240, number)
            whole = _sent(system, 2 * number, picture.ljust(SMALL, b"\0"))
            parts = _sent(
                system, 2 * number + 1, picture.ljust(2 * UPLOAD_PART_BYTES + SMALL, b"\0")
            )
            for act, cost in whole.items():
                found[act].append(cost)
            found["part"].append(_more(parts, whole, by=2))
        later = datetime.now(UTC) + timedelta(days=25)
        with mock.patch.object(repair, "now", return_value=later):
            system.meter.emptied()
            repair.handle({}, None)
            renewed = system.meter.emptied()
    acts = {act: _median(costs) for act, costs in found.items() if costs}
    return {**acts, "renewed": _share(Cost.of(renewed), 2 * FILES)}


def _sent(system: BenchDeployment, number: int, content: bytes) -> dict[str, Cost]:
    """The acts of one file until it is examined."""
    from functions.evidence import receive
    from functions.examine import handler as examiner

    sent = _report(system, number)
    system.meter.emptied()
    forms = _slot(sent, content)
    slot = Cost.of(system.meter.emptied())
    for form in forms:
        _put(form, content)
        _told(receive.handle, {"key": form["fields"]["key"]})
    kept = Cost.of(system.meter.emptied(), uploads=len(forms))
    (asked,) = _taken(os.environ["EXAMINER"])
    system.meter.emptied()
    _told(examiner.handle, asked)
    looked = system.meter.emptied()
    (result,) = _taken(os.environ["RESULTS"])
    system.meter.emptied()
    _told(receive.handle, result)
    taken = system.meter.emptied()
    both = CostMeter(looked.calls + taken.calls, taken.writes, taken.reads)
    return {"slot": slot, "kept": kept, "examined": Cost.of(both)}


def _more(much: dict[str, Cost], little: dict[str, Cost], by: int) -> Cost:
    """What all acts together cost more, shared."""

    def total(acts: dict[str, Cost], what: str) -> float:
        return sum(float(vars(each)[what]) for each in acts.values())

    return Cost(*((total(much, what) - total(little, what)) / by for what in FILE_COSTS))


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        *(median(values) for values in zip(*(vars(c).values() for c in costs), strict=True))
    )


def _share(cost: Cost, of: int) -> Cost:
    return Cost(*(value / of for value in vars(cost).values()))


@contextmanager
def taking_files() -> Iterator[BenchDeployment]:
    """The system of the bench with what takes files."""
    from functions.evidence import deployment
    from functions.examine import handler as examiner

    caches = (deployment.receive_settings, deployment.repair_settings, examiner.settings)
    with bench_deployment() as system:
        s3: Any = boto3.client("s3")
        where: Any = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
        s3.create_bucket(Bucket=DROP, **where)
        s3.put_bucket_versioning(Bucket=DROP, VersioningConfiguration={"Status": "Enabled"})
        s3.create_bucket(Bucket=VAULT, ObjectLockEnabledForBucket=True, **where)
        s3.create_bucket(Bucket=PREVIEWS, **where)
        key, results = os.environ["CONTACT_KEY"], _queue("arrivals")
        half = public_keys.fetch_public_key(key)
        files = {
            "VAULT": VAULT,
            "EVIDENCE_KEY": key,
            "EVIDENCE_PUBLIC_KEY": half,
            "EXAMINER": _queue("kept"),
            "SCANNER": "off",
            "QUEUE": results,
            "RESULTS": results,
            "LOCKS": "on",
            "PREVIEWS": PREVIEWS,
            "PREVIEW_KEY": key,
            "PREVIEW_PUBLIC_KEY": half,
        }
        with mock.patch.dict(os.environ, files):
            for each in caches:
                each.cache_clear()
            yield system
    for each in caches:
        each.cache_clear()


def _queue(name: str) -> str:
    return str(boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"])


def _taken(url: str) -> list[dict[str, Any]]:
    queue: Any = boto3.client("sqs")
    found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ())
    for each in found:
        queue.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [json.loads(each["Body"]) for each in found]


def _told(handle: Callable[[dict[str, Any], object], dict[str, Any]], body: Any) -> None:
    answer = handle({"Records": [{"messageId": "1", "body": json.dumps(body)}]}, None)
    if answer["batchItemFailures"]:
        raise RuntimeError("a file of the bench was not taken")


def _report(system: BenchDeployment, number: int) -> dict[str, Any]:
    """The answer to a report, which is in a case then."""
    from functions.intake import handler as intake

    label = next(iter(labelled_reports()))
    body = {**label.body, "narrative": f"{label.body['narrative']} {number}"}
    sent: dict[str, Any] = json.loads(intake.handle(post("/v1/reports", body), None)["body"])
    boto3.client("dynamodb").update_item(
        TableName=BENCH_TABLE,
        Key={name: {"S": value} for name, value in keys.report_key(sent["reference"]).items()},
        UpdateExpression="SET case_id = :case",
        ExpressionAttributeValues={":case": {"S": f"CASE-{number}"}},
    )
    return sent


def _slot(sent: dict[str, Any], content: bytes) -> list[dict[str, Any]]:
    """The forms of all parts of a file."""
    from functions.intake import handler as intake

    path = f"/v1/reports/{sent['reference']}/evidence"
    begins = range(0, len(content), UPLOAD_PART_BYTES)
    parts = [hashlib.sha256(content[at : at + UPLOAD_PART_BYTES]).hexdigest() for at in begins]
    event = post(path, {"name": "capture.jpg", "size": len(content), "parts": parts})
    event["headers"]["authorization"] = f"Receipt {sent['receipt']}"
    answer = intake.handle(event, None)
    if answer["statusCode"] != 201:
        raise RuntimeError(answer["body"])
    forms: list[dict[str, Any]] = json.loads(answer["body"])["uploads"]
    return forms


def _put(form: dict[str, Any], content: bytes) -> None:
    past_the_meter: Any = boto3.Session().client("s3")
    part = content[form["begins"] : form["begins"] + form["size"]]
    past_the_meter.put_object(Bucket=DROP, Key=form["fields"]["key"], Body=part)


def _photograph(wide: int, high: int, number: int) -> bytes:
    from PIL import Image

    points = random.Random(number).randbytes(wide * high // 64 * 3)  # noqa: S311 - a simulation
    out = io.BytesIO()
    small = Image.frombytes("RGB", (wide // 8, high // 8), points)
    small.resize((wide, high)).save(out, "JPEG", quality=85)
    return out.getvalue()


# ---- processor time ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spent:
    """Processor time of a function for one file."""

    ratio: float
    """To the floor, median of the rounds."""
    milliseconds: float
    """On this machine, the least of the rounds."""


class _Moto:
    """The processor time that the emulated services take."""

    def __init__(self) -> None:
        self.spent, self._really = 0, BotocoreStubber.__call__

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Count it while this lasts."""

        def answer(stubber: Any, *args: Any, **named: Any) -> Any:
            begun = time.process_time_ns()
            try:
                return self._really(stubber, *args, **named)
            finally:
                self.spent += time.process_time_ns() - begun

        with mock.patch.object(BotocoreStubber, "__call__", answer):
            yield


def received_cpu() -> Spent:
    """The receiver's, for five MiB, compared with hashing and sealing them."""
    from functions.evidence import receive

    pairs: list[tuple[int, int]] = []
    with taking_files() as system:
        clients.reset_clients()  # the meter's own reads would count
        key = PublicKey.parse(os.environ["EVIDENCE_KEY"], os.environ["EVIDENCE_PUBLIC_KEY"])
        for number in range(FILE_ROUNDS + 1):
            content = random.Random(number).randbytes(LARGE)  # noqa: S311 - a simulation
            forms = _slot(_report(system, number), content)
            for form in forms:
                _put(form, content)
            moto = _Moto()
            with moto.apart():
                last = forms[-1]["fields"]["key"]
                whole = _cpu(partial(_told, receive.handle, {"key": last}))
            pairs.append((whole - moto.spent, _cpu(partial(_sealed, content, key))))
    return _spent(pairs)


def _sealed(content: bytes, key: PublicKey) -> None:
    hashlib.sha256(content).hexdigest()
    sealed = file_sealing.seal_file([content], key=key, reference="r", number=1)
    b"".join(sealed.ciphertext)


def examined_cpu() -> Spent:
    """The examiner's, for a photograph, compared with the start of a bare interpreter."""
    from functions.examine.sandbox import inspect_sandboxed

    photograph = _photograph(4_000, 3_000, 1)
    bare = partial(subprocess.run, [sys.executable, "-I", "-c", ""], check=True)
    pairs = [
        (_cpu(partial(inspect_sandboxed, photograph)), _cpu(bare)) for _ in range(FILE_ROUNDS + 1)
    ]
    return _spent(pairs)


def _cpu(work: Callable[[], object]) -> int:
    """Nanoseconds of this process and of those that it started and that ended."""

    def now() -> int:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time_ns() + round((children.ru_utime + children.ru_stime) * 1e9)

    begun = now()
    work()
    return now() - begun


def _spent(pairs: list[tuple[int, int]]) -> Spent:
    """Without the first round, which loads what the others find loaded."""
    rounds = pairs[1:]
    return Spent(
        median(whole / floor for whole, floor in rounds), min(whole for whole, _ in rounds) / 1e6
    )


# ---- the page ------------------------------------------------------------------------------------


def file_costs_table(acts: dict[str, Cost]) -> Iterator[str]:
    """The counts as a table of Markdown."""
    yield f"| a file | {' | '.join(FILE_COSTS.values())} |\n"
    yield f"|---|{'---:|' * len(FILE_COSTS)}\n"
    for act, cost in acts.items():
        cells = " | ".join(f"{value:.3g}" for value in vars(cost).values())
        yield f"| {FILE_ACTS[act][0]} | {cells} |\n"


def render_performance_page(acts: dict[str, Cost]) -> str:
    """The page with the counts as they are now."""
    before, _, rest = PERFORMANCE_PAGE.read_text("utf-8").partition(BEGINS)
    after = rest.partition(ENDS)[2]
    return f"{before}{BEGINS}{''.join(file_costs_table(acts))}{ENDS}{after}"
