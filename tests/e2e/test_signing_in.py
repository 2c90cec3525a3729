"""Staff sign in as on AWS: by a code, with cookies that no script reads, from the desk's page."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from casework.aws.services import sign_in
from casework.decisions.staff import Role
from local import staff
from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.e2e.desk import own_menu, signs_in, signs_out
from tests.e2e.elsewhere import STRANGER, Elsewhere
from tests.e2e.people import People, eventually
from tests.e2e.portal import MILLISECONDS, Visitor, a_visitor
from tests.e2e.signed_in import SignedIn, handed_on
from tests.e2e.told import tell
from tools.site import desk

UNIT = "pj-06-141"
TEXTS = {code: each["texts"] for code, each in desk.desk_texts_by_language().items()}
PEOPLE = demo_people(
    {UNIT: "Casablanca"}, {("king-prosecutor", "tpi-casablanca-criminal"): "Casablanca"}
)


@pytest.fixture(scope="module", autouse=True)
def staffed(system: LocalSystem) -> None:
    """The demo people of every role are there, as after `make run`."""
    LocalStaff(system).ensure(PEOPLE)


def password_of(system: LocalSystem, login: str) -> str:
    kept = json.loads(system.places.staff.read_text(encoding="utf-8"))
    return str(kept[login]["password"])


def at_the_desk(visitor: Visitor) -> dict[str, str]:
    visitor.page.goto(f"{visitor.origin}{sign_in.DESK_PAGE_PATH}?lang={visitor.language}")
    texts: dict[str, str] = TEXTS[visitor.language]
    return texts


def test_a_person_of_each_role_signs_in_and_out(browser: Browser, system: LocalSystem) -> None:
    role_of = {person.role: person for person in PEOPLE}
    assert set(role_of) == {role.value for role in Role}
    with a_visitor(browser, system.origin, "fr") as visitor:
        for role, person in role_of.items():
            texts = at_the_desk(visitor)
            signs_in(visitor.page, texts, person.name)
            facts = own_menu(visitor.page)
            expect(facts).to_contain_text(person.name)
            expect(facts).to_contain_text(texts[f"role_{role}"])
            signs_out(visitor.page, texts)
            expect(visitor.page.get_by_role("link", name=texts["sign_in"])).to_be_visible()


@pytest.mark.parametrize("language", desk.DESK_LANGUAGE_ORDER)
def test_the_sign_in_page_passes_the_accessibility_checks(
    browser: Browser, system: LocalSystem, language: str
) -> None:
    with a_visitor(browser, system.origin, language) as visitor:
        texts = at_the_desk(visitor)
        expect(visitor.page.get_by_role("link", name=texts["sign_in"])).to_be_visible()
        assert visitor.violations() == []
        visitor.page.get_by_role("link", name=texts["sign_in"]).click()
        expect(visitor.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
        icon = visitor.page.locator("link[rel=icon]").get_attribute("href")
        assert visitor.page.request.get(f"{system.origin}{icon}").ok
        assert visitor.violations() == []
        visitor.page.get_by_role("button", name="Supervisor", exact=True).click()
        visitor.page.wait_for_url(f"**{sign_in.DESK_PAGE_PATH}*")
        expect(own_menu(visitor.page)).to_be_visible()
        assert visitor.violations() == []
        signs_out(visitor.page, texts)
        expect(visitor.page.get_by_role("link", name=texts["sign_in"])).to_be_visible()


def test_no_script_reads_a_token_and_nothing_is_stored(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        heard: list[str] = []
        visitor.page.on("response", lambda each: heard.append(each.url))
        texts = at_the_desk(visitor)
        signs_in(visitor.page, texts, "Supervisor")
        expect(own_menu(visitor.page)).to_contain_text("Supervisor")
        kept = {each.get("name"): each for each in visitor.page.context.cookies()}
        assert set(kept) == {sign_in.ACCESS_COOKIE, sign_in.REFRESH_COOKIE}
        assert all(each.get("httpOnly") and each.get("secure") for each in kept.values())
        assert {each.get("sameSite") for each in kept.values()} == {"Strict"}
        tokens = [str(each.get("value")) for each in kept.values()]
        assert visitor.stored() == {
            "local": 0, "session": 0, "caches": 0, "workers": 0, "cookie": "",
        }  # fmt: skip
        readable = visitor.page.evaluate(
            """async () => {
                const answers = [];
                for (const [method, path] of [
                    ['GET', '/v1/desk/me'], ['POST', '/v1/session/refresh'], ['GET', '/desk/'],
                ]) {
                    const answer = await fetch(path, {method, ...(method === 'POST'
                        ? {body: '{}', headers: {'Content-Type': 'application/json'}} : {})});
                    answers.push(await answer.text(), JSON.stringify([...answer.headers]));
                }
                return answers.join() + document.documentElement.outerHTML + location.href;
            }"""
        )
        now = [str(each.get("value")) for each in visitor.page.context.cookies()]
        assert not [each for each in (*tokens, *now) if each in readable]
        assert not [url for url in heard if any(each in url for each in tokens)]
        signs_out(visitor.page, texts)
        expect(visitor.page.get_by_role("link", name=texts["sign_in"])).to_be_visible()


@pytest.fixture
def elsewhere(system: LocalSystem) -> Iterator[Elsewhere]:
    """Managed login has a site of its own, as on AWS."""
    with Elsewhere(system) as server:
        put_right = tell(system, "functions.session.handler.handle", {"SIGN_IN": server.origin})
        yield server
        put_right()


def test_coming_back_from_another_site_signs_in(
    browser: Browser, system: LocalSystem, elsewhere: Elsewhere
) -> None:
    """The cookie of the start comes along, and the strict ones go from the desk's page on."""
    profile = browser.new_context(locale="en")
    profile.set_default_timeout(MILLISECONDS)
    page = profile.new_page()
    page.goto(system.origin + sign_in.desk_page_path("fr"))
    page.get_by_role("link", name=TEXTS["fr"]["sign_in"]).click()
    page.wait_for_url(f"{elsewhere.origin}/oauth2/authorize*")
    page.locator("#username").fill("auditor@casework.example")
    page.get_by_role("button", name="Next").click()
    page.locator("#password").fill(password_of(system, "auditor"))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{system.origin}{sign_in.DESK_PAGE_PATH}*")
    expect(own_menu(page)).to_contain_text("Auditor")
    assert "/oauth2/token" in elsewhere.served, "the code was exchanged where managed login is"
    signs_out(page, TEXTS["fr"])
    expect(page.get_by_role("link", name=TEXTS["fr"]["sign_in"])).to_be_visible()
    there = system.origin + sign_in.desk_page_path("fr")
    assert page.url == there, "back from managed login, in the language of before"
    assert profile.cookies() == []
    profile.close()


