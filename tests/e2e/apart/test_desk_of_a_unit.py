"""A unit officer in a browser: take a referral or decline it, and see what the unit holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from casework.aws.services import sign_in
from local.system import LocalSystem
from tests.e2e.apart.offices import OFFICER, PROSECUTOR, RABAT, SALE
from tests.e2e.desk import DESK, TEXTS, Analyst, at_the_desk, signs_out
from tests.e2e.people import People, eventually
from tests.e2e.portal import a_visitor


def of_the_unit(people: People, of: str) -> list[dict[str, Any]]:
    answer = people.call("GET", "/v1/desk/queue", "officer", RABAT, params={"of": of})
    cases: list[dict[str, Any]] = answer.json()["cases"]
    return cases


def ids(cases: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in cases]


def adds(people: People, accepted: dict[str, Any], text: str) -> None:
    """Its reporter adds something to a report."""
    answer = people.add(accepted, {"text": text})
    assert answer.is_success, answer.text


def row(officer: Analyst, case_id: str) -> Locator:
    """The row of a case on the work page of a unit."""
    return officer.page.locator(f'main.work tr[data-id="{case_id}"]')


def rows(officer: Analyst) -> list[str]:
    """The cases of the work page, in its order."""
    ids: list[str] = officer.page.locator("main.work tr[data-id]").evaluate_all(
        "rows => rows.map(row => row.dataset.id)"
    )
    return ids


def declines(officer: Analyst, letters: str) -> None:
    """Decline for another territory, and name a unit that the rule does not name."""
    texts = officer.texts
    officer.presses("x", "1")
    field = officer.page.locator("#unit")
    other = officer.page.get_by_role("button", name=texts["another_unit"])
    expect(field.or_(other)).to_be_visible()
    if other.count():
        other.click()
    field.fill(letters)
    field.press("Enter")


def test_one_key_takes_a_referral_and_the_unit_holds_it(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.published()
    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        officer.presses("Enter")
        assert officer.case() == case_id
        officer.presses("c")
        expect(officer.page.locator("main.work")).to_be_visible()
        officer.presses("u")
        assert officer.case() == case_id
        assert "acknowledge" not in people.moves(case_id), "it was taken back"
        officer.presses("c")
        officer.cannot_undo()
        officer.is_told("taken_unauthorised")
        expect(row(officer, case_id)).to_be_visible()
        expect(officer.page.locator("main.work")).to_contain_text(officer.texts["nothing_waits"])
    assert people.moves(case_id).count("acknowledge") == 1
    assert case_id in ids(of_the_unit(people, "held"))
    assert case_id not in ids(of_the_unit(people, "waiting"))


def test_a_referral_is_declined_in_few_keys_and_is_gone_for_the_unit(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.published()
    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        officer.presses("Enter")
        assert officer.case() == case_id
        declines(officer, "sal")
        officer.lets_it_hold()
        expect(officer.page.locator("main.work")).to_contain_text(officer.texts["nothing_waits"])
        assert case_id not in rows(officer)
    assert people.case(case_id, "officer", RABAT).status_code == HTTPStatus.NOT_FOUND
    (said,) = [each for each in people.case(case_id).json()["history"] if each["move"] == "decline"]
    assert (said["data"]["reason"], said["data"]["named"]) == ("other_territory", SALE)


def test_what_cannot_wait_is_taken_at_once(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.published(danger_now=True)
    with at_the_desk(browser, system.origin, "en", OFFICER) as officer:
        officer.opens(case_id)
        officer.presses("c")
        expect(row(officer, case_id)).to_be_visible()
        assert officer.page.get_by_role("button", name=officer.texts["undo"]).count() == 0
    assert people.moves(case_id).count("acknowledge") == 1


def test_an_officer_is_told_that_the_case_was_taken_meanwhile(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.published(danger_now=True)
    with at_the_desk(browser, system.origin, "en", OFFICER) as officer:
        officer.opens(case_id)
        people.acknowledge(case_id, RABAT)
        declines(officer, "sal")
        notice = officer.page.get_by_role("alert")
        expect(notice).to_contain_text(officer.texts["problem_case-changed"])
        expect(notice).to_contain_text(officer.texts["move_acknowledge"])
        assert officer.page.get_by_role("button", name=officer.texts["decline"]).count() == 0
    assert "decline" not in people.moves(case_id)


def test_what_the_unit_holds_stands_by_its_nearest_deadline(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    later = people.held(RABAT)
    sooner = people.held(RABAT, danger_now=True)

    def nearest(case: dict[str, Any]) -> datetime:
        never = datetime.now(UTC) + timedelta(days=10_000)
        dues = (each.get("due") for each in case.get("deadlines", []))
        return min((datetime.fromisoformat(due) for due in dues if due), default=never)

    with at_the_desk(browser, system.origin, "en", OFFICER) as officer:
        expect(row(officer, later)).to_be_visible()
        to_take = ids(of_the_unit(people, "waiting"))
        of_unit = [each for each in of_the_unit(people, "held") if each["id"] not in to_take]
        those = [each for each in rows(officer) if each in ids(of_unit)]
        assert those == ids(sorted(of_unit, key=nearest))
        assert those.index(sooner) < those.index(later)
        officer.picks(later)
        assert officer.case() == later


def test_an_officer_gives_two_ticked_cases_to_a_colleague_and_one_key_takes_both_back(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    two = [people.held(RABAT) for _ in range(2)]

    def owners() -> set[str | None]:
        held = of_the_unit(people, "held")
        return {each.get("owner") for each in held if each["id"] in two}

    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        page, texts = officer.page, officer.texts
        expect(row(officer, two[0])).to_be_visible()
        figures = page.get_by_role("group", name=texts["unit_tiles"])
        figures.get_by_role("button", name=texts["unit_tile_take"]).click()
        expect(row(officer, two[0])).to_have_count(0)
        officer.presses("Escape")

        def ticks_and_gives() -> None:
            for each in two:
                row(officer, each).focus()
                officer.presses("k")
            officer.presses("d")
            page.get_by_role("group", name=texts["assign_to"]).wait_for()
            officer.presses("1")

        ticks_and_gives()
        officer.is_told("undo")
        officer.presses("u")
        assert owners() == {None}
        ticks_and_gives()
        officer.cannot_undo()
        eventually(lambda: len(owners()) == 1 and None not in owners(), "both have one owner")
        assert all(people.moves(each).count("assign") == 1 for each in two)
        expect(page.locator("main.work")).to_be_visible()


def test_a_case_that_ended_is_listed_once_its_reporter_adds_something(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    accepted = people.submit()
    case_id = people.take(accepted, RABAT)
    people.await_status(case_id, "awaiting_authorisation")
    closure = {"reason": "authorisation_refused", **people.prosecutor_of(case_id)}
    assert people.decide(case_id, "closure", closure, "officer", RABAT).is_success
    with at_the_desk(browser, system.origin, "en", OFFICER) as officer:
        officer.page.locator(".unit-desk table:not([aria-busy=true])").wait_for()
        expect(row(officer, case_id)).to_have_count(0)
        adds(people, accepted, "On m'a encore écrit.")
        eventually(lambda: case_id in ids(of_the_unit(people, "added")), "the addition is listed")
        officer.page.reload()
        officer.picks(case_id)
        assert officer.case() == case_id
        officer.begins("act_look")
        officer.page.locator(".opened [type=submit]").click()
        expect(officer.page.locator("main").get_by_role("status")).to_contain_text(
            officer.texts["act_look"]
        )
        done = officer.page.locator("section[aria-labelledby=done-title]")
        expect(done).to_contain_text(officer.texts["closed_authorisation_refused"])


def test_a_case_of_the_unit_tells_what_was_done_and_has_no_dead_button(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.held(RABAT)
    people.authorise(case_id, RABAT)
    for call, said in (
        ("suspects", {}),
        ("freezes", {"amount": "1500", "currency": "MAD", "institution": "Banque d'essai"}),
        ("messages", {"text": "Venez au service avec les reçus."}),
    ):
        answer = people.decide(case_id, call, said, "officer", RABAT)
        assert answer.is_success, answer.text
    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        officer.picks(case_id)
        assert officer.case() == case_id
        done = officer.page.locator("section[aria-labelledby=done-title]")
        for key in (
            "instruction_authorise", "suspect_sought", "bond_open", "freezing_opened",
            "move_suspect", "move_freeze", "move_message",
        ):  # fmt: skip
            expect(done).to_contain_text(officer.texts[key])
        for words in ("7/2026", "1500 MAD Banque d'essai", "Venez au service avec les reçus."):
            expect(done).to_contain_text(words)
        foot = officer.page.locator(".deciding")
        texts = officer.texts
        shown = [each.split()[0] for each in foot.get_by_role("button").all_inner_texts()]
        open_to_it = (
            "act_instruct", "act_inform", "act_freeze", "to_note", "take_next", "acts", "keys",
        )  # fmt: skip
        assert shown == [texts[key].split()[0] for key in open_to_it]
        officer.presses("c", "x", "1")
        assert officer.page.locator(".toast, .opened").count() == 0


def test_a_link_to_a_case_opens_it_after_the_sign_in_and_leaves_the_address(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.published()
    link = f"{system.origin}{sign_in.DESK_PAGE_PATH}?lang=en&case={case_id}"
    with a_visitor(browser, system.origin, "en", **DESK) as visitor:
        officer = Analyst(visitor)
        visitor.page.clock.install()
        asked: list[str] = []
        visitor.page.context.on("request", lambda request: asked.append(request.url))
        visitor.page.goto(link)
        expect(visitor.page.get_by_text(officer.texts["sign_in_for_case"])).to_be_visible()
        with visitor.page.context.expect_page() as opened:
            visitor.page.get_by_role("link", name=officer.texts["sign_in"]).click()
        opened.value.get_by_role("button", name=OFFICER, exact=True).click()
        assert officer.case() == case_id
        assert "case=" not in visitor.page.url
        assert [each for each in asked if "case=" in each] == [link], "no other request names it so"
        officer.presses("c")
        officer.cannot_undo()
        officer.is_told("taken_unauthorised")
        opened.value.close()
        signs_out(visitor.page, officer.texts)
        expect(visitor.page.get_by_role("link", name=officer.texts["sign_in"])).to_be_visible()


def test_the_lists_of_a_unit_are_its_officers_alone(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.in_review()
    with at_the_desk(browser, system.origin, "en", "Supervisor") as supervisor:
        expect(supervisor.page.locator(".day-head .tiles")).to_be_visible()
        assert supervisor.page.locator(".unit-desk").count() == 0
        supervisor.opens(case_id)
        assert supervisor.page.get_by_role("button", name=TEXTS["en"]["take_case"]).count() == 0
        supervisor.presses("x", "1")
        supervisor.lets_it_hold()


def test_a_prosecutor_narrows_the_list_of_the_office(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    waits, taken = people.published(), people.held(RABAT)
    people.acknowledge(waits, RABAT)
    people.authorise(taken, RABAT)
    with at_the_desk(browser, system.origin, "fr", PROSECUTOR) as prosecutor:
        page, texts = prosecutor.page, prosecutor.texts
        of_office = page.locator(".office tr[data-id]")
        awaits, held = (page.locator(f'.office tr[data-id="{each}"]') for each in (waits, taken))
        expect(awaits).to_contain_text(texts["status_awaiting_authorisation"])
        ids = [each.get_attribute("data-id") for each in of_office.all()]
        assert ids.index(waits) < ids.index(taken), "what awaits her comes first"
        page.get_by_role("button", name=texts["office_tile_awaits"]).click()
        expect(held).to_have_count(0)
        prosecutor.presses("Escape")
        expect(held).to_be_visible()
        prosecutor.presses("y")

        def listed(case_id: str) -> Locator:
            return page.locator(f'main.list tr[data-id="{case_id}"]')

        expect(page.locator("main.list h1")).to_have_text(texts["room_list"])
        expect(listed(waits)).to_be_visible()
        expect(listed(taken)).to_be_visible()
        expect(page.get_by_role("checkbox", name=texts["list_late"])).to_be_visible()
        expect(page.get_by_role("checkbox", name=texts["list_free"])).to_have_count(0)
        page.locator("#list-status").select_option("awaiting_authorisation")
        expect(listed(taken)).to_have_count(0)
        listed(waits).get_by_role("rowheader").get_by_role("button").click()
        assert prosecutor.case() == waits
        page.locator("main.case .trail button").click()
        expect(page.locator("#list-status")).to_have_value("awaiting_authorisation")
        expect(listed(waits)).to_be_visible()


def test_a_prosecutor_authorises_at_the_desk_after_signing_in_again(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    """The sign-in is said to be too old once: what was typed stays, and is sent by itself."""
    case_id = people.published()
    people.acknowledge(case_id, RABAT)
    with at_the_desk(browser, system.origin, "fr", PROSECUTOR) as prosecutor:
        page, texts = prosecutor.page, prosecutor.texts
        first = page.locator(f'.office tr[data-id="{case_id}"]')
        expect(first).to_contain_text(texts["status_awaiting_authorisation"])
        expect(page.get_by_text(texts["take_next"])).to_have_count(0)
        first.get_by_role("rowheader").get_by_role("button").click()
        assert prosecutor.case() == case_id
        expect(page.get_by_role("button", name=texts["to_note"])).to_have_count(0)
        page.route(
            "**/instructions",
            lambda route: route.fulfill(
                status=401,
                content_type="application/problem+json",
                body='{"type": "urn:e-iblagh:problem:fresh-sign-in-needed"}',
            ),
            times=1,
        )
        prosecutor.presses("i", "1")
        expect(page.locator("#act-court")).to_have_count(0)
        page.locator("#act-reference").fill("12/2026")
        page.locator("#act-reference").press("Control+Enter")
        sheet = page.get_by_role("alertdialog")
        expect(sheet).to_contain_text(texts["fresh_needed"])
        with page.context.expect_page() as opened:
            sheet.get_by_role("link", name=texts["sign_in"]).click()
        again = opened.value
        again.get_by_role("heading", name="Sign in", exact=True).wait_for()
        again.get_by_role("button", name=PROSECUTOR, exact=True).click()
        again.wait_for_url(f"**{sign_in.DESK_PAGE_PATH}*")
        expect(page.locator(".facts-line")).to_contain_text(texts["status_acknowledged"])
        expect(page.locator("main.case")).to_contain_text(texts["given_by_prosecutor"])
        again.close()
    (entry,) = people.case(case_id, "officer", RABAT).json()["instructions"]
    assert (entry["given"], entry["reference"]) == ("by_prosecutor", "12/2026")
