"""The bilan counts each fact once: repeated, late, in any order, and after any kill."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.aws.table import items, keys
from casework.aws.table.case_table import CaseTransaction
from casework.aws.table.statistics_counters import StatisticsCounters, counts_from_item
from casework.aws.table.statistics_lines import StatisticsLine, line_from_item, line_to_item
from casework.aws.table.statistics_table import StatisticsTable, _Histories
from casework.aws.table.wire import to_wire_item
from casework.case.admission import AdmittingEntry
from casework.case.case import Case
from casework.case.change import Change
from casework.case.first_glance import Verdict
from casework.case.times import format_timestamp
from casework.case.value_objects import CloseReason, Priority
from casework.moves import referrals
from casework.moves.admissions import admit_reports_by_name
from casework.moves.glances import record_glance
from casework.moves.second_readings import record_second_reading
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER
from casework.pack.published_table import load_statistics_law
from casework.statistics.counts import Counts, StatisticalEvent
from casework.statistics.histogram import histogram_percentile
from functions.statistics import counting
from harness.bench.sizes import UNIT, size_of
from tests import admitting, decided
from tests.builders import SALE, clocks_of
from tests.office import ANALYST, TABLE, Office, killed
from tests.way_back import way_back
from tools.recount import recount

LAW = load_statistics_law(JURISDICTIONS_FOLDER / "ma")
PHONE: dict[str, Any] = {"locations": [{"kind": "phone", "value": "0600000417"}]}


@pytest.fixture(autouse=True)
def _cold() -> Iterator[None]:
    counting._table.cache_clear()
    yield
    counting._table.cache_clear()


def bilan_of() -> StatisticsTable:
    return StatisticsTable(TABLE, LAW)


def today() -> str:
    return LAW.local_day(task_state.now())


def records(office: Office, *cases: Case) -> list[dict[str, Any]]:
    """The stream records of the whole table, or of some cases."""
    told: list[dict[str, Any]] = []
    named = {keys.case_key(case.id)[keys.PARTITION_KEY] for case in cases}
    for begins, sort in (("REPORT#", keys.REPORT_SORT), ("CASE#", keys.event_key.begins)):
        for item in office.items(begins, sort):
            if named and item[keys.PARTITION_KEY] not in named:
                continue
            key = {name: {"S": item[name]} for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
            image = to_wire_item({name: item[name] for name in ("move", "data") if name in item})
            change = {"Keys": key, "NewImage": image, "SequenceNumber": str(len(told))}
            told.append({"dynamodb": change})
    return told


def tell(told: Iterable[dict[str, Any]], each: int = 100) -> None:
    told = list(told)
    for start in range(0, len(told), each):
        answer = counting.handle({"Records": told[start : start + each]}, None)
        assert answer == {"batchItemFailures": []}


def counters(office: Office) -> Counts:
    found = Counts()
    for item in office.items(keys.counter_item_key.partition_begins):
        found.update(counts_from_item(item))
    return Counts({cell: often for cell, often in found.items() if often})


def sum_of_marks(office: Office) -> Counts:
    total = Counts()
    for item in office.items(keys.report_count_key.partition_begins):
        total.update(line_from_item(item).counts)
    return Counts({cell: often for cell, often in total.items() if often})


def figures(office: Office) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_, _, figure), often in counters(office).items():
        found[figure] += often
    return Counter({figure: often for figure, often in found.items() if often})


def confirm(office: Office, case: Case, category: str, *flags: str, shown: int = 0) -> Case:
    """An analyst confirms a case, having seen its reports up to a number."""

    def decide(now: Case) -> Change:
        change = decided.confirmed(
            now,
            task_state.now(),
            ANALYST,
            category=category,
            priority=Priority.URGENT,
            territory=now.territory,
            country=None,
            unit=None,
            flags=flags,
        )
        return change.admitting_up_to(now, shown) if shown else change

    return office.table.update(case.id, decide).case


def test_a_report_counts_where_its_reporter_put_it_until_it_is_reviewed(office: Office) -> None:
    office.in_review(category="fraud")
    tell(records(office))
    assert figures(office)["group:fraud"] == 1
    assert figures(office)["report"] == figures(office)["case"] == 1


def test_a_category_corrected_at_review_moves_every_report_of_the_case(office: Office) -> None:
    first = office.in_review(category="fraud", **PHONE)
    for _ in range(3):
        office.deliver(office.accept(category=None, **PHONE))
    tell(records(office))
    assert figures(office)["group:fraud"] == 1
    assert figures(office)["group:unclassified"] == 3

    confirm(office, first, "terrorism", "praise_daesh", shown=4)
    tell(records(office))

    found = figures(office)
    assert found["group:terrorism"] == found["flag:praise_daesh"] == found["report"] == 4
    assert found["group:fraud"] == found["group:unclassified"] == 0
    assert found["proposal:category:corrected"] == 1


def test_an_unadmitted_report_counts_by_its_own_category_until_its_admission(
    office: Office,
) -> None:
    """From the day of the admission it counts as its case; admitted by name or with a decision."""
    case = office.in_review(category="fraud", **PHONE)
    named, shown = office.accept(category=None, **PHONE), office.accept(category=None, **PHONE)
    office.deliver(named, shown)
    confirm(office, case, "sextortion")
    tell(records(office))
    found = figures(office)
    assert (found["group:sextortion"], found["group:unclassified"]) == (1, 2)
    (report,) = office.table.reports.get_reports([named])

    by = AdmittingEntry(case=case.id, event=office.now_case(case).events + 1)
    writes = office.table.reports.admission_writes(report, by, format_timestamp(task_state.now()))
    office.table.transact(
        case.id,
        lambda now: CaseTransaction(
            admit_reports_by_name(now, task_state.now(), ANALYST, {named: report.number}),
            None,
            writes,
        ),
    )
    tell(records(office))
    tell(records(office))
    found = figures(office)
    assert (found["group:sextortion"], found["group:unclassified"]) == (2, 1)
    office.later(days=1)
    admitting.admit(office.table, case.id, task_state.now(), ANALYST)
    tell(reversed(records(office)))
    found = figures(office)
    assert (found["group:sextortion"], found["group:unclassified"], found["report"]) == (3, 0, 3)
    tomorrow = LAW.local_day(task_state.now())
    moved = {cell[2]: often for cell, often in counters(office).items() if cell[1] == tomorrow}
    looked = {name: often for name, often in moved.items() if "look" in name}
    assert moved == {"group:sextortion": 1, "group:unclassified": -1, **looked}
    assert looked.pop("looked") == 1, "a person was shown it"
    assert sum(looked.values()) == 1, "and after which time"
    assert counters(office) == sum_of_marks(office)


def test_a_rejected_case_is_counted_as_set_aside(office: Office) -> None:
    case = office.in_review()
    tell(records(office))
    office.table.update(
        case.id,
        lambda now: decided.rejected(now, task_state.now(), ANALYST, CloseReason.NOT_AN_OFFENCE),
    )
    tell(records(office))
    assert figures(office)["group:set_aside"] == 1
    assert figures(office)["group:fraud"] == 0
    assert figures(office)["review:kept"] == 1


def test_a_reopened_case_counts_as_it_did_before_the_rejection(office: Office) -> None:
    told = office.in_review(category="fraud")
    confirmed = office.published(category="sextortion", locations=[])
    office.decline(confirmed)
    office.table.update(  # too many units declined: a supervisor reviews it again
        confirmed.id,
        lambda now: referrals.reroute_referral(
            now, task_state.now(), unit=SALE, most_declines=0, review_seconds=(60,)
        ),
    )
    for case in (told, confirmed):
        office.reject(case)
    tell(records(office))
    assert figures(office)["group:set_aside"] == 2

    for case in (told, confirmed):
        office.table.update(
            case.id,
            lambda now: decided.reopened(now, task_state.now(), ANALYST, "error", clocks_of(60)),
        )
    tell(records(office))

    found = figures(office)
    assert (found["group:set_aside"], found["report"], found["case"]) == (0, 2, 2)
    assert (found["group:fraud"], found["group:sextortion"]) == (1, 1)
    assert found["review:kept"] == 2, "the first review stays one"


def test_a_report_that_moves_to_another_case_counts_once_and_as_that_case(office: Office) -> None:
    first = office.in_review(category="fraud")
    other = office.in_review(
        category="sextortion", locations=[{"kind": "phone", "value": "0611000417"}]
    )
    confirm(office, other, "sextortion")
    tell(records(office))
    at = format_timestamp(task_state.now())
    office.table.reports.link(first.opened_by, other.id, at, ("phone",))
    moved = office.table.reports.get_report(first.opened_by)
    assert moved is not None
    by = AdmittingEntry(case=other.id, event=1)
    items.write_transaction(office.table.reports.admission_writes(moved, by, at))
    tell(records(office))
    found = figures(office)
    assert found["report"] == 2
    assert found["group:sextortion"] == 2
    assert found["group:fraud"] == 0
    table = bilan_of()
    assert not list(table.list_counted_reports(first.id))
    assert sorted(table.list_counted_reports(other.id)) == sorted(
        {first.opened_by, other.opened_by}
    )
    assert counters(office) == sum_of_marks(office)


def a_busy_week(office: Office) -> None:
    """Three cases at different places of their way, with reports that join at each."""
    first = office.in_review(category="fraud", **PHONE)
    office.deliver(office.accept(category=None, **PHONE))
    second = office.published(category="terrorism", locations=[])
    third = office.in_review(locations=[{"kind": "url", "value": "https://a.example/x"}])
    confirm(office, first, "sextortion", shown=2)
    office.deliver(office.accept(category="fraud", **PHONE))
    office.acknowledge(second)
    office.reject(third)


def what_it_counts(office: Office) -> Counter[str]:
    return Counter(
        {name: often for name, often in figures(office).items() if not name.startswith("time:")}
    )


def test_order_repetition_and_batching_of_records_do_not_change_the_count(office: Office) -> None:
    a_busy_week(office)
    back, expected = way_back(office), None
    for seed in range(8):
        back()
        counting._table.cache_clear()
        chance = random.Random(seed)
        told = records(office)
        told += chance.sample(told, len(told) // 2)
        chance.shuffle(told)
        tell(told, each=chance.choice((1, 2, 5, 100)))
        assert counters(office) == sum_of_marks(office)
        expected = expected or what_it_counts(office)
        assert what_it_counts(office) == expected
        assert expected["report"] == 5


def test_records_counted_while_the_case_goes_on_lead_to_the_final_count(office: Office) -> None:
    """Each record is told right after it was written, and the whole history again afterwards."""
    case = office.in_review(category="fraud", **PHONE)
    tell(records(office))
    office.deliver(office.accept(category="fraud", **PHONE))
    confirm(office, case, "sextortion", shown=2)
    tell(reversed(records(office)), each=1)
    office.deliver(office.accept(category="fraud", **PHONE))
    tell(records(office), each=1)
    assert figures(office)["group:sextortion"] == 2
    assert figures(office)["group:fraud"] == 1, "nobody has admitted the last one"
    assert counters(office) == sum_of_marks(office)


def a_reviewed_case(office: Office) -> Case:
    """Two reports in one case: one counted before its review, one told of only after it."""
    case = office.in_review(category="fraud", **PHONE)
    tell(records(office))
    office.deliver(office.accept(category="fraud", **PHONE))
    return confirm(office, case, "sextortion", shown=2)


def test_a_fold_that_fails_makes_no_record_count_again(office: Office) -> None:
    a_reviewed_case(office)
    told = records(office)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StatisticsCounters, "fold", _throttled)
        answer = counting.handle({"Records": told}, None)
        assert answer == {"batchItemFailures": []}
    assert counters(office) == sum_of_marks(office)


def _throttled(*_: object) -> None:
    raise ConnectionError("the table is busy")


def test_a_killed_count_is_right_after_its_retry(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill before a call equals a kill after the former call: only the first needs both."""
    monkeypatch.setattr(
        StatisticsCounters, "keep_folded", lambda *_: None
    )  # test_sheets kills a fold
    case = a_reviewed_case(office)
    back, told = way_back(office), records(office)
    for number in itertools.count():
        back()
        counting._table.cache_clear()
        made: list[str] = []
        with killed(max(number, 1), made, after=number > 0):
            tell(told, each=2)
        assert counters(office) == sum_of_marks(office), "counters and marks part"
        counting._table.cache_clear()
        tell(told[::-1], each=1)
        assert counters(office) == sum_of_marks(office)
        found = figures(office)
        assert found["report"] == found["group:sextortion"] == 2
        assert found["case"] == found["review:kept"] == 1
        assert found["proposal:category:corrected"] == 1
        assert office.now_case(case).events == 3, "counting wrote into the case"
        if len(made) < number:
            assert number > 10
            return


