"""What counts, on which day, and how the times and tables people read are made of it."""

from __future__ import annotations

import csv
import io
import random
import struct
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.aws.services import replay_clock
from casework.errors import NotValid
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER, open_pack
from casework.pack.published_table import load_statistics_law
from casework.statistics import histogram
from casework.statistics.case_statistics import count_case
from casework.statistics.counts import (
    Counts,
    StatisticalEvent,
    shift_to_statistical_times,
    subtract_counts,
)
from casework.statistics.publication import Figures, figures_from_counts
from casework.statistics.report_statistics import (
    StatisticsReport,
    count_report,
    recount_classification,
)
from casework.text.codes import COUNTRY_CODES
from casework.text.csv_export import escape_cell, to_csv

LAW = load_statistics_law(JURISDICTIONS_FOLDER / "ma")
JUNE = datetime(2024, 6, 3, 9, tzinfo=UTC)


def happened(number: int, move: str, days: float = 0, **data: Any) -> StatisticalEvent:
    at = JUNE + timedelta(days=days)
    return StatisticalEvent(number, move, at, LAW.local_day(at), data)


def as_known_before(day: str, counts: Counts) -> Figures:
    """The figures of what was recorded until a day."""
    return figures_from_counts(
        Counts({key: often for key, often in counts.items() if key[1] < day})
    )


def a_sent_report(**said: Any) -> StatisticsReport:
    return StatisticsReport(
        **{
            "reference": "R",
            "case_id": "C-1",
            "accepted_at": JUNE,
            "linked_at": JUNE,
            "category": "fraud",
            "disclosure": "identified",
            "country": None,
            "territory": None,
            **said,
        }
    )


HISTORY = [
    happened(1, "open"),
    happened(2, "assess", category="fraud", priority="standard", territory=None, unit="pj"),
    happened(3, "confirm", 2, category="terrorism", priority="urgent", flags=["praise_daesh"]),
    happened(4, "refer", 2.1),
    happened(5, "escalate", 4),
    happened(6, "acknowledge", 5),
]


def test_figures_can_be_read_as_they_were_known_on_a_day() -> None:
    counts = count_report(LAW, a_sent_report(), HISTORY, None).counts
    first_days = as_known_before("2024-06-05", counts)
    assert first_days["group:fraud"] == first_days["report"] == 1
    now = figures_from_counts(counts)
    assert now["group:terrorism"] == now["flag:praise_daesh"] == now["report"] == 1
    assert not now["group:fraud"]


def test_a_flag_of_another_group_is_not_counted() -> None:
    history = [happened(1, "confirm", category="fraud", flags=["praise_daesh"])]
    assert "praise_daesh" not in str(count_report(LAW, a_sent_report(), history, None).counts)


def test_a_report_from_another_case_keeps_its_earlier_count() -> None:
    before = count_report(LAW, a_sent_report(), HISTORY[:3], None)
    moved = a_sent_report(case_id="C-2", linked_at=JUNE + timedelta(days=9))
    other = [happened(1, "open"), happened(2, "confirm", 1, category="sextortion")]
    after = count_report(LAW, moved, other, before)
    assert figures_from_counts(after.counts)["group:sextortion"] == 1
    assert figures_from_counts(after.counts)["group:terrorism"] == 0
    then = as_known_before("2024-06-10", after.counts)
    assert then == as_known_before("2024-06-10", before.counts)
    assert count_report(LAW, moved, other, after) == after
    assert recount_classification(LAW, after, other) == after


@given(st.lists(st.sampled_from(["fraud", "terrorism", "other"]), max_size=6), st.data())
def test_however_often_it_is_settled_on_the_way_a_report_counts_the_same(
    categories: list[str], data: st.DataObject
) -> None:
    history = [
        happened(number, "confirm", number / 3, category=category)
        for number, category in enumerate(categories, start=1)
    ]
    direct = count_report(LAW, a_sent_report(), history, None)
    mark, total = None, Counts()
    for seen in sorted(data.draw(st.sets(st.integers(0, len(history)))) | {len(history)}):
        after = count_report(LAW, a_sent_report(), history[:seen], mark)
        total.update(subtract_counts(after.counts, mark.counts if mark else Counts()))
        mark = after
    assert mark == direct
    assert Counts({cell: often for cell, often in total.items() if often}) == direct.counts


