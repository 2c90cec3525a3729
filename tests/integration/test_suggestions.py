"""Cases that may be about the same facts: suggested to people with the reason, joined by them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from casework.aws.services import secrets, telemetry
from casework.aws.steps import task_state
from casework.aws.table import keys
from casework.aws.table.erasure import erase_report
from casework.case.value_objects import SYSTEM_AUTHOR, Suggestion
from casework.decisions.staff import Role, StaffMember
from casework.linking.similarity import MAX_WEAK
from casework.moves.triage import add_suggestion
from casework.text.reference import case_id_from_reference
from functions.desk.queries import lists
from tests.builders import NOON, RABAT, a_case, a_reference
from tests.integration.desks import Desk
from tests.integration.lives import later, swept, the_stream
from tests.office import Office, marked, put_report

PHONE = {"kind": "phone", "value": "06 00 00 41 17"}
PAGE = {"kind": "url", "value": "https://banque.example/verification"}
SAID = (
    "J'ai reçu un message qui dit que mon colis est bloqué à la douane et que je dois payer {} "
    "dirhams. J'ai donné ma carte et on a retiré tout mon solde."
)

AN_ANALYST = StaffMember(subject="ana", name="Ana", role=Role.ANALYST)


def test_the_same_words_about_another_number_open_a_case_that_names_the_first(
    office: Office,
) -> None:
    first = office.accept(locations=[PHONE], narrative=SAID.format(49))
    second = office.accept(locations=[PAGE], narrative=SAID.format(350))

    office.deliver(first, second)

    case = office.case_of(second)
    assert case.id == case_id_from_reference(second)
    (suggestion,) = case.suggestions
    assert (suggestion.case, suggestion.because) == (case_id_from_reference(first), "narrative")
    assert suggestion.percent == 100
    event = next(iter(office.table.events(case.id)))
    assert event.data["suggestions"] == [
        {"case": case_id_from_reference(first), "because": "narrative", "percent": 100}
    ]
    (told,) = office.case_of(first).suggestions
    assert (told.case, told.because, told.percent) == (case.id, "narrative", 100)
    assert office.moves(office.case_of(first)) == ["open", "assess", "suggest"]


def test_a_case_that_ended_is_not_suggested(office: Office) -> None:
    office.reject(office.in_review(locations=[PHONE], narrative=SAID.format(49)))
    second = office.accept(locations=[PAGE], narrative=SAID.format(350))

    office.deliver(second)

    assert office.case_of(second).suggestions == ()


def test_a_first_name_used_as_an_account_suggests_a_case_and_joins_none(office: Office) -> None:
    named = [{"kind": "handle", "value": "@karim"}]
    first, second = office.accept(locations=named), office.accept(locations=named)

    office.deliver(first, second)

    (suggestion,) = office.case_of(second).suggestions
    assert (suggestion.case, suggestion.because) == (
        case_id_from_reference(first),
        "weak_identifier",
    )
    assert suggestion.shared == (marked("handle", "karim"),)


def test_one_account_name_on_two_platforms_is_suggested_and_joins_on_each(office: Office) -> None:
    def met(link: str) -> str:
        return office.accept(locations=[{"kind": "url", "value": link}])

    first, other = met("https://instagram.com/nora.shop99"), met("https://tiktok.com/@nora.shop99")
    office.deliver(first, other)

    (suggestion,) = office.case_of(other).suggestions
    assert (suggestion.case, suggestion.because) == (
        case_id_from_reference(first),
        "weak_identifier",
    )
    assert suggestion.shared == (marked("handle", "nora.shop99"),)
    again = [met("https://tiktok.com/@Nora.shop99"), met("https://www.instagram.com/nora.shop99/")]
    office.deliver(*again)
    assert [office.case_of(each).id for each in again] == [
        case_id_from_reference(other),
        case_id_from_reference(first),
    ]


def test_the_clues_kept_for_suggestions_hold_no_words_and_expire(office: Office) -> None:
    office.deliver(office.accept(locations=[{"kind": "handle", "value": "@karim"}]))

    kept = office.items(keys.clue_key.partition_begins)

    assert len(kept) == 2, "of the name, and of the words that a copy repeats"
    assert "karim" not in str(kept)
    assert marked("handle", "karim") not in str(kept)
    assert all(item[keys.EXPIRES_AT_FIELD] > 0 for item in kept)


def test_a_report_with_identifiers_of_two_cases_suggests_each_to_the_other_once(
    office: Office,
) -> None:
    one, two = office.in_review(locations=[PHONE]), office.in_review(locations=[PAGE])
    bridge = office.accept(locations=[PHONE, PAGE])

    office.deliver(bridge)
    office.deliver(bridge)

    assert office.case_of(bridge).id == one.id
    for case, other in ((one, two), (two, one)):
        now = office.now_case(case)
        (suggestion,) = now.suggestions
        assert (suggestion.case, suggestion.because) == (other.id, "identifier")
        assert suggestion.report == bridge
        assert suggestion.shared == (marked("domain", "banque.example"),)
        assert now.etag == case.etag, "no decision is disturbed"
        assert office.moves(case) == ["open", "assess", "suggest"]


def test_the_desk_reads_what_two_cases_share_merges_them_and_splits_them_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    hear = the_stream(monkeypatch)
    one = hear(put_report(1, locations=[PHONE]))
    two = hear(put_report(2, locations=[PAGE]))
    bridge = put_report(3, locations=[PHONE, PAGE])
    assert hear(bridge).id == one.id
    everything = [one.opened_by, two.opened_by, bridge]

    def where() -> list[str | None]:
        return [each.case_id for each in desk.table.reports.get_reports(everything)]

    (shown,) = desk.case(two, ana).document["suggestions"]
    assert shown == {
        "case": one.id,
        "because": "identifier",
        "shared": [
            {
                "kind": "domain",
                "value": "banque.example",
                "digest": marked("domain", "banque.example").partition(":")[2],
            }
        ],
        "report": bridge,
    }
    assert desk.get(f"cases/{two.id}/dossier", ana).document["suggestions"] == [shown]
    assert desk.case(one, ana).document["suggestions"][0]["case"] == two.id

    merged = desk.review(desk.table.get_case(two.id), {"outcome": "merge", "into": one.id}, ana)
    assert merged.status == 202
    later(monkeypatch, minutes=0)
    swept()
    assert desk.case(one, ana).document["suggestions"] == []
    assert where() == [one.id, one.id, one.id]

    split = desk.review(desk.table.get_case(two.id), {"outcome": "split"}, ana)
    assert split.status == 200
    later(monkeypatch, minutes=2)
    swept()
    assert where() == [one.id, two.id, one.id]
    history = [event.move for event in desk.table.events(two.id)]
    assert history == ["open", "assess", "suggest", "export", "merge", "split"]


def test_a_report_that_lists_hundreds_of_weak_names_is_linked_like_any_other(
    office: Office,
) -> None:
    names = [f"{one}{two}{three}" for one in "abcdefgh" for two in "aeiou" for three in "lmnr"]
    listed = office.accept(narrative="Ils écrivent de " + ", ".join(f"@{name}" for name in names))

    assert office.deliver(listed) == []

    assert office.case_of(listed).opened_by == listed
    assert len(office.items(keys.clue_key.partition_begins)) == MAX_WEAK + 2, "and of the words"


@pytest.mark.parametrize("operation", ["BatchGetItem", "PutItem"])
def test_a_report_comes_into_its_case_without_the_suggestion_that_failed(
    office: Office, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(telemetry, "count_metric", lambda name, value=1: counted.append(name))
    named = [{"kind": "handle", "value": "@karim"}]
    first, second = office.accept(locations=named), office.accept(locations=named)
    office.deliver(first)
    with refused(operation, keys.clue_key.partition_begins):
        assert office.deliver(second) == []

    assert office.case_of(second).id == case_id_from_reference(second)
    assert "SuggestionsFailed" in counted
    assert counted.count("CasesOpened") == 2


@pytest.mark.parametrize("contact", [None, "0600004117"])
def test_a_report_waits_while_the_keys_cannot_be_read_and_is_linked_once_they_can(
    office: Office, contact: str | None
) -> None:
    """No identifier is found without its key, nor told from the reporter's own."""
    office.deliver(office.accept(locations=[PHONE]))
    told: dict[str, Any] = {"kind": "anonymous"}
    if contact is not None:
        told = {"kind": "confidential", "contact": {"phone": contact}}
    reference = office.accept(locations=[PHONE], disclosure=told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "read_key", no_key)
        assert office.deliver(reference) == [reference]
    office.later(minutes=2)
    assert office.reconcile()["unlinked"] == 1
    joined = office.case_of(reference).id != case_id_from_reference(reference)
    assert joined is (contact is None)