def test_a_review_between_reading_and_counting_is_counted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The history goes on after it was read: the report is not counted by the old one."""
    case = office.in_review(category="fraud")
    table = bilan_of()
    apply = StatisticsTable._apply
    interrupted: list[bool] = []

    def late(self: StatisticsTable, together: Any, today: str) -> bool:
        if not interrupted:
            interrupted.append(True)
            confirm(office, case, "sextortion")
        return apply(self, together, today)

    monkeypatch.setattr(StatisticsTable, "_apply", late)
    table.settle([case.opened_by], [], today())
    assert figures(office)["group:sextortion"] == 1
    assert figures(office)["group:fraud"] == 0


def test_a_counter_with_an_older_history_does_not_undo_a_newer_mark(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.in_review(category="fraud")
    of = _Histories.of
    interrupted: list[bool] = []

    def slow(self: _Histories, case_id: str, shift: timedelta) -> list[StatisticalEvent]:
        read = of(self, case_id, shift)
        if not interrupted:
            interrupted.append(True)
            confirm(office, case, "sextortion")
            bilan_of().settle([], [case.id], today())
        return read

    monkeypatch.setattr(_Histories, "of", slow)
    bilan_of().settle([], [case.id], today())
    assert figures(office)["review:kept"] == 1
    assert counters(office) == sum_of_marks(office)


def test_a_report_that_moves_while_it_is_counted_is_counted_in_one_case_only(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the other writer is done before the lines were read, or after; counted or not."""
    first = office.in_review(category="fraud")
    other = office.in_review(category="sextortion", locations=PHONE["locations"])
    back = way_back(office)

    def moves() -> None:
        office.table.reports.link(
            first.opened_by, other.id, format_timestamp(task_state.now()), ("phone",)
        )
        bilan_of().settle([first.opened_by], [], today())

    for method, counted in itertools.product(("_lines", "_apply"), (False, True)):
        back()
        if counted:
            bilan_of().settle([first.opened_by], [], today())
            office.later(days=1)
            confirm(office, first, "terrorism")  # so that there is something to write
        interrupted: list[bool] = []
        with monkeypatch.context() as patch:
            upstream = getattr(StatisticsTable, method)

            def late(*asked: Any, upstream: Any = upstream, told: Any = interrupted) -> Any:
                if not told:
                    told.append(True)
                    moves()
                return upstream(*asked)

            patch.setattr(StatisticsTable, method, late)
            bilan_of().settle([first.opened_by], [], today())
        assert interrupted
        found = figures(office)
        assert (found["report"], counters(office)) == (1, sum_of_marks(office)), (method, counted)
        table = bilan_of()
        assert table.line(first.id, first.opened_by).report is None
        assert table.line(other.id, first.opened_by).report is not None


