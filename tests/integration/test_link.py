"""Each accepted report comes into one case, despite repeats, races and failures."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from casework.aws.steps import task_state
from casework.aws.table import case_reports, joins, keys
from casework.aws.table.wire import to_wire_item
from casework.case.lifecycle import Status
from casework.errors import CannotWait
from casework.linking import join_rules
from casework.moves import merges
from casework.text.reference import case_id_from_reference
from functions.triage import join_batches, link
from functions.triage.case_moves import move_reports_to_case
from tests import admitting
from tests.builders import RABAT, SALE, a_reference, clocks_of
from tests.office import TABLE, Office, marked

PHONE = [{"kind": "phone", "value": "06 00 00 41 17"}]
SAME_PHONE = [{"kind": "phone", "value": "٠٠٢١٢٦٠٠٠٠٤١١٧"}]
NOTHING: list[dict[str, str]] = []


def test_report_without_a_match_opens_a_case_and_starts_its_workflow(office: Office) -> None:
    reference = office.accept(territory={"code": "04.421"})

    assert office.deliver(reference) == []

    case = office.case_of(reference)
    assert case.id == case_id_from_reference(reference)
    assert (case.status, case.opened_by) == (Status.IN_REVIEW, reference)
    assert (case.category, case.territory, case.language) == ("fraud", "04.421", "fr")
    assert office.executions() == [f"{case.id}-1"]
    assert office.moves(case) == ["open", "assess"]


def test_victim_who_lives_in_the_country_and_reports_from_abroad_has_both_on_the_case(
    office: Office,
) -> None:
    reference = office.accept(territory={"country": "FR", "residence": "04.441"})

    office.deliver(reference)
    office.take("triage", office.case_of(reference))

    case = office.case_of(reference)
    assert (case.country, case.territory) == ("FR", "04.441")
    office.confirm(case, unit=None)
    office.take("referral", office.now_case(case))
    sent = office.now_case(case)
    assert sent.referral is not None
    assert sent.referral.unit == SALE


def test_report_that_names_a_known_telephone_joins_the_case(office: Office) -> None:
    first = office.accept(locations=PHONE)
    second = office.accept(locations=NOTHING, narrative="Il appelle du 00212-600-00-41-17.")

    office.deliver(first, second)

    report = office.table.reports.get_report(second)
    assert report is not None
    assert report.case_id == case_id_from_reference(first)
    assert report.linked_by == ("phone:+212600004117",)
    assert office.executions() == [f"{case_id_from_reference(first)}-1"]


def test_joining_report_of_no_greater_weight_leaves_the_case_unchanged(office: Office) -> None:
    before = office.in_review(locations=PHONE)

    office.deliver(office.accept(locations=SAME_PHONE, narrative="Il m'a appelé."))

    assert office.now_case(before) == before


def test_spellings_of_one_page_address_are_one_identifier(office: Office) -> None:
    written = [
        "https://banque.example/verification",
        "hxxp://www.banque[.]example/verification/",
        "banque.example/verification?utm_source=sms",
    ]
    references = [office.accept(locations=[{"kind": "url", "value": value}]) for value in written]

    office.deliver(*references)

    assert {office.case_of(each).id for each in references} == {
        case_id_from_reference(references[0])
    }


def test_forty_listings_are_forty_cases_and_forty_reports_of_one_are_one(office: Office) -> None:
    def came(number: int) -> str:
        page = f"https://souk-lib.com/annonces/{number}"
        return office.accept(locations=[{"kind": "url", "value": page}])

    listings = [came(each) for each in range(40)]
    again = [came(7) for _ in range(40)]
    for reports in (listings, again):
        for at in range(0, len(reports), 10):
            assert office.deliver(*reports[at : at + 10]) == []

    assert len({office.case_of(each).id for each in listings}) == 40
    assert {office.case_of(each).id for each in again} == {office.case_of(listings[7]).id}
    (site,) = [each for each in office.items("IDENTIFIER#domain") if each.get("pages")]
    assert len(site["pages"]) == join_rules.MAX_SITE_PAGES + 1


def test_reporters_own_telephone_links_nothing(office: Office) -> None:
    contact = {"kind": "confidential", "contact": {"phone": "0600004117"}}
    first = office.accept(locations=PHONE, disclosure=contact)
    second = office.accept(locations=PHONE, disclosure=contact)

    office.deliver(first, second)

    assert office.case_of(first) != office.case_of(second)
    assert office.items("IDENTIFIER#") == []


def test_telephone_described_as_the_reporters_own_links_nothing_and_stands_apart(
    office: Office,
) -> None:
    said = "Il m'écrit sur wa.me/212600000731. Mon numéro est le 06 00 00 41 17."
    first = office.accept(locations=NOTHING, narrative=said)
    second = office.accept(locations=PHONE)

    office.deliver(first, second)

    assert office.case_of(first) != office.case_of(second)
    report = office.table.reports.get_report(first)
    assert report is not None
    assert report.own_named == (marked("phone", "+212600004117"),)


def test_report_with_thousands_of_own_telephones_still_gets_its_case(office: Office) -> None:
    """Each is 70 bytes beside the report: 7,000 of them outgrew the item, and the link failed."""
    numbers = [f"{number:010}" for number in range(661_000_000, 661_007_000)]
    values = ["mon numéro " + " et ".join(numbers[at : at + 140]) for at in range(0, 7_000, 140)]
    places = [{"kind": "other", "value": value} for value in values]
    reference = office.accept(locations=places)

    assert office.deliver(reference) == []

    report = office.table.reports.get_report(reference)
    assert report is not None
    assert report.case_id == case_id_from_reference(reference)
    assert len(report.own_named) == join_rules.MAX_OWN
    assert office.items("IDENTIFIER#") == [], "the others are the reporter's, too"


def test_own_telephone_known_by_its_hash_alone_stands_apart(office: Office) -> None:
    contact = {"kind": "confidential", "contact": {"phone": "0600004117"}}
    reference = office.accept(
        locations=NOTHING, narrative="Rappelez au 06 00 00 41 17.", disclosure=contact
    )

    office.deliver(reference)

    report = office.table.reports.get_report(reference)
    assert report is not None
    assert report.own_named == (marked("phone", "+212600004117"),)


def test_reports_of_money_sent_to_one_account_are_one_case(office: Office) -> None:
    written = ["230 010 0099004417301122 32", "MA64 2300 1000 9900 4417 3011 2232"]
    references = [
        office.accept(
            locations=NOTHING,
            money_lost=[{"amount": "900", "currency": "MAD", "beneficiary_account": account}],
        )
        for account in written
    ]

    office.deliver(*references)

    assert {office.case_of(each).id for each in references} == {
        case_id_from_reference(references[0])
    }


def test_front_page_of_a_platform_links_nothing(office: Office) -> None:
    platform = [{"kind": "url", "value": "https://www.facebook.com/"}]
    references = [office.accept(locations=platform) for _ in range(2)]

    office.deliver(*references)

    assert len(office.cases()) == 2


def test_report_without_identifiers_opens_its_own_case(office: Office) -> None:
    references = [office.accept(locations=NOTHING) for _ in range(2)]

    office.deliver(*references)

    assert len(office.cases()) == 2


def test_repeated_delivery_changes_nothing(office: Office) -> None:
    references = [office.accept(locations=PHONE), office.accept(locations=PHONE)]
    office.deliver(*references)
    before = office.items("")

    for _ in range(3):
        assert office.deliver(*references) == []

    assert office.items("") == before
    assert office.executions() == [f"{case_id_from_reference(references[0])}-1"]
    assert office.told() == []


def test_a_hundred_at_once_with_one_telephone_are_one_case_one_workflow_and_all_linked(
    office: Office,
) -> None:
    references = [office.accept(locations=PHONE if each % 2 else SAME_PHONE) for each in range(100)]
    batches = [references[at : at + 10] for at in range(0, len(references), 10)]

    with ThreadPoolExecutor(2 * len(batches)) as together:
        failed = list(together.map(lambda batch: office.deliver(*batch), batches * 2))

    assert not any(failed)
    (case,) = office.cases()
    linked = [
        report.case_id
        for half in (references[:50], references[50:])
        for report in office.table.reports.get_reports(half)
    ]
    assert linked == [case.id] * 100
    assert office.executions() == [case.execution]


def test_first_report_of_a_case_that_two_deliveries_put_there_at_once_is_there_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = office.accept(locations=PHONE)
    really, waits = joins._read, [reference]

    def read_and_overtaken(table: str, references: Sequence[str]) -> dict[str, dict[str, Any]]:
        found = really(table, references)
        if waits:
            assert office.deliver(waits.pop()) == []
        return found

    monkeypatch.setattr(joins, "_read", read_and_overtaken)
    assert office.deliver(reference) == []

    case = office.case_of(reference)
    assert case_reports.last_report_number(office.table.name, case.id) == 1
    assert office.executions() == [f"{case.id}-1"]


def test_unreadable_report_delays_no_other_report(office: Office) -> None:
    good, poison, behind = (office.accept(locations=NOTHING) for _ in range(3))
    spoil(poison)

    assert office.deliver(good, poison, behind) == []

    assert office.case_of(good).opened_by == good
    assert office.case_of(behind).opened_by == behind


def test_failure_is_logged_without_the_words_of_the_report(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    poison = office.accept(narrative="canary-narrative")
    spoil(poison)

    office.deliver(poison)

    assert "canary" not in capsys.readouterr().out


def test_reports_are_processed_again_when_their_stream_records_are_gone(office: Office) -> None:
    lost = office.accept(locations=PHONE)
    linked = office.accept(locations=PHONE)
    office.deliver(linked)
    poison = office.accept()
    spoil(poison)

    outcome = link.reprocess(
        {"references": [lost.lower(), linked, poison, a_reference(99), "nonsense"]}, None
    )

    assert outcome == {
        "linked": [lost, linked],
        "failed": [poison],
        "unknown": [a_reference(99), "nonsense"],
    }
    assert office.case_of(lost).id == case_id_from_reference(linked)
    before = office.items("")
    link.reprocess({"references": [lost]}, None)
    assert office.items("") == before


def test_erased_report_is_passed_over(office: Office) -> None:
    reference = office.accept()
    boto3.client("dynamodb").put_item(
        TableName=TABLE, Item=to_wire_item({**keys.report_key(reference), "erased_at": "2026"})
    )

    assert office.deliver(reference) == []
    assert office.cases() == []


def test_closed_case_takes_no_reports_and_gives_up_its_identifiers(office: Office) -> None:
    closed = office.reject(office.in_review(locations=PHONE))
    references = [office.accept(locations=PHONE) for _ in range(2)]

    office.deliver(*references)

    assert {office.case_of(each).id for each in references} == {
        case_id_from_reference(references[0])
    }
    after = office.now_case(closed)
    assert (after.status, after.etag) == (closed.status, closed.etag)
    assert [each.case for each in after.suggestions] == [case_id_from_reference(references[0])]


def test_many_at_once_after_a_case_closed_make_one_new_case(office: Office) -> None:
    office.reject(office.in_review(locations=PHONE))
    references = [office.accept(locations=PHONE) for _ in range(16)]

    with ThreadPoolExecutor(16) as together:
        list(together.map(office.deliver, references))

    assert len(office.cases()) == 2
    assert len({office.case_of(each).id for each in references}) == 1


def test_case_that_closes_while_a_report_joins_it_does_not_swallow_the_report(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.in_review(locations=PHONE)
    late = office.accept(locations=PHONE)
    really = joins.join_reports

    def and_closes(table: str, case_id: str, *rest: Any) -> set[str]:
        if case_id == case.id:
            office.reject(case)
        return really(table, case_id, *rest)

    monkeypatch.setattr(join_batches, "join_reports", and_closes)

    office.deliver(late)

    assert office.case_of(late).id == case_id_from_reference(late)


def test_each_report_of_a_case_has_a_number_of_its_own_though_others_come_meanwhile(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who saw a number saw all lower ones: numbers are unique and given in order."""
    case = office.in_review(locations=PHONE)
    first, second = office.accept(locations=PHONE), office.accept(locations=PHONE)
    really = case_reports.last_report_number
    meanwhile = [second]

    def overtaken(table: str, case_id: str) -> int:
        last = really(table, case_id)
        if meanwhile:
            assert office.deliver(meanwhile.pop()) == []
        return last

    monkeypatch.setattr(case_reports, "last_report_number", overtaken)
    assert office.deliver(first) == []
    assert office.deliver(first, second) == []
    numbers = {each.reference: each.number for each in office.table.reports.iter_reports(case.id)}
    assert numbers == {case.opened_by: 1, second: 2, first: 3}
    assert office.table.reports.page_references(case.id, 9).ids == [case.opened_by, second, first]