def test_a_case_counts_its_times_deadlines_and_proposals_once() -> None:
    found = figures_from_counts(count_case(LAW, JUNE, HISTORY).counts)
    assert found["case"] == found["review:kept"] == found["acknowledgement:late"] == 1
    assert found["proposal:category:corrected"] == found["proposal:unit:kept"] == 1
    assert found["proposal:priority:corrected"] == 1
    assert f"time:review:urgent:{histogram.class_from_seconds(2 * 86400)}" in found
    assert "proposal:territory:kept" not in found


def test_the_time_to_an_outcome_counts_once_in_the_month_in_which_the_case_ended() -> None:
    ended = [*HISTORY, happened(7, "close", 40, reason="sent_to_court")]
    after_forty_days = f"time:outcome:urgent:{histogram.class_from_seconds(40 * 86400)}"
    counts = count_case(LAW, JUNE, ended).counts
    assert [cell for cell in counts if cell[2].startswith("time:outcome")] == [
        ("2024-07-13", "2024-07-13", after_forty_days)
    ]
    # An end that was withdrawn as an error was none: the next one is the first.
    withdrawn = [*ended, happened(8, "resume", 50)]
    assert figures_from_counts(count_case(LAW, JUNE, withdrawn).counts)[after_forty_days] == 0
    again = [*withdrawn, happened(9, "close", 60, reason="sent_to_court")]
    told = figures_from_counts(count_case(LAW, JUNE, again).counts)
    after_sixty_days = f"time:outcome:urgent:{histogram.class_from_seconds(60 * 86400)}"
    assert (told[after_forty_days], told[after_sixty_days]) == (0, 1)
    rejected = [happened(1, "open"), happened(2, "reject", 1), happened(3, "reopen", 2)]
    assert any("time:outcome" in figure for *_, figure in count_case(LAW, JUNE, rejected).counts)
    merged = [happened(1, "open"), happened(2, "merge", 1)]
    assert not any("time:outcome" in figure for *_, figure in count_case(LAW, JUNE, merged).counts)


def told_between(*history: StatisticalEvent) -> list[tuple[str, str, str, int]]:
    counts = count_case(LAW, JUNE, [happened(1, "open"), *history]).counts
    cells = [(*cell, often) for cell, often in counts.items()]
    return sorted(each for each in cells if each[2].startswith("prosecution"))


def test_the_unit_informs_in_time_and_the_office_answers_in_time() -> None:
    informed, answered = happened(2, "inform", 1), happened(3, "authorise", 3)
    assert told_between(informed, answered) == [
        ("2024-06-04", "2024-06-04", "prosecution:unit:kept", 1),
        ("2024-06-06", "2024-06-06", "prosecution:office:kept", 1),
    ]
    # The day of a missed deadline is known while nobody has acted yet.
    late = happened(2, "overdue", 2, due="informing", level=1)
    assert told_between(late) == [("2024-06-05", "2024-06-05", "prosecution:unit:late", 1)]
    assert told_between(late, happened(3, "inform", 4)) == told_between(late)


def test_an_office_is_late_only_once_it_was_informed() -> None:
    unknown = happened(2, "overdue", 1, due="authorisation", level=1)
    assert told_between(unknown) == []
    informed = happened(3, "inform", 2)
    late = happened(4, "overdue", 5, due="authorisation", level=1)
    assert ("2024-06-08", "2024-06-08", "prosecution:office:late", 1) in told_between(
        unknown, informed, late
    )


def test_an_answer_that_was_annulled_was_none_and_the_next_one_counts() -> None:
    first = (happened(2, "inform", 1), happened(3, "instruct", 2))
    annulled = happened(4, "annul", 3, corrects=3)
    cells = told_between(*first, annulled)
    assert ("2024-06-05", "2024-06-06", "prosecution:office:kept", -1) in cells
    again = told_between(*first, annulled, happened(5, "instruct", 4))
    assert ("2024-06-07", "2024-06-07", "prosecution:office:kept", 1) in again
    late = told_between(*first, annulled, happened(5, "overdue", 6, due="instruction", level=1))
    assert ("2024-06-09", "2024-06-09", "prosecution:office:late", 1) in late


def test_a_merged_case_stands_for_itself_no_more_and_a_split_one_does_again() -> None:
    history = [happened(1, "open"), happened(2, "merge", 1)]
    assert figures_from_counts(count_case(LAW, JUNE, history).counts)["case"] == 0
    history.append(happened(3, "split", 2))
    assert figures_from_counts(count_case(LAW, JUNE, history).counts)["case"] == 1