def test_a_line_is_read_as_it_was_written_and_costs_one_write_unit(office: Office) -> None:
    """Also for the opener of a case with its whole life."""
    published = office.published(**PHONE)
    office.acknowledge(published)
    tell(records(office))
    place = published.id, published.opened_by
    line = bilan_of().line(*place)
    assert line.report is not None
    assert line.case is not None
    item = line_to_item(keys.report_count_key(*place), line)
    assert line_from_item(item) == line
    assert size_of(to_wire_item(item)) <= UNIT
    moved = StatisticsLine(moved=True, case=line.case, version=3)
    assert line_from_item(line_to_item(keys.report_count_key(*place), moved)) == moved


def test_an_unreadable_report_stops_no_other_from_being_counted(office: Office) -> None:
    office.in_review(category="fraud")
    broken = office.in_review(locations=[{"kind": "url", "value": "https://b.example/x"}])
    import boto3

    boto3.client("dynamodb").update_item(
        TableName=TABLE,
        Key={name: {"S": value} for name, value in keys.report_key(broken.opened_by).items()},
        UpdateExpression="SET facts = :broken",
        ExpressionAttributeValues={":broken": {"B": b"not folded"}},
    )
    told = records(office)
    answer = counting.handle({"Records": told}, None)
    names = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
    failed = [each for each in told if each["dynamodb"]["SequenceNumber"] in names]
    assert [each["dynamodb"]["Keys"]["pk"]["S"] for each in failed] == [
        keys.report_key(broken.opened_by)["pk"]
    ]
    assert figures(office)["report"] == 1