def test_late_redelivery_leaves_a_report_in_the_case_that_closed_with_it(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    joined = office.accept(locations=PHONE)
    office.deliver(joined)
    admitting.admit(office.table, case.id, task_state.now(), "an analyst")
    office.reject(case)

    office.deliver(joined, case.opened_by)

    assert office.case_of(joined).id == case.id
    assert len(office.cases()) == 1


@pytest.mark.parametrize("stage", ["queued", "published"])
def test_report_on_a_referred_case_reaches_the_unit_as_an_addition(
    office: Office, stage: str
) -> None:
    case = getattr(office, stage)(locations=PHONE)
    joined = office.accept(locations=PHONE)

    office.deliver(joined)
    office.deliver(joined)

    additions = office.told("case.addition")
    assert {each["attributes"]["unit"] for each in additions} == {RABAT}
    assert len({each["id"] for each in additions}) == 1
    assert additions[0]["data"]["case"] == case.id
    assert joined not in json.dumps(additions)


def test_report_that_joins_before_the_referral_is_no_addition(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    joined = office.accept(locations=PHONE)
    office.deliver(joined)
    office.later(minutes=5)
    office.confirm(case)
    office.take("referral", office.now_case(case))

    office.deliver(joined)

    assert office.told("case.addition") == []


def test_case_referred_while_a_report_joins_it_hears_of_the_report(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.reviewed(locations=PHONE)
    joined = office.accept(locations=PHONE)
    really = joins.join_reports

    def and_is_referred(*what: Any) -> set[str]:
        office.take("referral", office.now_case(case))
        return really(*what)

    monkeypatch.setattr(join_batches, "join_reports", and_is_referred)

    office.deliver(joined)

    assert [each["data"]["case"] for each in office.told("case.addition")] == [case.id]


def spoil(reference: str) -> None:
    """Make a report unreadable."""
    client: Any = boto3.client("dynamodb")
    client.update_item(
        TableName=TABLE,
        Key=to_wire_item(keys.report_key(reference)),
        UpdateExpression="SET facts = :nonsense",
        ExpressionAttributeValues=to_wire_item({":nonsense": zlib.compress(b"{nonsense")}),
    )


def test_danger_in_a_report_that_joins_reaches_the_duty_desk_and_touches_no_decision(
    office: Office,
) -> None:
    case = office.in_review(locations=PHONE)
    joining = office.accept(locations=PHONE, danger_now=True)

    office.deliver(joining)
    office.deliver(joining)

    now = office.now_case(case)
    assert office.case_of(joining).id == case.id
    assert (now.imminent, now.priority.value) == (True, "immediate")
    assert now.etag == case.etag
    last = list(office.table.events(case.id))[-1]
    assert (last.move, last.data["report"]) == ("raise", joining)
    reasons = last.data["reasons"]
    assert isinstance(reasons, list)
    assert "imminent_danger" in reasons
    assert "doubt_counts_as_more_urgent" not in reasons, "it was ticked, and is no doubt"
    assert len({each["id"] for each in office.told("case.alert")}) == 1


EXPLOITED = "Un groupe Telegram vend des vidéos pédopornographiques d'enfants."
CHILD = "child_sexual_exploitation"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"category": "fraud", "narrative": EXPLOITED}, (CHILD,)),
        ({"category": None, "narrative": EXPLOITED}, (CHILD,)),
        ({"category": CHILD}, ()),  # it is the case's own, and counts as such
        ({"category": "fraud"}, ()),
    ],
)
def test_narrative_can_make_a_case_one_for_two_people(
    office: Office, said: dict[str, Any], told: tuple[str, ...]
) -> None:
    case = office.in_review(**said)
    assert case.told == told