def test_each_suspect_is_in_one_row_whatever_happened_to_them() -> None:
    history = [
        happened(1, "suspect", suspect=1, happening="identified", on="2024-06-03"),
        happened(2, "suspect", suspect=2, happening="identified", on="2024-06-03"),
        happened(3, "suspect", 1, suspect=1, happening="wanted", on="2024-06-04"),
        happened(4, "suspect", 40, suspect=1, happening="presented", on="2024-07-13"),
    ]
    counts = count_case(LAW, JUNE, history).counts
    now = figures_from_counts(counts)
    assert (now["suspect"], now["suspect:presented"], now["suspect:sought"]) == (2, 1, 1)
    assert as_known_before("2024-06-20", counts)["suspect:wanted"] == 1
    assert {day for day, _, figure in counts if figure.startswith("suspect")} == {"2024-06-03"}


def test_an_outcome_counts_in_the_month_it_happened_in_whenever_it_was_entered() -> None:
    history = [
        happened(1, "suspect", 40, suspect=1, happening="identified", on="2024-06-28"),
        happened(2, "suspect", 41, suspect=1, happening="arrested", on="2024-07-02"),
        happened(3, "suspect", 42, suspect=1, happening="wanted", on="2024-06-30"),
    ]
    counts = count_case(LAW, JUNE, history).counts
    assert {(day, figure) for (day, _, figure), often in counts.items() if often > 0} == {
        ("2024-06-28", "suspect"),
        ("2024-06-28", "suspect:sought"),  # until the arrest was known
        ("2024-06-28", "suspect:arrested"),
        ("2024-06-30", "outcome:wanted"),
        ("2024-07-02", "outcome:arrested"),
    }
    assert {recorded for _, recorded, _ in counts} == {"2024-07-13", "2024-07-14", "2024-07-15"}


def test_a_correction_takes_from_the_figures_on_the_day_it_was_made() -> None:
    history = [
        happened(1, "suspect", suspect=1, happening="identified", on="2024-06-03"),
        happened(2, "suspect", 1, suspect=1, happening="presented", on="2024-06-04"),
        happened(3, "correct", 30, suspect=1, corrects=2, because="other_case"),
        happened(4, "correct", 31, suspect=1, corrects=1, because="other_case"),
    ]
    counts = count_case(LAW, JUNE, history).counts
    then = as_known_before("2024-07-03", counts)
    assert (then["suspect"], then["suspect:presented"], then["outcome:presented"]) == (1, 1, 1)
    between = as_known_before("2024-07-04", counts)
    assert (between["suspect"], between["suspect:sought"], between["outcome:presented"]) == (
        1,
        1,
        0,
    )
    assert not +figures_from_counts(counts)


def test_the_day_of_an_outcome_is_replayed_with_its_entry() -> None:
    (told,) = shift_to_statistical_times(
        LAW,
        [
            (
                1,
                "suspect",
                "2026-01-10T10:00:00.000Z",
                "2024-06-03T09:00:00.000Z",
                {"suspect": 1, "happening": "identified", "on": "2026-01-08"},
            ),
        ],
        timedelta(),
    )
    assert told.data["on"] == "2024-06-01"


def test_automatic_acts_keep_their_distance_from_the_replayed_ones() -> None:
    told = shift_to_statistical_times(
        LAW,
        [
            (1, "confirm", "2026-01-01T10:00:00.000Z", "2024-06-03T09:00:00.000Z", {}),
            (2, "refer", "2026-01-01T10:00:02.000Z", None, {}),
        ],
        timedelta(),
    )
    assert [event.at for event in told] == [JUNE, JUNE + timedelta(seconds=2)]


@given(st.floats(61, histogram.MAX_CLASS_SECONDS))
def test_a_time_is_told_with_at_most_two_percent_error(seconds: float) -> None:
    told = histogram.seconds_from_class(histogram.class_from_seconds(seconds))
    assert abs(told - seconds) <= histogram.MAX_RELATIVE_ERROR * seconds * (1 + 1e-6)


