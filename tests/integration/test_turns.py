"""Like things stand together and take turns: no crowd stands before one person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.aws.services.clients import aws_client
from casework.aws.table.desk_keys import MAX_QUEUE_TURN, group_key
from casework.aws.table.erasure import erase_report
from casework.aws.table.group_table import GroupTable
from casework.aws.table.wire import values_from_wire_item
from casework.case.first_glance import ListTurn
from casework.case.lifecycle import Move
from casework.case.value_objects import Duty
from casework.decisions.staff import Role
from casework.linking.groups import GroupTraits, firsts_first
from casework.text.realm import Realm
from functions.triage import reconcile
from functions.triage.files import follow_file
from functions.triage.link import _settings
from tests.builders import a_reference
from tests.integration.desks import Desk
from tests.integration.test_first_glance import Front, front, whole
from tests.integration.test_follow import add, deliver

__all__ = ["front"]

FLOOD = "Ils vont me tuer cette nuit, venez vite, je suis enfermé dans la cave de la maison jaune"
HERS = "Mon ex-mari attend devant ma porte avec un couteau et il crie qu'il va entrer ce soir"
CONTACT = {"kind": "confidential", "contact": {"phone": "0611223344"}}


def danger(front: Front, words: str, **said: Any) -> str:
    return front.came(**{"narrative": words, "danger_now": True, **said})


def place(front: Front, report: str) -> ListTurn:
    found = front.office.table.reports.get_report(report)
    assert found is not None
    assert found.unseen is not None
    return found.unseen.stands


@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_one_person_stands_among_the_first_lines_whatever_comes_around_her(
    front: Front, when: str
) -> None:
    her = danger(front, HERS) if when == "before" else ""
    for number in range(12):
        danger(front, f"{FLOOD} {number if number % 2 else ''}")
        if number == 6 and when == "between":
            her = danger(front, HERS)
    her = her or danger(front, HERS)

    assert her in front.names()[:3]
    duty = [front.office.table.get_case(each).opened_by for each in duty_ids(front)]
    assert her in duty[:3]


def duty_ids(front: Front) -> list[str]:
    return front.office.table.duty(Duty.IMMINENT, 100).ids


def test_in_the_flood_s_own_words_her_contact_makes_her_a_line_of_her_own(front: Front) -> None:
    for _ in range(6):
        danger(front, FLOOD)
    her = danger(front, FLOOD, disclosure=CONTACT)
    assert place(front, her).group == ""
    assert place(front, her).turn == 1
    assert her in front.names()[:3]


def test_what_a_whole_group_has_is_nobody_s_own(front: Front) -> None:
    reports = [danger(front, FLOOD, disclosure=CONTACT) for _ in range(4)]
    turns = [place(front, each) for each in reports]
    assert [each.group != "" for each in turns] == [False, True, True, True]
    assert front.names() == [reports[0], reports[1]], "one line of her own, and one of the group"
    shown = front.listed()[1]
    assert shown["group"]["count"] == 3


def test_a_file_that_comes_later_gives_her_a_line_of_her_own(front: Front) -> None:
    reports = [danger(front, FLOOD) for _ in range(6)]
    her, others = reports[4], [each for each in reports if each != reports[4]]
    assert (place(front, her).turn, front.names()) == (5, reports[:1])
    for _ in range(2):  # told twice
        follow_file(_settings(), front.case(her).id, her, 1)
    assert (place(front, her).turn, place(front, her).group) == (1, "")
    assert sorted(front.names()) == sorted([reports[0], her])
    duty = [front.office.table.get_case(each).opened_by for each in duty_ids(front)]
    assert her in duty[:2]
    (crowd,) = [each for each in front.listed() if each["reference"] == reports[0]]
    assert crowd["group"]["count"] == len(others)
    assert "group" not in next(each for each in front.listed() if each["reference"] == her)
    copies_of(front, reports[0], "nothing_urgent")
    assert place(front, her).turn == 1, "no verdict on copies is one on her"


def test_what_she_adds_later_gives_her_a_line_of_her_own(front: Front) -> None:
    reports = [danger(front, FLOOD) for _ in range(6)]
    her = reports[4]
    assert deliver(add(front.office, her, text="Mon enfant saigne, 3 rue Atlas.")) == []
    assert (place(front, her).turn, place(front, her).group) == (1, "")
    assert sorted(front.names()) == sorted([reports[0], her])
    duty = [front.office.table.get_case(each).opened_by for each in duty_ids(front)]
    assert her in duty[:2]


def test_what_she_adds_after_a_verdict_on_copies_brings_her_case_out_of_the_line(
    front: Front,
) -> None:
    reports = [danger(front, FLOOD) for _ in range(6)]
    her = reports[4]
    copies_of(front, reports[0], "nothing_urgent")
    assert deliver(add(front.office, her, text="Il tire sur les gens, venez.")) == []
    duty = [front.office.table.get_case(each).opened_by for each in duty_ids(front)]
    assert her in duty[:2]


def test_no_verdict_on_copies_covers_words_that_nobody_read_yet(front: Front) -> None:
    """What she added arrived, and the stream has not told of it."""
    reports = [danger(front, FLOOD) for _ in range(3)]
    add(front.office, reports[2], text="Mon enfant saigne, 3 rue Atlas.")
    copies_of(front, reports[0], "nothing_urgent")
    assert front.waiting() == [reports[2]]


def test_files_of_a_whole_flood_take_turns(front: Front) -> None:
    reports = [danger(front, FLOOD) for _ in range(4)]
    her = danger(front, HERS)
    for each in reports:
        follow_file(_settings(), front.case(each).id, each, 1)
    assert [place(front, each).turn for each in reports] == [1, 2, 3, 4]
    assert her in front.names()[:2]


def test_lines_of_their_own_of_one_group_take_turns_too(front: Front) -> None:
    for number in range(6):
        said = {"kind": "confidential", "contact": {"phone": f"061122334{number}"}}
        danger(front, FLOOD, disclosure=said)
    her = danger(front, HERS)
    assert front.names()[1] == her


def test_other_words_are_another_group_and_near_words_are_not(front: Front) -> None:
    one = place(front, danger(front, FLOOD))
    near = place(front, danger(front, f"{FLOOD} svp"))
    other = place(front, danger(front, HERS))
    assert (one.turn, near.turn, other.turn) == (1, 2, 1)
    assert one.group == near.group != other.group
    assert one.same != near.same


def test_the_second_text_finds_the_first_whichever_word_was_exchanged(desk: Desk) -> None:
    table, key = GroupTable(desk.table.name), b"k" * 64
    for day, word in enumerate({*FLOOD.split()}, start=1):
        at = datetime(2026, 3, day, 12, tzinfo=UTC)
        near = FLOOD.replace(word, "autre")
        first, second = (
            table.enter(
                GroupTraits.from_report(text, text, "", (), key), a_reference(2 * day + n), at
            )
            for n, text in enumerate((FLOOD, near))
        )
        assert (second.group, second.turn) == (first.group, 2), word


def test_a_turn_costs_the_same_in_a_group_of_any_size_and_ends_counting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.aws.table.group_table.MAX_QUEUE_TURN", 5)
    table = GroupTable(desk.table.name)
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    traits = GroupTraits.from_report(FLOOD, FLOOD, "", (), b"k" * 64)
    turns = [table.enter(traits, reference, at) for reference in map(a_reference, range(8))]
    assert [each.turn for each in turns] == [1, 2, 3, 4, 5, 5, 5, 5]
    assert MAX_QUEUE_TURN > 5
    assert len({each.group for each in turns}) == 1
    assert table.how_many(turns[0].group, 100) == 8


# ---- a verdict on a text that many sent --------------------------------------------------------


def copies_of(front: Front, report: str, verdict: str) -> None:
    said = front.say(report, verdict, copies=True)
    assert said.status == 200, said.text
    front.tell(front.case(report), Move.GLANCE)


def test_twelve_copies_are_one_line_and_one_verdict_in_each_case(front: Front) -> None:
    reports = [danger(front, FLOOD) for _ in range(12)]
    near = danger(front, f"{FLOOD} au secours")
    other_ticks = danger(front, FLOOD, victim_is_minor=True)
    other_days = danger(front, FLOOD, still_online=True)
    own = danger(front, FLOOD, disclosure=CONTACT)
    (shown, hers) = front.listed()
    assert (shown["reference"], hers["reference"]) == (reports[0], own)
    assert shown["group"]["count"] == 15

    copies_of(front, reports[0], "danger_now")

    assert front.waiting() == [own, near, other_ticks, other_days]
    for report in reports:
        entries = [
            e for e in front.office.table.events(front.case(report).id) if e.move == "glance"
        ]
        (entry,) = entries
        assert (entry.by, entry.data["verdict"]) == (front.ana, "danger_now")
        assert entry.data.get("with", reports[0]) == reports[0]
        assert ("with" in entry.data) == (report != reports[0])
        whole(front, front.case(report))


def test_a_copy_that_comes_after_the_verdict_is_glanced_at_anew(front: Front) -> None:
    first = [danger(front, FLOOD) for _ in range(3)]
    said = front.say(first[0], "nothing_urgent", copies=True)
    assert said.status == 200
    later = danger(front, FLOOD)
    front.tell(front.case(first[0]), Move.GLANCE)
    assert front.waiting() == [later]


def test_a_verdict_that_was_cut_off_is_carried_on_by_the_reconciler(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = [danger(front, FLOOD) for _ in range(8)]
    monkeypatch.setattr("functions.triage.first_glances.VERDICT_TURN_SECONDS", -1)
    copies_of(front, reports[0], "look_soon")
    left = len(front.waiting())
    assert 0 < left < 7
    front.office.later(minutes=3)
    for _ in range(2):
        front.office.reconcile()
    assert front.waiting() == []
    moves = [front.office.moves(front.case(each)).count("glance") for each in reports]
    assert moves == [1] * 8


def test_the_list_of_a_group_opens_every_case_of_it_page_by_page(front: Front) -> None:
    reports = [danger(front, FLOOD) for _ in range(5)]
    (shown,) = front.listed()
    path = f"groups/{shown['group']['id']}"
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = front.desk.get(path, front.ana, limit="2", **cursor).document
        seen += [each["id"] for each in page["cases"]]
        if "cursor" not in page:
            break
        cursor = {"cursor": page["cursor"]}
    assert seen == [front.case(each).id for each in reports]
    tester = front.desk.enrol(Role.ANALYST, realm=Realm.TRIAL)
    assert front.desk.get(path, tester).document["cases"] == []


def test_a_flood_is_one_line_on_the_duty_desk_and_said_to_be_one(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.desk.queries.groups.FLOOD_CASES", 6)
    for _ in range(6):
        danger(front, FLOOD)
    her = danger(front, HERS)
    desk = front.desk.get("duty", front.sara).document
    hers, crowd = desk["imminent"]
    assert hers["id"] == front.case(her).id
    assert desk["groups"][crowd["id"]]["count"] == 6
    assert desk["flood"] == {"cases": 7, "lines": 2, "most": 200}


# ---- what joins, and what waits for linking ----------------------------------------------------


def test_danger_of_somebody_else_brings_a_case_out_of_the_line_of_a_crowd(front: Front) -> None:
    number = [{"kind": "phone", "value": "0661424242"}]
    for _ in range(3):
        danger(front, FLOOD)
    danger(front, FLOOD, locations=number)
    crowd = danger(front, FLOOD, locations=number)
    other = danger(front, f"{FLOOD} oui")
    assert front.case(other).group != ""
    before = front.case(crowd)
    her = danger(front, HERS, locations=number)
    after = front.case(her)
    assert after.id == before.id
    assert (after.group, after.turn) == ("", 1)
    whole(front, after)


def test_where_danger_waits_for_linking_each_text_has_its_turn(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    flood = [front.office.accept(narrative=FLOOD, danger_now=True, locations=[]) for _ in range(30)]
    her = front.office.accept(narrative=HERS, danger_now=True, locations=[])
    front.office.later(minutes=5)
    linked: list[str] = []

    def note(self: reconcile.Reconciler, references: Iterable[str]) -> None:
        linked.extend(references)

    monkeypatch.setattr(reconcile.Reconciler, "_link_together", note)
    front.office.reconcile()
    assert sorted(linked[:31]) == sorted([*flood, her])
    assert linked.index(her) < 2


@given(st.lists(st.integers(0, 4)))
def test_turns_lose_nothing_and_keep_the_order_of_each_kind(kinds: list[int]) -> None:
    things = list(enumerate(kinds))
    turned = firsts_first(things, lambda thing: thing[1])
    assert sorted(turned) == things
    for kind in set(kinds):
        of_it = [each for each in turned if each[1] == kind]
        assert of_it == sorted(of_it)
    firsts = len(set(kinds))
    assert len({kind for _, kind in turned[:firsts]}) == firsts


def test_an_erased_report_is_in_no_list_of_its_group(front: Front) -> None:
    reports = [danger(front, FLOOD) for _ in range(3)]
    table = front.office.table
    groups = GroupTable(table.name)
    group = place(front, reports[0]).group
    assert {each.reference for each in groups.members(group, 9)} == {*reports}

    assert erase_report(table, reports[1], datetime.now(UTC), "an-operator")

    left = {each.reference for each in groups.members(group, 9)}
    assert left == {reports[0], reports[2]}


def test_nothing_says_what_an_erased_report_had_as_its_own(front: Front) -> None:
    reports = [danger(front, FLOOD, disclosure=CONTACT) for _ in range(2)]
    named = {each for item in groups_in(front) for each in item.get("named", ())}
    assert {each.partition("|")[2] for each in named} == {*reports}

    assert erase_report(front.office.table, reports[0], datetime.now(UTC), "an-operator")
    left = {each for item in groups_in(front) for each in item["named"]}
    assert {each.partition("|")[2] for each in left} == {reports[1]}

    assert erase_report(front.office.table, reports[1], datetime.now(UTC), "an-operator")
    assert not [each for item in groups_in(front) for each in item.get("named", ())]


def groups_in(front: Front) -> list[dict[str, Any]]:
    """The groups with what their reports had as their own."""
    found = aws_client("dynamodb").scan(TableName=front.office.table.name)["Items"]
    told = [values_from_wire_item(each) for each in found if each["sk"]["S"] == group_key.begins]
    return [each for each in told if "of" not in each]