@pytest.mark.parametrize("said", [{"category": "terrorism"}, {"narrative": EXPLOITED}])
def test_joining_report_can_make_a_case_one_for_two_people(
    office: Office, said: dict[str, Any]
) -> None:
    case = office.in_review(locations=PHONE)
    office.deliver(office.accept(locations=PHONE))
    assert office.now_case(case).told == ()

    joining = office.accept(locations=PHONE, **said)
    office.deliver(joining)
    now = office.now_case(case)
    office.deliver(joining)

    assert now.told == (said.get("category", CHILD),)
    assert now.etag == case.etag, "who decided on what they saw decided well"
    assert office.now_case(case) == now
    other = office.in_review(locations=[], narrative="Une autre page vend des téléphones.")
    (absorbed,) = merges.merge_case(
        now, other, task_state.now(), "an analyst", {}, clocks_of(60)
    ).beside
    assert absorbed.after.told == now.told, "a merge spares nobody the second look"


def test_danger_that_was_assessed_before_a_merge_is_told_no_second_time(office: Office) -> None:
    """Though the report is told once more, after the case it was merged into was rejected."""
    dangerous = office.in_review(locations=PHONE, danger_now=True)
    kept = office.in_review(locations=[])
    merged = office.table.update(
        dangerous.id,
        lambda now: merges.merge_case(now, kept, task_state.now(), "an analyst", {}, clocks_of(60)),
    ).case
    assert move_reports_to_case(office.table, merged, task_state.now()) is None
    office.reject(office.now_case(kept))
    before = office.told()

    office.deliver(dangerous.opened_by)

    assert office.case_of(dangerous.opened_by).id == kept.id
    assert office.told() == before


def test_a_review_waits_for_no_answer_once_a_report_that_joins_tells_of_danger(
    office: Office,
) -> None:
    case = office.in_review(locations=PHONE)
    asked = office.ask(case)
    office.deliver(office.accept(locations=PHONE))
    assert office.now_case(case).status is Status.AWAITING_ANSWER

    dangerous = office.accept(locations=PHONE, danger_now=True)
    office.deliver(dangerous)

    back = office.now_case(case)
    assert (back.status, back.imminent, back.run) == (Status.IN_REVIEW, True, asked.run + 1)
    assert office.moves(case)[-2:] == ["raise", "unanswered"]
    assert back.execution in office.executions()

    with pytest.raises(CannotWait):
        office.ask(case)
    office.deliver(dangerous, office.accept(locations=PHONE, danger_now=True))
    assert office.now_case(case).status is Status.IN_REVIEW