def test_a_report_counts_as_looked_at_once_from_the_first_person_who_did(office: Office) -> None:
    """By a glance, by a decision that was shown it; the first one counts, in whatever order."""
    case = office.in_review(**PHONE)
    first = case.opened_by
    second = office.accept(narrative="Il me demande de payer encore une fois, sinon.", **PHONE)
    office.deliver(second)
    tell(records(office))
    assert figures(office)["looked"] == 0

    office.later(minutes=7)
    for report in (second, second, first):
        office.table.update(case.id, partial(a_glance, office, report=report))
    tell(records(office))
    tell(reversed(records(office)))
    found = figures(office)
    times = {name: often for name, often in found.items() if name.startswith("time:look:")}
    assert (found["looked"], sum(times.values())) == (2, 2)
    classes = Counter({int(name.rpartition(":")[2]): often for name, often in times.items()})
    assert histogram_percentile(classes, 0.5) == pytest.approx(7 * 60, rel=0.15), (
        "accepted to the minute"
    )

    office.later(days=1)
    confirm(office, office.now_case(case), "sextortion")
    tell(records(office))
    after = figures(office)
    assert {name: often for name, often in after.items() if "look" in name} == {
        "looked": 2,
        **times,
    }
    before = counters(office)
    assert recount(bilan_of(), task_state.now(), repair=True)["drifted"] == 0
    assert counters(office) == before, "counted again from the histories, it is the same"


