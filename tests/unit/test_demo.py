"""The demonstration plays full lives: each way a case may end with a unit is played."""

from __future__ import annotations

from casework.case.suspects import SuspectStanding
from harness.demo import desk, summary


def test_lives_go_through_gate_instructions_suspects_and_every_ending() -> None:
    names = [f"C-{chr(65 + number)}" for number in range(5)]
    lives = [list(desk._life(name, gated=gated)) for name in names for gated in (False, True)]
    calls = {call for life in lives for call, _ in life}
    assert {"instructions", "suspects", "suspects/1/events", "closure"} <= calls
    said = [decision for life in lives for _, decision in life]
    endings = {each["reason"] for each in said if "reason" in each}
    assert endings == {"sent_to_court", "sent_abroad", "authorisation_refused"}
    assert {"authorise", "investigate", "close"} <= {each.get("kind") for each in said}
    for life in lives:
        assert all(call != "closure" for call, _ in life[:-1]), "nothing follows the end"


def test_the_closing_table_shows_every_figure_of_suspects() -> None:
    rows = {*SuspectStanding, "identified", "still_sought"}
    rows -= {SuspectStanding.WITHDRAWN, SuspectStanding.SOUGHT}
    assert {f"suspects_{row}" for row in rows} <= {key for _, key in summary.SUMMARY_LINES}
