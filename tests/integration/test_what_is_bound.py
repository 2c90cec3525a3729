"""Every edit of what is kept of a case is found by hand and by night, or free for a reason."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import boto3
import pytest

from casework.aws import items, keys, log, step, verification
from casework.aws.custody_table import request_item, waiting_key
from casework.aws.messages import StoredMessage, message_item, message_to
from casework.aws.report_table import NewAddition, ReportTable
from casework.case import Case, stamp
from casework.custody import IdentityWish, Release, asked
from casework.followup import Addition, fold_addition, messaged
from casework.moves.merging import merged
from casework.outcomes import suspect_event
from casework.sealing_days import Leaf
from casework.staff import Role
from casework.suspects import Happening
from functions.history import seal_day, verify_days
from functions.history.seals import read_leaves
from functions.triage import link
from tests.builders import RABAT, a_member, clocks_of
from tests.integration.nights import BUCKET
from tests.office import ANALYST, OFFICER, TABLE, Office, open_office

NAMED = {
    "kind": "identified",
    "contact": {"email": "nadia@example.org"},
    "identity": {"name": "Nadia Alami"},
}
PHONE, OTHER = "0600004117", "0600004118"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(monkeypatch) as opened:
        made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        monkeypatch.setenv("SIGNING_KEY", made["KeyMetadata"]["Arn"])
        monkeypatch.setenv("BUCKET", BUCKET)
        boto3.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
        )
        for nightly in (seal_day, verify_days):
            monkeypatch.setattr(nightly, "now", lambda: step.now() + timedelta(days=1))
            nightly.settings.cache_clear()
        log._marked.clear()
        log.grew.cache_clear()
        yield opened
        for nightly in (seal_day, verify_days):
            nightly.settings.cache_clear()


def naming(phone: str) -> dict[str, Any]:
    return {
        "narrative": "Il demande de l'argent sur mon compte.",
        "locations": [{"kind": "phone", "value": phone}],
    }


def add(reference: str, name: str, **said: Any) -> None:
    """The reporter adds to their report, and the stream tells of it."""
    content = fold_addition(Addition.model_validate(said))
    ReportTable(TABLE).add_once(
        NewAddition(
            reference=reference,
            addition=name,
            added_at=stamp(step.now()),
            content=content,
            pepper="1",
            body_mac=b"m" * 16,
            correlation_id=str(uuid.uuid4()),
            contact_box=b"a sealed contact",
        ),
        50,
    )
    key = keys.addition_key(reference, name)
    record = {
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": {each: {"S": value} for each, value in key.items()},
            "SequenceNumber": "1",
        },
    }
    assert link.handle({"Records": [record]}, None) == {"batchItemFailures": []}


def write(office: Office, case: Case, text: str, *reports: str) -> None:
    """Staff write to the reporters of some reports of a case, or of all."""
    made: list[StoredMessage] = []

    def change(now: Case) -> Any:
        made.append(StoredMessage(now.events + 1, stamp(step.now()), ANALYST, text, reports, "k"))
        return messaged(now, step.now(), ANALYST, reports=reports, bound=made[-1].bound)

    def also() -> list[Any]:
        beside = [message_to(case.id, made[-1], each) for each in reports]
        kept = [message_item(case.id, made[-1]), *beside]
        return [items.putting(TABLE, each) for each in kept]

    office.table.update(case.id, change, also=also)


def ask_identity(office: Office, case: Case, reference: str) -> None:
    """The unit asks who a reporter is, and a custodian has not decided yet."""
    officer = a_member(Role.OFFICER, RABAT, subject=OFFICER)
    wish = IdentityWish(report=reference, motive="Confirmer le virement avec la victime.")
    made: list[Any] = []

    def change(now: Case) -> Any:
        move, request = asked(
            now,
            step.now(),
            officer,
            wish,
            number=1,
            disclosure="identified",
            rules=Release(),
            key="k",
        )
        made.append(request)
        return move

    def also() -> list[Any]:
        return [
            items.putting(TABLE, request_item(made[-1])),
            items.putting(TABLE, waiting_key(made[-1])),
        ]

    office.table.update(case.id, change, also=also)


def a_full_case(office: Office) -> Case:
    """A case with all that a case may have, after its first night."""
    case = office.in_review(**naming(PHONE), disclosure=NAMED)
    joined = office.accept(**naming(PHONE))
    assert office.deliver(joined) == []
    add(joined, "A1", text="Le compte a changé de nom: 0600004199.")
    office.ask(office.now_case(case))
    add(case.opened_by, "A2", text="C'était lundi.", answers=1)
    office.confirm(office.now_case(case), RABAT)
    for taken in ("refer", "notify"):
        office.take(taken, office.now_case(case))
    office.acknowledge(office.now_case(case))
    write(office, case, "Gardez la capture d'écran.")
    write(office, case, "Vendredi à 10 h.", joined)
    ask_identity(office, case, case.opened_by)
    office.table.update(
        case.id,
        lambda now: suspect_event(
            now, 1, Happening.IDENTIFIED, step.now(), OFFICER, on=today(), before=()
        ),
    )
    other = office.in_review(**naming(OTHER))
    into = office.now_case(case)
    office.table.save(merged(office.now_case(other), into, step.now(), ANALYST, {}, clocks_of(60)))
    office.later(minutes=2)
    office.sweep()
    log.mark_person(TABLE, case.id, step.now(), "view", ANALYST)
    seal_day.handle({"day": today()}, None)
    return office.now_case(case)


def today() -> str:
    return date.fromisoformat(stamp(step.now())[:10]).isoformat()


class Snapshot:
    """The table as it is after the night, in the memory of the test: edits are tried on it.

    It answers the reads of those who compare, as `casework.aws.items` does.
    """

    def __init__(self, everything: list[dict[str, Any]]) -> None:
        self.items = {(item[keys.PARTITION], item[keys.SORT]): item for item in everything}

    def get(self, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
        item = self.items.get((key[keys.PARTITION], key[keys.SORT]))
        return dict(item) if item is not None else None

    def under(self, table: str, partition: str, begins: str = "") -> Iterator[dict[str, Any]]:
        for place in sorted(self.items):
            if place[0] == partition and place[1].startswith(begins):
                yield dict(self.items[place])

    def keys_under(self, table: str, partition: str, begins: str = "") -> Iterator[dict[str, str]]:
        for item in self.under(table, partition, begins):
            yield {name: item[name] for name in (keys.PARTITION, keys.SORT)}

    def between(
        self, table: str, first: Mapping[str, str], last: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        for item in self.under(table, first[keys.PARTITION]):
            if first[keys.SORT] <= item[keys.SORT] <= last[keys.SORT]:
                yield item

    def reads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on it is read in the place of the table."""
        for name in ("get", "under", "keys_under", "between"):
            monkeypatch.setattr(items, name, getattr(self, name))

    def edited(self, item: Mapping[str, Any], edit: dict[str, Any] | None) -> None:
        """The item is edited, or removed."""
        place = (item[keys.PARTITION], item[keys.SORT])
        if edit is None:
            del self.items[place]
        else:
            self.items[place] = edit

    def put_back(self, item: dict[str, Any]) -> None:
        """The item is there again as it was."""
        self.items[item[keys.PARTITION], item[keys.SORT]] = item