SENDS_IN_THE_BACKGROUND = """([method, url]) => fetch(url, {
    method, mode: 'no-cors', credentials: 'include', ...(method === 'POST' ? {body: '{}'} : {}),
}).catch(() => undefined)"""
SENDS_A_FORM = """([method, url]) => {
    const form = document.createElement('form');
    Object.assign(form, {method, action: url, enctype: 'text/plain'});
    document.body.append(form);
    form.submit();
}"""


def test_a_page_of_another_site_makes_no_call_and_signs_no_person_out(
    browser: Browser, system: LocalSystem, elsewhere: Elsewhere
) -> None:
    profile = browser.new_context(locale="en")
    profile.set_default_timeout(MILLISECONDS)
    page = profile.new_page()
    page.goto(system.origin + sign_in.DESK_PAGE_PATH)
    page.get_by_role("link", name=TEXTS["en"]["sign_in"]).click()
    page.locator("#username").fill("supervisor@casework.example")
    page.get_by_role("button", name="Next").click()
    page.locator("#password").fill(password_of(system, "supervisor"))
    page.get_by_role("button", name="Sign in").click()
    expect(own_menu(page)).to_contain_text("Supervisor")

    stranger = profile.new_page()
    for method, path in (
        ("GET", "/v1/desk/me"),
        ("GET", "/v1/session/start"),
        ("POST", "/v1/session/out"),
        ("POST", "/v1/session/refresh"),
    ):
        stranger.goto(elsewhere.origin + STRANGER)
        stranger.evaluate(SENDS_IN_THE_BACKGROUND, [method, system.origin + path])
        with stranger.expect_navigation() as went:
            stranger.evaluate(SENDS_A_FORM, [method, system.origin + path])
        assert went.value is not None
        assert went.value.status == 403, path
    page.reload()
    expect(own_menu(page)).to_contain_text("Supervisor")
    profile.close()


