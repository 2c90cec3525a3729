"""What the compiler found of scripts without a mistake is kept until it would read others."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tools.site import desk, typed
from tools.site.messages import load_portal_messages
from tools.site.site_errors import SiteNotBuilt

MESSAGES = load_portal_messages()
declared = cache(desk.declare_text_types)  # which no test here changes
FOUND = {
    "texts": {"/web/desk/find.tsx": ["find_label"]},
    "drawn": {"/web/desk/find.tsx": {"elements": ["p"], "classes": ["told"]}},
}


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each run of the compiler; the scripts are those of an empty folder."""
    runs: list[str] = []

    def run(*command: str) -> str:
        if command[-1].endswith("typed.mjs"):
            runs.append(command[-1])
        return json.dumps(FOUND)

    for name, place in {
        "MADE": "made",
        "TYPED_VALUES_FILE": "made/typed.json",
        "WEB_SOURCES": "web",
    }.items():
        monkeypatch.setattr(typed, name, tmp_path / place)
    monkeypatch.setattr(typed, "run_command", run)
    monkeypatch.setattr(desk, "declare_text_types", declared)
    return runs


def test_scripts_that_are_as_they_were_are_compiled_once(compiled: list[str]) -> None:
    first, second = (typed.type_check(MESSAGES) for _ in range(2))
    assert first == second
    assert first.texts == {Path("/web/desk/find.tsx"): ["find_label"]}
    assert len(compiled) == 1


@pytest.mark.parametrize("name", ["report.ts", "portal/place.tsx", "tsconfig.json"])
def test_scripts_are_compiled_again_when_a_source_or_a_setting_is_another(
    compiled: list[str], name: str, tmp_path: Path
) -> None:
    file = tmp_path / "web" / name
    file.parent.mkdir(parents=True)
    for content in ("1", "2", "2"):
        file.write_text(content)
        typed.type_check(MESSAGES)
    file.rename(file.with_name("else.ts"))
    typed.type_check(MESSAGES)
    assert len(compiled) == 3


@pytest.mark.parametrize("name", ["_LOCK", "OPENAPI", "_CHECKER"])
def test_scripts_are_compiled_again_by_another_compiler_and_for_another_document(
    compiled: list[str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed.type_check(MESSAGES)
    other = tmp_path / "typed.mjs"
    other.write_text("another")
    monkeypatch.setattr(typed, name, other)
    typed.type_check(MESSAGES)
    assert len(compiled) == 2


def test_scripts_are_compiled_again_when_texts_have_other_keys(compiled: list[str]) -> None:
    typed.type_check(MESSAGES)
    one = MESSAGES["ar"]
    kept = {key: text for key, text in one.texts.entries.items() if key != "home.title"}
    typed.type_check({"ar": replace(one, texts=replace(one.texts, entries=kept))})
    assert len(compiled) == 2


def test_a_mistake_is_told_each_time(compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*command: str) -> str:
        raise SiteNotBuilt("desk.tsx(1,1): error")

    monkeypatch.setattr(typed, "run_command", run)
    for _ in range(2):
        with pytest.raises(SiteNotBuilt):
            typed.type_check(MESSAGES)