def no_key(arn: str) -> bytes:
    raise secrets.UnusableSecret("the entry 'key' is missing or too short")


def test_a_report_that_bridges_two_cases_joins_though_neither_can_be_told_of_the_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = office.in_review(locations=[PHONE]), office.in_review(locations=[PAGE])
    office.deliver(office.accept(locations=[PHONE]))  # the second of a case is bound to the case
    bridge = office.accept(locations=[PHONE, PAGE])
    counted: list[str] = []
    monkeypatch.setattr(telemetry, "count_metric", lambda name, value=1: counted.append(name))
    with refused("TransactWriteItems", "CASE#"):
        assert office.deliver(bridge) == []

    assert office.case_of(bridge).id == one.id
    assert office.now_case(one).suggestions == office.now_case(two).suggestions == ()
    assert counted == ["SuggestionsFailed", "ReportsJoined"]


def test_a_suggestion_shows_the_shared_words_only_while_the_report_is_kept(
    office: Office,
) -> None:
    named = [{"kind": "handle", "value": "@karim"}]
    first, second = office.accept(locations=named), office.accept(locations=named)
    office.deliver(first, second)
    case = office.case_of(second)
    (report,) = office.table.reports.get_reports([second])
    (suggestion,) = lists.suggestion_views(AN_ANALYST, case, report.named)
    assert [each.value for each in suggestion.shared] == ["karim"]

    erase_report(office.table, second, task_state.now(), SYSTEM_AUTHOR)

    assert office.table.reports.get_reports([second]) == []
    (suggestion,) = lists.suggestion_views(AN_ANALYST, case, {})
    (shared,) = suggestion.shared
    assert (shared.value, f"handle:{shared.digest}") == (None, marked("handle", "karim"))
    left = str([*office.table.events(case.id), office.items("REPORT#")[-1]])
    assert "karim" not in left
    for value in ("karim", "handle|karim", "handle:karim"):
        assert hashlib.sha256(value.encode()).hexdigest()[:12] not in left


