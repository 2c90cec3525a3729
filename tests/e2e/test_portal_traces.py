"""A typed script never runs, a visit leaves no trace, and no page may do more than it needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Error as PlaywrightError

from local.system import LocalSystem
from tests.e2e.people import People, a_report
from tests.e2e.portal import ARGUMENTS, CHROMIUM, MILLISECONDS, RENDERED, STATIC, a_visitor

HOSTILE = (
    '"><img src=x onerror=alert(1)><svg onload=alert(2)></textarea></script>'
    "<script>alert(3)</script>{{7*7}}${alert(4)}\u202egpj.exe\u2066 ‮&lt;b&gt; %00 '; DROP TABLE"
)


def test_hostile_strings_stay_text(browser: Browser, system: LocalSystem) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        visitor.stands_at("report.narrative")
        visitor.writes("narrative", HOSTILE)
        visitor.goes_on()
        visitor.sees("report.locations")
        visitor.writes("value-1", HOSTILE)
        visitor.writes("platform", HOSTILE)
        visitor.goes_on()
        visitor.goes_on()
        visitor.sees("report.money")
        visitor.chooses("lost-no")
        visitor.goes_on()
        visitor.sees("report.place")
        visitor.chooses("place-text")
        visitor.writes("placeText", HOSTILE)
        visitor.goes_on()
        visitor.sees("report.disclosure")
        visitor.chooses("disclosure-identified")
        visitor.writes("fullName", HOSTILE)
        visitor.writes("phone", "0661000000")
        visitor.goes_on()
        visitor.sees("report.check")
        assert visitor.page.locator("bdi.typed", has_text="onerror=alert(1)").count() == 5
        assert visitor.page.locator("main img, main script, main svg").count() == 0
        visitor.presses("report.send")
        visitor.codes()

        visitor.goes_to("report/plain")
        visitor.answers_plainly(HOSTILE)
        expect(visitor.page.locator("bdi.typed")).to_have_text(HOSTILE)
        assert visitor.page.locator("main img, main script, main svg").count() == 0
        visitor.page.locator("button[value=disclosure]").click()
        visitor.chooses("disclosure-confidential")
        visitor.writes("email", HOSTILE)
        visitor.goes_on()
        expect(visitor.page.locator(".summary")).to_be_visible()
        expect(visitor.page.locator("#email")).to_have_value(HOSTILE)
        expect(visitor.page.locator("[name=narrative]")).to_have_value(HOSTILE)
        assert visitor.page.locator("main img, main script, main svg").count() == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_hostile_strings_stay_text_on_the_follow_up_pages(
    browser: Browser, system: LocalSystem, people: People, *, scripts: bool
) -> None:
    """A question, its answer and an addition, on either page of a report."""
    accepted = people.submit(a_report(language="ar", narrative=HOSTILE))
    people.ask(people.case_of(accepted), HOSTILE)
    with a_visitor(browser, system.origin, "ar", java_script_enabled=scripts) as visitor:
        main = visitor.page.locator("main")
        visitor.goes_to("follow/" if scripts else "follow")
        for name in ("reference", "receipt"):
            visitor.writes(name, HOSTILE)
        visitor.presses("follow.show")
        expect(visitor.page.locator(".summary")).to_be_visible()
        expect(visitor.page.locator("#reference")).to_have_value(HOSTILE)
        for name in ("reference", "receipt"):
            visitor.writes(name, accepted[name])
        visitor.presses("follow.show")
        visitor.sees("follow.status")
        shown = main.locator("bdi.typed", has_text="onerror=alert(1)")
        for box in (main.locator("textarea").first, visitor.page.locator("#addition")):
            before = shown.count()
            box.fill(HOSTILE)
            box.locator("xpath=ancestor::form").get_by_role("button").click()
            expect(shown).to_have_count(before + 1)
        assert set(shown.all_inner_texts()) == {HOSTILE}
        # A text that changes the writing direction does so within itself only.
        turning = "all => all.map(bdi => getComputedStyle(bdi).unicodeBidi)"
        assert set(shown.evaluate_all(turning)) <= {"isolate", "plaintext"}
        assert main.locator("img, script, svg").count() == 0


def test_the_quick_exit_leaves_at_once_and_clears_the_site(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "ar") as visitor:
        visitor.page.context.route(
            "https://ar.wikipedia.org/**", lambda route: route.fulfill(body="weather")
        )
        visitor.stands_at("report.role")
        visitor.chooses("role")
        visitor.goes_on()
        visitor.sees("report.narrative")
        visitor.writes("narrative", "سر")
        visitor.goes_on()
        visitor.sees("report.locations")
        with visitor.page.expect_request("**/exit/"):
            visitor.page.locator("#exit").click()
        visitor.page.wait_for_url("https://ar.wikipedia.org/**")
        told = visitor.page.request.get(f"{system.origin}/ar/exit/").headers
        assert told["clear-site-data"] == '"cache", "cookies", "storage"'
        for _ in range(2):
            visitor.page.go_back()
            assert visitor.page.get_by_text("سر", exact=True).count() == 0
        visitor.elsewhere.clear()  # leaving was asked for


def test_every_page_forbids_browser_features_that_it_does_not_need(
    browser: Browser, system: LocalSystem
) -> None:
    with a_visitor(browser, system.origin, "en") as visitor:
        for path in (*STATIC, *RENDERED):
            response = visitor.goes_to(path)
            assert response is not None
            headers = response.headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'"), path
            assert "unsafe" not in policy, path
            assert "require-trusted-types-for 'script'" in policy, path
            assert "set-cookie" not in headers, path
            assert headers["referrer-policy"] == "no-referrer", path
            private = path.startswith(("report", "follow", "urgent"))
            assert headers["cache-control"] == ("no-store" if private else "no-cache"), path
            if path == "urgent/":
                calm = f"{visitor.t('home.calm_link')} · {visitor.t('site.name')}"
                assert visitor.page.title() == calm, "the history of the browser shows it"
            # What the header says is what the browser does: no text becomes markup here.
            assert visitor.complaints == [], path
            written = "try { document.body.innerHTML = '<b></b>'; 'taken' } catch (no) { no.name }"
            assert visitor.page.evaluate(written) == "TypeError", path
            visitor.complaints.clear()


def test_the_portal_can_be_installed_and_keeps_nothing_offline(
    browser: Browser, system: LocalSystem, tmp_path: Path
) -> None:
    """Uses an ordinary profile: the private profile of the other tests installs nothing."""
    with browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, args=ARGUMENTS, timeout=MILLISECONDS
    ) as profile:
        profile.set_default_timeout(MILLISECONDS)
        page = profile.new_page()
        page.goto(f"{system.origin}/ar/")
        page.locator("h1").wait_for()
        chromium = profile.new_cdp_session(page)
        read = chromium.send("Page.getAppManifest")
        assert read["errors"] == []
        manifest = json.loads(read["data"])
        assert (manifest["dir"], manifest["start_url"], manifest["scope"]) == (
            "rtl",
            "/ar/",
            "/ar/",
        )
        assert chromium.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
        for icon in manifest["icons"]:
            answered = page.request.get(system.origin + icon["src"])
            assert answered.headers["content-type"] == icon["type"]
        page.goto(f"{system.origin}/ar/report/")
        page.locator("h1").wait_for()
        kept = page.evaluate(
            "async () => [(await caches.keys()).length,"
            " (await navigator.serviceWorker.getRegistrations()).length]"
        )
        assert kept == [0, 0]
        profile.set_offline(True)
        with pytest.raises(PlaywrightError):
            page.goto(f"{system.origin}/ar/report/")