def test_a_session_renews_its_tokens_for_a_shift_and_then_ends(people: People) -> None:
    ana = SignedIn(people.http)
    ana.signs_in("analyst")
    me = ana.call("GET", "/v1/desk/me").json()
    assert (me["role"], me["name"]) == ("analyst", "First analyst")
    assert ana.call("GET", "/v1/desk/queue").status_code == 200
    before = dict(ana.cookies)
    renewed = ana.renews()
    assert renewed.json() == {"access_seconds": 900, "left_seconds": 1800}
    assert ana.cookies[sign_in.ACCESS_COOKIE] != before[sign_in.ACCESS_COOKIE]
    assert ana.call("GET", "/v1/desk/me").json() == me

    kept = dict(ana.cookies)
    out = ana.signs_out()
    assert ana.cookies == {}
    assert ana.call("GET", "/v1/desk/me").status_code == 401
    onward = ana.call("GET", out.json()["next"])
    assert (onward.status_code, onward.headers["location"]) == (302, sign_in.DESK_PAGE_PATH)
    ana.cookies = kept  # of somebody who copied them
    over = ana.renews()
    assert (over.status_code, over.json()["type"]) == (401, "urn:e-iblagh:problem:session-over")


def test_programs_go_on_sending_their_own_token(people: People) -> None:
    ana = SignedIn(people.http)
    ana.signs_in("analyst")
    token = LocalStaff(people.system).token("supervisor")
    asked = ana.call("GET", "/v1/desk/me", headers={"Authorization": f"Bearer {token}"})
    assert asked.json()["role"] == "supervisor", "what a program sends itself stays as it is"
    alone = people.http.get("/v1/desk/me", headers={"Authorization": f"Bearer {token}"})
    assert alone.json()["role"] == "supervisor"


def test_a_code_works_once_and_only_in_the_browser_that_got_it(people: People) -> None:
    ana, thief = SignedIn(people.http), SignedIn(people.http)
    _, form = ana.leaves()
    back = ana.call("POST", "/login", data={**form, "person": "analyst"}).headers["location"]
    thief.leaves()
    assert thief.call("GET", back).headers["location"] == "/desk/?signin=again"
    assert ana.call("GET", back).headers["location"] == sign_in.DESK_PAGE_PATH
    assert ana.call("GET", back).headers["location"] == "/desk/?signin=again"


def test_a_wrong_password_shows_an_error_and_signs_no_person_in(people: People) -> None:
    ana = SignedIn(people.http)
    _, form = ana.leaves()
    wrong = {**form, "username": "analyst@casework.example", "password": "Wrong-password-1!"}
    page = ana.call("POST", "/login", data=wrong)
    assert page.status_code == 200
    assert "Wrong e-mail or password." in page.text
    assert handed_on(page.text) == form, "the next try goes on from there"


def test_the_demo_people_are_shown_at_sign_in_and_their_passwords_nowhere(people: People) -> None:
    page, _ = SignedIn(people.http).leaves()
    kept = people.system.places.staff.read_text(encoding="utf-8")
    for person in PEOPLE:
        assert person.name in page
    passwords = [each["password"] for each in json.loads(kept).values()]
    assert passwords
    assert not [each for each in passwords if each in page]
    log = people.system.places.log.read_text(encoding="utf-8", errors="replace")
    assert not [each for each in passwords if each in log]


def test_a_disabled_person_is_refused_at_the_next_call_and_gets_no_new_token(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person is disabled while at work: their hold ends and their tokens stop working."""
    monkeypatch.setenv("STATE", str(people.system.folder))
    case_id = people.case_of(people.submit())
    people.await_wait(case_id)
    ana = SignedIn(people.http)
    ana.signs_in("analyst2")
    path, key = f"/v1/desk/cases/{case_id}/hold", {"Idempotency-Key": str(uuid.uuid4())}
    assert ana.call("POST", path, headers=key).status_code == 200
    kept = dict(ana.cookies)
    eventually(lambda: int(time.time()) > int(kept[sign_in.REFRESH_COOKIE][0].partition(".")[0]),
               "the sign-in is of an earlier second: the emulator counts in seconds")  # fmt: skip

    said = staff.disable_person("local", "analyst2@casework.example")
    assert case_id in said
    refused = ana.call("GET", "/v1/desk/me")
    assert (refused.status_code, refused.json()["type"]) == (
        403,
        "urn:e-iblagh:problem:not-allowed",
    )
    over = ana.renews()
    assert (over.status_code, over.json()["type"]) == (401, "urn:e-iblagh:problem:session-over")
    assert ana.cookies == {}
    _, form = ana.leaves()
    assert ana.call("POST", "/login", data={**form, "person": "analyst2"}).status_code == 200
    assert people.call("POST", path, "analyst", headers=key).status_code == 200, "others go on"

    assert "sign in" in staff.add_person("local", PEOPLE[1])
    ana.signs_in("analyst2")
    assert ana.call("GET", "/v1/desk/me").status_code == 200
    listed = staff.list_people("local")
    assert all(person.email in listed for person in PEOPLE)
