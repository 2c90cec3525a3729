"""A text that is missing, unused or unformed fails the build; Arabic counts as Arabic does."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casework import check_pack
from casework.case.value_objects import CloseReason
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.report.public_timeline import PublicStatus, ReportHappening
from functions.intake.html import Markup, html_element
from functions.intake.load_shedding import FORM_WAIT_SECONDS
from functions.intake.texts import load_portal
from tools.site.build import ENTRIES, PortalSources, function_texts_by_file
from tools.site.intl import plural_rules
from tools.site.maker import Script
from tools.site.messages import (
    PORTAL_MESSAGE_SOURCES,
    PORTAL_MESSAGES_FOLDER,
    Messages,
    MessagesWrong,
    UsedKeys,
    load_portal_messages,
    require_valid_messages,
)
from tools.site.pages import build_pages

RULES = plural_rules(("ar", "fr", "en", "es"))


def changed(code: str, **entries: str | None) -> dict[str, Messages]:
    """The files with some texts of one language changed or, for None, left out."""
    every = load_portal_messages()
    kept = {**every[code].texts.entries}
    for key, text in ((name.replace("__", "."), text) for name, text in entries.items()):
        if text is None:
            del kept[key]
        else:
            kept[key] = text
    texts = replace(every[code].texts, entries=kept)
    return {**every, code: replace(every[code], texts=texts)}


def findings(messages: dict[str, Messages]) -> tuple[str, ...]:
    with pytest.raises(MessagesWrong) as wrong:
        require_valid_messages(messages, RULES.forms)
    return wrong.value.findings


def test_the_files_are_right() -> None:
    assert list(require_valid_messages(load_portal_messages(), RULES.forms)) == [
        "ar",
        "fr",
        "en",
        "es",
    ]


def test_a_missing_text_fails() -> None:
    assert "fr.toml: home.title is missing" in findings(changed("fr", home__title=None))


def test_an_unused_text_fails() -> None:
    assert "home.nonsense is not used" in findings(changed("en", home__nonsense="x"))


def test_a_text_without_its_placeholder_fails() -> None:
    assert any("report.progress" in each for each in findings(changed("es", report__progress="x")))


def test_a_text_that_code_asks_for_and_no_file_has_fails(tmp_path: Path) -> None:
    source = tmp_path / "page.ts"
    source.write_text('t("home.absent"); plural("absent", 2)')
    with pytest.raises(MessagesWrong) as wrong:
        require_valid_messages(load_portal_messages(), RULES.forms, [source])
    assert "home.absent is used and in no file" in wrong.value.findings
    assert "plural.absent is used and in no file" in wrong.value.findings


def test_a_plural_form_the_language_needs_must_be_there() -> None:
    every = load_portal_messages()
    days = {form: text for form, text in every["ar"].plurals["days"].items() if form != "two"}
    arabic = replace(every["ar"], plurals={**every["ar"].plurals, "days": days})
    assert "ar.toml: plural.days has no form two" in findings({**every, "ar": arabic})


def a_german_file(folder: Path, *without: str) -> Path:
    """The files of all languages, and one more that was begun by copying the English one."""
    shutil.copytree(PORTAL_MESSAGES_FOLDER, folder)
    lines = (folder / "en.toml").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(without)] if without else lines
    (folder / "de.toml").write_text("".join(kept), "utf-8")
    return folder


def a_german_pack(folder: Path) -> Jurisdiction:
    """The Moroccan pack with a German text wherever it has one in every language."""

    def translated(value: Any) -> Any:
        if isinstance(value, dict):
            more = {"de": value["en"]} if set(value) == {"ar", "fr", "en", "es"} else {}
            return {name: translated(each) for name, each in value.items()} | more
        if value == ["ar", "fr", "en", "es"]:
            return [*value, "de"]
        return [translated(each) for each in value] if isinstance(value, list) else value

    shutil.copytree(open_pack("ma").folder, folder)
    for file in folder.glob("*.json"):
        document = translated(json.loads(file.read_text("utf-8")))
        file.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return check_pack.load_jurisdiction(folder)


def test_a_language_that_is_begun_is_told_at_once_all_it_lacks(tmp_path: Path) -> None:
    texts = a_german_file(tmp_path / "messages", "lead =", "other =")
    with pytest.raises(MessagesWrong) as wrong:
        _ = PortalSources(open_pack("ma"), texts).messages
    for finding in (
        "de.toml: home.lead is missing",
        "de.toml: plural.days has no form other",
        "jurisdictions/ma/pack.json: languages: de is not among them",
        "jurisdictions/ma/pack.json: police: no name in de",
        "jurisdictions/ma/categories.json: fraud: no name in de",
        "jurisdictions/ma/categories.json: fraud: no help in de",
        "jurisdictions/ma/categories.json: fraud: no advice in de",
        "jurisdictions/ma/statistics.json: praise_daesh: no name in de",
        "jurisdictions/ma/grounds.json: place_of_offence: no name in de",
    ):
        assert finding in wrong.value.findings
    assert not [each for each in wrong.value.findings if "in fr" in each or "fr.toml" in each]


def test_another_language_is_one_file_and_the_names_of_the_country(tmp_path: Path) -> None:
    """No code changes: pages, answers, notices and the form without JavaScript all speak it."""
    site = PortalSources(a_german_pack(tmp_path / "ma"), a_german_file(tmp_path / "messages"))
    scripts = {
        name: Script(f"/assets/{name}.js", UsedKeys.by(PORTAL_MESSAGE_SOURCES)) for name in ENTRIES
    }
    pages = {
        f"{maker.code}/{name}": content
        for maker in site.makers(scripts)
        for name, content in build_pages(maker).items()
    }
    for page in ("index.html", "report/index.html", "figures/index.html", "app.webmanifest"):
        assert f"de/{page}" in pages
    home = pages["de/index.html"].decode()
    assert '<html lang="de" dir="ltr">' in home
    assert "fr/index.html" in pages
    assert 'href="/de/"' in pages["fr/index.html"].decode()
    assert site.rendered()["languages"]["de"]["texts"]["step.received"]
    assert site.notices()["de"]
    assert ("DE", "Deutschland") in site.names["de"]["countries"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "يوم واحد"),
        (2, "يومين"),
        (3, "3 أيام"),
        (10, "10 أيام"),
        (11, "11 يوما"),
        (100, "100 يوم"),
    ],
)
def test_arabic_counts_in_six_ways(number: int, said: str) -> None:
    assert RULES.fill(load_portal_messages()["ar"], "days", number) == said


def test_the_texts_of_a_function_match_the_files() -> None:
    written = function_texts_by_file(PortalSources(open_pack("ma")))
    assert {file.name for file in written} == {
        "missing.json",
        "names.json",
        "portal.json",
        "words.json",
    }
    for file, text in written.items():
        assert file.read_text(encoding="utf-8") == text
    assert [each.code for each in load_portal().languages] == ["ar", "fr", "en", "es"]


@pytest.mark.parametrize(
    ("section", "asked"), [("step", {*PublicStatus, *ReportHappening}), ("ended", {*CloseReason})]
)
def test_each_step_and_each_end_has_its_sentence_and_no_other_is_kept(
    section: str, asked: set[str]
) -> None:
    entries = load_portal_messages()["ar"].texts.entries
    kept = {key.partition(".")[2] for key in entries if key.startswith(f"{section}.")}
    assert kept == asked


def test_text_is_escaped_and_only_markup_is_markup() -> None:
    hostile = '</p><script>alert("1")</script>'
    made = html_element("p", hostile, html_element("b", "x"), title=hostile, hidden=True, id=None)
    assert made == Markup(
        '<p title="&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" hidden>'
        '&lt;/p&gt;&lt;script&gt;alert("1")&lt;/script&gt;<b>x</b></p>'
    )


def read_in(language: str, pack: Jurisdiction) -> list[str]:
    """Everything a reporter may read in this language."""
    file = load_portal_messages()[language]
    told = [*file.texts.entries.values()]
    told += [text for forms in file.plurals.values() for text in forms.values()]
    for each in pack.categories.values():
        told += [each.names[language], each.help[language], *each.advice[language]]
    return [*told, *pack.facts.advice[language]]


def test_no_line_begins_with_a_french_sign_that_follows_a_space() -> None:
    apart = re.compile(r" [:;?!»%]|« ")
    assert [each for each in read_in("fr", open_pack("ma")) if apart.search(each)] == []


@pytest.mark.parametrize("language", load_portal_messages())
def test_an_apostrophe_is_the_one_that_is_printed(language: str) -> None:
    assert [each for each in read_in(language, open_pack("ma")) if "'" in each] == []


def test_no_number_with_a_hyphen_is_drawn_backwards_in_arabic() -> None:
    """After an Arabic letter 2024-06 is drawn 06-2024, unless it is isolated from left to right."""
    bare = re.compile(r"(?<!\u2066)\b[0-9]+[-/][0-9]")
    texts = load_portal_messages()["ar"].texts.entries.values()
    assert [each for each in texts if bare.search(each)] == []


@pytest.mark.parametrize(
    ("code", "november"),
    [
        ("ar", "{day} نونبر {year} في {time}"),
        ("fr", "{day} novembre {year} à {time}"),
        ("en", "{day} November {year} at {time}"),
        ("es", "{day} de noviembre de {year} a las {time}"),
    ],
)
def test_a_moment_is_written_as_the_country_writes_it_in_each_language(
    code: str, november: str
) -> None:
    moments = load_portal().texts[code].moments
    assert len(set(moments)) == 12
    assert moments[10] == november


def test_each_wait_of_the_form_without_javascript_has_its_words() -> None:
    for texts in load_portal().texts.values():
        assert len(texts.seconds) == FORM_WAIT_SECONDS + 1
    arabic = load_portal().texts["ar"].seconds
    assert [arabic[number] for number in (1, 2, 3, 11)] == [
        "ثانية واحدة", "ثانيتين", "3 ثوان", "11 ثانية",
    ]  # fmt: skip
