"""Cases that may be about the same facts: suggested to people with the reason, joined by them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from casework.aws import announcements, keys, observe
from casework.aws.case_table import CaseTable
from casework.aws.settings import LinkSettings
from casework.case import Case
from casework.identifiers import digest_of
from casework.reference import case_id_of
from casework.resemblance import MOST_WEAK
from casework.staff import Role
from functions.triage.link import link_report
from tests.integration.desks import TABLE, WORKFLOW, Desk
from tests.integration.lives import later, swept
from tests.office import SELECTOR, Office, put_report

PHONE = {"kind": "phone", "value": "06 00 00 41 17"}
PAGE = {"kind": "url", "value": "https://banque.example/verification"}
SAID = (
    "J'ai reçu un message qui dit que mon colis est bloqué à la douane et que je dois payer {} "
    "dirhams. J'ai donné ma carte et on a retiré tout mon solde."
)


def test_the_same_words_about_another_number_open_a_case_that_names_the_first(
    office: Office,
) -> None:
    first = office.accept(locations=[PHONE], narrative=SAID.format(49))
    second = office.accept(locations=[PAGE], narrative=SAID.format(350))

    office.deliver(first, second)

    case = office.case_of(second)
    assert case.id == case_id_of(second)
    (suggestion,) = case.suggestions
    assert (suggestion.case, suggestion.because) == (case_id_of(first), "narrative")
    assert suggestion.percent == 100
    (event,) = office.table.events(case.id)
    assert event.data["suggestions"] == [
        {"case": case_id_of(first), "because": "narrative", "percent": 100}
    ]
    assert office.case_of(first).suggestions == ()


def test_a_case_that_ended_is_not_suggested(office: Office) -> None:
    office.reject(office.in_review(locations=[PHONE], narrative=SAID.format(49)))
    second = office.accept(locations=[PAGE], narrative=SAID.format(350))

    office.deliver(second)

    assert office.case_of(second).suggestions == ()


def test_a_first_name_as_an_account_suggests_and_does_not_join(office: Office) -> None:
    named = [{"kind": "handle", "value": "@karim"}]
    first, second = office.accept(locations=named), office.accept(locations=named)

    office.deliver(first, second)

    (suggestion,) = office.case_of(second).suggestions
    assert (suggestion.case, suggestion.because) == (case_id_of(first), "weak_identifier")
    assert suggestion.shared == (f"handle:{digest_of('handle', 'karim')}",)


def test_what_is_kept_to_suggest_shows_no_words_and_is_forgotten_one_day(office: Office) -> None:
    office.deliver(office.accept(locations=[{"kind": "handle", "value": "@karim"}]))

    kept = office.items(keys.CLUE_PREFIX)

    assert len(kept) == 1
    assert "karim" not in str(kept)
    assert digest_of("handle", "karim") not in str(kept)
    assert all(item[keys.EXPIRES_AT] > 0 for item in kept)


def test_a_report_that_names_what_two_cases_own_suggests_each_to_the_other_once(
    office: Office,
) -> None:
    first, second = office.accept(locations=[PHONE]), office.accept(locations=[PAGE])
    office.deliver(first, second)
    one, two = office.case_of(first), office.case_of(second)
    bridge = office.accept(locations=[PHONE, PAGE])

    office.deliver(bridge)
    office.deliver(bridge)

    assert office.case_of(bridge).id == one.id
    for case, other in ((one, two), (two, one)):
        now = office.now_case(case)
        (suggestion,) = now.suggestions
        assert (suggestion.case, suggestion.because) == (other.id, "identifier")
        assert suggestion.report == bridge
        assert suggestion.shared == (f"domain:{digest_of('domain', 'banque.example')}",)
        assert now.etag == case.etag, "no decision is disturbed"
        assert office.moves(case) == ["open", "suggest"]


def test_what_two_cases_share_is_read_at_the_desk_merged_in_one_call_and_split_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    hear = the_stream(monkeypatch)
    one = desk.assess(hear(put_report(1, locations=[PHONE])))
    two = desk.assess(hear(put_report(2, locations=[PAGE])))
    bridge = put_report(3, locations=[PHONE, PAGE])
    assert hear(bridge).id == one.id
    everything = [one.opened_by, two.opened_by, bridge]

    def where() -> list[str | None]:
        return [each.case_id for each in desk.table.reports.several(everything)]

    (shown,) = desk.case(two, ana).document["suggestions"]
    assert shown == {
        "case": one.id,
        "because": "identifier",
        "shared": [
            {
                "kind": "domain",
                "value": "banque.example",
                "digest": digest_of("domain", "banque.example"),
            }
        ],
        "report": bridge,
    }
    assert desk.get(f"cases/{two.id}/dossier", ana).document["suggestions"] == [shown]
    assert desk.case(one, ana).document["suggestions"][0]["case"] == two.id

    merged = desk.review(desk.table.case(two.id), {"outcome": "merge", "into": one.id}, ana)
    assert merged.status == 202
    later(monkeypatch, minutes=0)
    swept()
    assert desk.case(one, ana).document["suggestions"] == []
    assert where() == [one.id, one.id, one.id]

    split = desk.review(desk.table.case(two.id), {"outcome": "split"}, ana)
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
    assert len(office.items(keys.CLUE_PREFIX)) == MOST_WEAK + 1, "and the words"


@pytest.mark.parametrize("operation", ["BatchGetItem", "PutItem"])
def test_a_report_comes_into_its_case_without_the_suggestion_that_failed(
    office: Office, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(observe, "count", lambda name, value=1: counted.append(name))
    named = [{"kind": "handle", "value": "@karim"}]
    first, second = office.accept(locations=named), office.accept(locations=named)
    office.deliver(first)
    with refused(operation, keys.CLUE_PREFIX):
        assert office.deliver(second) == []

    assert office.case_of(second).id == case_id_of(second)
    assert "SuggestionsFailed" in counted
    assert counted.count("CasesOpened") == 2


def test_a_report_that_bridges_two_cases_joins_though_neither_can_be_told_of_the_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = office.accept(locations=[PHONE]), office.accept(locations=[PAGE])
    office.deliver(first, second)
    bridge = office.accept(locations=[PHONE, PAGE])
    counted: list[str] = []
    monkeypatch.setattr(observe, "count", lambda name, value=1: counted.append(name))
    with refused("TransactWriteItems", "CASE#"):
        assert office.deliver(bridge) == []

    assert office.case_of(bridge).id == case_id_of(first)
    assert office.case_of(first).suggestions == ()
    assert counted == ["SuggestionsFailed", "ReportsJoined"]


@contextmanager
def refused(operation: str, begins: str) -> Iterator[None]:
    """The service refuses an operation on items whose partition begins so."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # the one place all calls pass

    def perhaps(client: Any, asked: str, arguments: dict[str, Any]) -> Any:
        if asked == operation and f"'S': '{begins}" in str(arguments):
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, operation)
        return call(client, asked, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", perhaps)
        yield


def the_stream(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Case]:
    """Lets the stream's consumer hear of a report; answers the case it is in."""
    monkeypatch.setattr(announcements, "publish", lambda *_: None)
    kept = boto3.client("secretsmanager").create_secret(
        Name="selector", SecretString=json.dumps({"key": SELECTOR})
    )
    settings = LinkSettings(
        stage="test",
        case_table=TABLE,
        pack="ma",
        workflow=WORKFLOW,
        topic="topic",
        selector_secret=kept["ARN"],
    )

    def hear(reference: str) -> Case:
        return CaseTable(TABLE).case(link_report(settings, reference).case_id or "")

    return hear