@given(st.lists(st.integers(61, 10**7), min_size=1), st.sampled_from([0.5, 0.9]))
def test_percentiles_are_the_nearest_rank_within_the_error(times: list[int], share: float) -> None:
    exact = sorted(times)[max(1, -(-len(times) * int(share * 10) // 10)) - 1]
    told = histogram.histogram_percentile(Counter(map(histogram.class_from_seconds, times)), share)
    assert told is not None
    assert abs(told - exact) <= histogram.MAX_RELATIVE_ERROR * exact * (1 + 1e-6)


@given(st.dictionaries(st.integers(0, histogram.HISTOGRAM_CLASSES - 1), st.integers(1, 2**32 - 1)))
def test_classes_are_kept_whatever_they_hold(classes: dict[int, int]) -> None:
    assert histogram.unpack_histogram(histogram.pack_histogram(classes)) == classes


def test_classes_of_a_month_that_was_published_uncompressed_are_read_as_before() -> None:
    plain = struct.pack(
        f"<{histogram.HISTOGRAM_CLASSES}I", 7, *(0 for _ in range(1, histogram.HISTOGRAM_CLASSES))
    )
    assert histogram.unpack_histogram(plain) == {0: 7}


def test_classes_that_do_not_compress_are_kept_as_they_are() -> None:
    drawn = random.Random(1)
    classes = {number: drawn.randrange(1, 2**32) for number in range(histogram.HISTOGRAM_CLASSES)}
    assert len(histogram.pack_histogram(classes)) == 4 * histogram.HISTOGRAM_CLASSES
    assert histogram.unpack_histogram(histogram.pack_histogram(classes)) == classes


def test_every_category_has_a_row_of_the_table_and_every_country_one_region() -> None:
    ids = set(LAW.table.group_ids)
    assert {category.group for category in open_pack("ma").categories.values()} <= ids
    named = [country for region in LAW.table.regions for country in region.countries]
    assert len(named) == len(set(named))
    assert set(named) <= COUNTRY_CODES
    assert LAW.table.find_region("FR") == "europe"
    assert LAW.table.find_region(None) == "home"
    assert LAW.table.find_region("ZZ") == "elsewhere"


@pytest.mark.parametrize(
    ("said", "division"),
    [
        ({"territory": "06.141.01.01"}, "06"),
        ({"territory": "06"}, "06"),
        ({"territory": None}, "unplaced"),
        ({"territory": "no such place"}, "unplaced"),
        ({"country": "FR"}, None),
    ],
)
def test_a_report_from_home_counts_in_the_region_it_picked(
    said: dict[str, str | None], division: str | None
) -> None:
    mark = count_report(LAW, a_sent_report(**said), HISTORY, None)
    counted = {figure for _, _, figure in mark.counts if figure.startswith("division:")}
    assert counted == ({f"division:{division}"} if division else set())


def test_a_mark_of_before_regions_were_counted_gains_its_own_and_an_erased_report_keeps_it() -> (
    None
):
    new = count_report(LAW, a_sent_report(territory="06.141"), HISTORY, None)
    old = new.model_copy(update={"division": None})
    again = count_report(LAW, a_sent_report(territory="06.141"), HISTORY, old)
    assert subtract_counts(again.counts, old.counts) == {
        ("2024-06-03", "2024-06-03", "division:06"): 1
    }
    erased = count_report(LAW, a_sent_report(category=None), HISTORY, new)
    assert erased.division == "06"


def test_a_pack_without_a_table_has_the_groups_of_its_categories() -> None:
    law = load_statistics_law(JURISDICTIONS_FOLDER.parent / "tests" / "packs" / "xx")
    assert {"money", "people"} <= set(law.table.group_ids)


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1", "-1", "@sum", "\t=1", "\r=1", " =1", "\u200f=1", "＝1"]
)
def test_no_cell_of_a_table_is_a_formula(text: str) -> None:
    row = next(csv.reader(io.StringIO(to_csv([[text, 7]]).decode("utf-8-sig"), newline="")))
    assert row == [f"'{text}", "7"]


def test_a_text_without_a_formula_stays_readable() -> None:
    assert escape_cell("نصب واحتيال") == "نصب واحتيال"
    assert escape_cell(-3) == -3
    assert escape_cell("- تبليغ").endswith("- تبليغ")  # type: ignore[union-attr]  # a text stays one


@pytest.mark.parametrize("stage", ["dev", "prod", "test", ""])
def test_no_stage_but_the_local_one_replays(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", stage)
    with replay_clock.replay_time({"replay-at": "2024-06-03T09:00:00Z"}):
        assert replay_clock.replay_timestamp() is None
    with replay_clock.replay_time({"replay-at": "nonsense"}):
        assert replay_clock.replay_timestamp() is None


def test_the_local_stage_replays_for_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "local")
    with replay_clock.replay_time({"replay-at": "2024-06-03T10:00:00+01:00"}):
        assert replay_clock.replay_timestamp() == "2024-06-03T09:00:00.000Z"
    assert replay_clock.replay_timestamp() is None
    for nonsense in ("yesterday", "2024-06-03T10:00:00"):
        with pytest.raises(NotValid), replay_clock.replay_time({"replay-at": nonsense}):
            pass