def test_a_review_that_was_read_again_counts_by_whether_the_two_people_agree(
    office: Office,
) -> None:
    case = confirm(office, office.in_review(**PHONE), "sextortion")
    tell(records(office))
    assert not [name for name in figures(office) if name.startswith("sample:")]
    review = case.events
    office.later(days=2)
    office.table.update(
        case.id,
        lambda now: record_second_reading(
            now,
            task_state.now(),
            "another person",
            of=review,
            comparison={"category": "sextortion", "priority": "standard"},
            key="a key",
        ),
    )
    tell(records(office))
    tell(reversed(records(office)))
    agreed = {name: n for name, n in figures(office).items() if name.startswith("sample:")}
    assert agreed == {"sample:decision:same": 1, "sample:priority:other": 1}
    before = counters(office)
    assert recount(bilan_of(), task_state.now(), repair=True)["drifted"] == 0
    assert counters(office) == before


def a_glance(office: Office, case: Case, report: str) -> Change:
    return record_glance(
        case,
        task_state.now(),
        ANALYST,
        report=report,
        verdict=Verdict.NOTHING_URGENT,
        means=Verdict.NOTHING_URGENT,
        key="a key",
        danger_passes=True,
        clocks=office.clocks,
    )


def test_a_recount_adds_missing_counts_and_repairs_wrong_ones(office: Office) -> None:
    a_busy_week(office)
    first, *others = records(office)
    tell([first])
    table = bilan_of()
    table.counters.correct(Counts({("2026-01-01", "2026-01-02", "group:fraud"): 3}), today())

    seen = recount(table, task_state.now(), repair=False)
    assert (seen["drifted"], seen["cells"]) == (
        1,
        [["2026-01-01", "2026-01-02", "group:fraud", -3]],
    )
    assert recount(table, task_state.now(), repair=True)["uncounted"] > 0

    assert counters(office) == sum_of_marks(office)
    assert figures(office)["report"] == 5
    tell(others)
    again = recount(table, task_state.now(), repair=True)
    assert (again["uncounted"], again["drifted"]) == (0, 0)
    events = [json.loads(item["event"]) for item in office.items(keys.recount_key.partition_begins)]
    assert [event["drifted"] for event in events] == [1, 0]