def found(leaf: Leaf) -> list[verify_days.Mismatch]:
    """What a night tells of a case that was sealed."""
    return list(verify_days.mismatches(today(), leaf))


def kind_of(item: Mapping[str, Any]) -> str:
    """The kind of an item, as `verification.FREE` names it."""
    partition, sort = item[keys.PARTITION].partition("#")[0], item[keys.SORT].partition("#")[0]
    if item[keys.SORT].partition("#")[2].startswith("alone#"):
        return "ALONE"
    return str(sort if partition in {"CASE", "REPORT", "LOG"} else partition)


def of_the_case(office: Office, case: Case) -> list[dict[str, Any]]:
    """Every item that tells of the case or of a report in it."""
    references = {each.reference for each in office.table.reports.all_of(case.id)}
    wanted = [case.id, *references]
    return [
        item
        for item in office.items("")
        if any(each in f"{item[keys.PARTITION]}#{item[keys.SORT]}" for each in wanted)
        and kind_of(item) not in {"COUNTED", "DAY"}
    ]


def other(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case bytes():
            return value + b"x"
        case list():
            return [*value, "x"]
        case dict():
            return {**value, "x": "x"}
        case set():
            return {*value, "x"}
        case _:
            return "x"


def edits(item: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Every edit of an item, one at a time, with the attribute it is of."""
    for name in item:
        if name in {keys.PARTITION, keys.SORT}:
            continue
        yield name, {**item, name: other(item[name])}
        yield name, {each: value for each, value in item.items() if each != name}
    yield "+", {**item, "unknown": "x"}
    yield "-", None


def is_free(kind: str, name: str) -> bool:
    """Whether the table says that nobody compares it."""
    free = verification.FREE.get(kind, {})
    return name in free or "*" in free


def test_every_edit_of_a_full_case_is_found_or_free_for_a_reason(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Security finding 6: one attribute of one item at a time, changed, removed or added."""
    case = a_full_case(office)
    assert verify_days.handle({"day": today()}, None)["named"] == []
    leaf = next(each for each in read_leaves(BUCKET, today()) if each and each.case == case.id)
    looked_at = of_the_case(office, case)
    kinds = {kind_of(item) for item in looked_at}
    assert kinds >= {
        *("CASE", "EVENT", "REPORT", "ADDITION", "QUESTION", "MESSAGE", "IDENTITY"),
        *("ARRIVED", "MARK", "ENTRY", "BOUND", "CUSTODY", "ALONE"),
    }
    kept = Snapshot(office.items(""))
    kept.reads(monkeypatch)
    assert found(leaf) == []
    unseen: set[tuple[str, str]] = set()
    for item in looked_at:
        for name, edit in edits(item):
            kept.edited(item, edit)
            if not found(leaf):
                unseen.add((kind_of(item), name))
            kept.put_back(item)
    assert found(leaf) == []
    missed = {(kind, name) for kind, name in unseen if not is_free(kind, name)}
    assert not missed, "\n".join(map(str, sorted(missed)))


def test_a_day_on_which_a_case_grew_and_that_was_sealed_without_it_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes the line of the day away before midnight hides the case for a night alone."""
    case = office.in_review(**naming(PHONE))
    seal_day.handle({"day": today()}, None)
    office.later(days=1)
    hidden = today()
    office.confirm(office.now_case(case), RABAT)
    event = keys.event_key(case.id, office.now_case(case).events)
    item = items.get(TABLE, event) or {}
    items.put(TABLE, {name: item[name] for name in item if name not in {keys.FLOW, keys.FLOW_AT}})
    assert seal_day.handle({"day": hidden}, None)["leaves"] == 0
    items.put(TABLE, item)
    office.later(days=1)
    office.take("refer", office.now_case(case))
    seal_day.handle({"day": today()}, None)
    (told,) = verify_days.handle({"day": today()}, None)["named"]
    assert told["case"] == case.id
    assert told["what"] == f"it grew on {hidden}, which no night has bound"
