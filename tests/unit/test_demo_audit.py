"""The demonstration's audit finds what is lost and what is there twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

from harness.demo.audit import ObservedContent, find_duplicates, find_lost

ALL_WELL: dict[str, Any] = {
    "reports": {"R1": "C1", "R2": "C1"},
    "statuses": {"C1": "acknowledged"},
    "openers": {"C1": "R1"},
    "hops": {"C1": ["pj-a", "pj-b"]},
    "priorities": {"C1": "standard"},
    "executions": {"C1": ["SUCCEEDED"]},
    "notified": Counter({"C1-1-referred": 1, "C1-2-referred": 2}),
}


def what_was_seen(**changes: Any) -> ObservedContent:
    return ObservedContent(**{**ALL_WELL, **changes})


def test_a_system_that_kept_everything_has_no_finding() -> None:
    assert find_lost(["R1", "R2"], what_was_seen()) == []
    assert find_duplicates(["R1", "R2"], what_was_seen(), before=[]) == []


def test_a_report_that_is_not_in_the_table_is_lost() -> None:
    assert find_lost(["R1", "R3"], what_was_seen()) == ["report R3 is not in the table"]


def test_a_report_without_a_case_is_lost() -> None:
    seen = what_was_seen(reports={"R1": "C1", "R2": None})
    assert find_lost(["R1", "R2"], seen) == ["report R2 has no case"]


def test_a_case_without_a_holder_is_lost() -> None:
    assert find_lost(["R1", "R2"], what_was_seen(statuses={"C1": "published"})) == [
        "case C1 is still published"
    ]


def test_a_unit_without_its_notification_is_a_loss() -> None:
    seen = what_was_seen(notified=Counter({"C1-1-referred": 1}))
    assert find_lost(["R1", "R2"], seen) == ["unit pj-b was not notified of case C1"]


def test_a_case_whose_execution_did_not_end_well_is_lost() -> None:
    seen = what_was_seen(executions={"C1": ["FAILED"]})
    assert find_lost(["R1", "R2"], seen) == ["case C1 has no execution that ended well"]


def test_a_second_report_of_a_text_that_was_sent_once_is_a_duplicate() -> None:
    seen = what_was_seen(
        reports={"R1": "C1", "R2": "C1", "R9": "C9"}, texts={"R1": "a", "R2": "b", "R9": "a"}
    )
    assert find_duplicates(["R1", "R2"], seen, before=[]) == ["report R9 is a second one"]
    assert find_duplicates(["R1", "R2"], seen, before=["R9"]) == []


def test_reports_of_other_senders_do_not_count() -> None:
    seen = what_was_seen(
        reports={"R1": "C1", "R2": "C1", "R9": "C9"},
        statuses={"C1": "acknowledged", "C9": "in_review"},
        texts={"R1": "a", "R2": "b", "R9": "c"},
    )
    assert find_duplicates(["R1", "R2"], seen, before=[]) == []
    assert find_lost(["R1", "R2"], seen) == []


def test_a_case_with_a_report_of_another_sender_is_skipped() -> None:
    seen = what_was_seen(reports={"R1": "C1", "R2": "C1", "R9": "C1"}, statuses={"C1": "in_review"})
    assert find_lost(["R1", "R2"], seen) == []


def test_a_case_that_went_through_twice_is_a_duplicate() -> None:
    seen = what_was_seen(executions={"C1": ["SUCCEEDED", "SUCCEEDED"]})
    assert find_duplicates(["R1", "R2"], seen, before=[]) == [
        "case C1 went through the workflow twice"
    ]


def test_a_report_that_opened_two_cases_is_a_duplicate() -> None:
    seen = what_was_seen(
        reports={"R1": "C1", "R2": "C2"},
        statuses={"C1": "closed", "C2": "closed"},
        openers={"C1": "R1", "C2": "R1"},
    )
    assert find_duplicates(["R1", "R2"], seen, before=[]) == ["report R1 opened two cases"]