@contextmanager
def refused(operation: str, begins: str) -> Iterator[None]:
    """The service refuses an operation on items of partitions with this prefix."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # the one place all calls pass

    def perhaps(client: Any, asked: str, arguments: dict[str, Any]) -> Any:
        if asked == operation and f"'S': '{begins}" in str(arguments):
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, operation)
        return call(client, asked, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", perhaps)
        yield


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR, Role.OFFICER])
def test_reviewers_see_suggested_cases_and_units_do_not(desk: Desk, role: Role) -> None:
    member, other = desk.enrol(role, RABAT), a_case(4_000).id
    weak = Suggestion(case=other, because="narrative", percent=90)
    strong = Suggestion(case=a_case(4_001).id, because="identifier", report=a_reference(77))
    case = desk.referred(RABAT, suggestions=(weak,))
    case = desk.table.update(case.id, lambda now: add_suggestion(now, NOON, strong)).case

    shown = desk.case(case, member)
    dossier = desk.get(f"cases/{case.id}/dossier", member)

    for document in (shown.document, dossier.document):
        named = [each["case"] for each in document["suggestions"]]
        moves = [event["move"] for event in document["history"]]
        if role is Role.OFFICER:
            assert (named, "suggest" in moves) == ([], False)
            assert moves[0] == "open"
        else:
            assert (named, "suggest" in moves) == ([other, strong.case], True)
            assert document["history"][0]["data"]["suggestions"][0]["case"] == other
    for text in (shown.text, dossier.text):
        for each in (other, strong.case, a_reference(77)):
            assert (each in text) is (role is not Role.OFFICER)
