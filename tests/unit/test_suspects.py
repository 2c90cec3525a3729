"""Outcomes in suspects: what holds, in the order of the days, whatever was corrected."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case.case import Case
from casework.case.history import CaseEvent, valid_entries
from casework.case.lifecycle import Status
from casework.case.suspects import SUSPECT_TRANSITIONS, SuspectHappening, SuspectStanding
from casework.decisions.suspects import Correction, NewSuspect, SuspectEvent
from casework.errors import EntryNotFound, IllegalMove, NotValid, Refusal, TooMany
from casework.moves import inquiry
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER, open_pack
from casework.pack.published_table import load_statistics_law
from casework.statistics.case_statistics import count_case
from casework.statistics.counts import StatisticalEvent
from casework.statistics.publication import figures_from_counts
from tests.builders import NOON, a_referred_case
from tests.decided import WithHistory

LAW = load_statistics_law(JURISDICTIONS_FOLDER / "ma")

PACK = open_pack("ma")


class Unit:
    """An officer and the history of one case."""

    def __init__(self) -> None:
        self.case: Case = a_referred_case(status=Status.ACKNOWLEDGED)
        self.events: list[CaseEvent] = []
        self.at = NOON

    def enters(self, decision: NewSuspect | SuspectEvent | Correction) -> int:
        """Number of the entry."""
        known = WithHistory(pack=PACK, history=self.events)
        change = decision.change(self.case, self.at, "an officer", known)
        assert change.event is not None
        self.case = change.after
        self.events.append(change.event)
        return change.event.number

    def identifies(self, on: date | None = None) -> int:
        return self.enters(NewSuspect(on=on))

    def says(self, happening: str, on: date | None = None, number: int = 1) -> int:
        return self.enters(SuspectEvent(happening=happening, on=on).with_number(number))  # type: ignore[arg-type]

    def corrects(self, entry: int, number: int = 1) -> int:
        return self.enters(Correction(corrects=entry, because="other_person").with_number(number))

    @property
    def counted(self) -> Counter[str]:
        """As statistics count it."""
        history = [
            StatisticalEvent(
                e.number,
                e.move,
                datetime.fromisoformat(e.at),
                LAW.local_day(datetime.fromisoformat(e.at)),
                e.data,
            )
            for e in self.events
        ]
        return figures_from_counts(count_case(LAW, NOON, history).counts)


def test_a_suspect_recorded_in_error_is_counted_nowhere_and_the_number_is_not_used_again() -> None:
    unit = Unit()
    unit.corrects(unit.identifies())
    assert list(unit.case.suspects) == ["withdrawn"]
    assert +unit.counted == {}
    unit.identifies()
    assert list(unit.case.suspects) == ["withdrawn", "sought"]
    with pytest.raises(IllegalMove, match="recorded in error"):
        unit.says("wanted")


def test_a_presentation_recorded_in_error_is_taken_back() -> None:
    unit = Unit()
    unit.identifies()
    unit.says("wanted")
    unit.corrects(unit.says("presented"))
    assert unit.case.suspects == ("wanted",)
    assert +unit.counted == {"suspect": 1, "suspect:wanted": 1, "outcome:wanted": 1}
    assert (unit.counted["suspect:wanted"], unit.counted["suspect:presented"]) == (1, 0)
    assert (unit.counted["outcome:wanted"], unit.counted["outcome:presented"]) == (1, 0)


def test_a_correction_that_leaves_an_impossible_order_is_refused_with_the_entry() -> None:
    unit = Unit()
    identified = unit.identifies()
    wanted = unit.says("wanted")
    lapsed = unit.says("lapsed")
    before = unit.case
    with pytest.raises(IllegalMove, match=f"Entry {lapsed} of the history"):
        unit.corrects(wanted)
    with pytest.raises(IllegalMove, match=f"Entry {wanted} of the history"):
        unit.corrects(identified)
    assert unit.case == before
    unit.corrects(lapsed)
    unit.corrects(wanted)
    assert unit.case.suspects == ("sought",)


def test_a_corrected_correction_restores_its_entry() -> None:
    unit = Unit()
    unit.identifies()
    correction = unit.corrects(unit.says("presented"))
    assert unit.case.suspects == ("sought",)
    unit.corrects(correction)
    assert unit.case.suspects == ("presented",)
    with pytest.raises(IllegalMove, match="corrected already"):
        unit.corrects(correction)


def test_a_correction_names_an_entry_about_this_suspect() -> None:
    unit = Unit()
    first = unit.identifies()
    unit.identifies()
    for entry in (first, 1, 999):
        with pytest.raises(EntryNotFound):
            unit.corrects(entry, number=2)


def test_a_late_entry_is_ordered_by_its_day() -> None:
    unit = Unit()
    unit.identifies(date(2026, 2, 10))
    unit.says("arrested", date(2026, 2, 20))
    unit.says("wanted", date(2026, 2, 15))
    assert unit.case.suspects == ("arrested",)
    with pytest.raises(IllegalMove):
        unit.says("wanted", date(2026, 2, 25))
    with pytest.raises(IllegalMove):
        unit.says("wanted", date(2026, 2, 9))


@pytest.mark.parametrize(
    ("on", "code"), [(date(2026, 3, 3), "date.future"), (date(2026, 1, 30), "date.too_early")]
)
def test_an_outcome_is_of_no_day_to_come_and_of_none_long_before_the_case(
    on: date, code: str
) -> None:
    unit = Unit()
    with pytest.raises(NotValid) as refused:
        unit.identifies(on)
    (finding,) = refused.value.findings
    assert (finding.pointer, finding.code) == ("#/on", code)
    unit.identifies(date(2026, 1, 31))


def test_the_day_of_an_outcome_left_out_is_the_day_it_is_in_the_country() -> None:
    """The second of March is in Ramadan, when clocks show UTC; the second of June is not."""
    unit = Unit()
    for month, day in ((3, "2026-03-02"), (6, "2026-06-03")):
        unit.at = datetime(2026, month, 2, 23, 30, tzinfo=UTC)
        unit.identifies()
        assert unit.events[-1].data["on"] == day


def test_a_suspect_has_so_many_entries_and_no_more() -> None:
    unit = Unit()
    entry = unit.identifies()
    for _ in range(59):
        entry = unit.corrects(entry)
    with pytest.raises(TooMany, match="at most 60"):
        unit.corrects(entry)


def test_a_case_has_so_many_suspects_and_no_more() -> None:
    unit = Unit()
    for _ in range(inquiry.MAX_SUSPECTS):
        unit.identifies()
    with pytest.raises(TooMany, match="at most 100"):
        unit.identifies()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["new", "correct", *list(SuspectHappening)[1:]]),
            st.integers(1, 3),
            st.integers(1, 12),
            st.integers(0, 4),
        ),
        max_size=25,
    )
)
def test_figures_equal_the_replay_of_the_valid_entries_after_any_corrections(
    acts: list[tuple[str, int, int, int]],
) -> None:
    unit = Unit()
    for act, number, entry, day in acts:
        on = NOON.date() - timedelta(days=day)
        before = unit.case
        try:
            if act == "new":
                unit.identifies(on)
            elif act == "correct":
                unit.corrects(before.events - entry + 1, number)
            else:
                unit.says(act, on, number)
        except Refusal:
            assert unit.case == before
    # The same told otherwise: what holds, suspect by suspect, through the table.
    held = valid_entries(unit.events)
    standing: dict[int, SuspectStanding] = {}
    for event in sorted(unit.events, key=lambda each: (str(each.data.get("on")), each.number)):
        if event.move == "suspect" and event.number in held:
            number = int(str(event.data["suspect"]))
            happening = SuspectHappening(str(event.data["happening"]))
            standing[number] = SUSPECT_TRANSITIONS[standing.get(number, SuspectStanding.WITHDRAWN)][
                happening
            ]
    many = range(1, len(unit.case.suspects) + 1)
    assert unit.case.suspects == tuple(standing.get(each, "withdrawn") for each in many)
    counted, stands = unit.counted, Counter(standing.values())
    assert counted["suspect"] == len(standing)
    for outcome in ("sought", "presented", "wanted", "arrested"):
        assert counted[f"suspect:{outcome}"] == stands[SuspectStanding(outcome)]
    assert all(often >= 0 for often in counted.values())
