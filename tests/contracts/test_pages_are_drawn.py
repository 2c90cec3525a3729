"""What pages say of the code is drawn from it, and no page says what the code did once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from casework.aws.table.unbound_attributes import UNBOUND_ATTRIBUTES
from casework.case import replay
from tools.generate_docs import (
    DOCS,
    FOUND,
    ITEM_KINDS_IN_WORDS,
    OBJECT_KINDS_IN_WORDS,
    PAGE_PARTS,
    PAGES,
    render_page_parts,
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_part_is_as_the_code_is_now(page: Path) -> None:
    """Else run `make docs`."""
    text = page.read_text(encoding="utf-8")
    assert render_page_parts(text) == text


def test_all_that_no_history_binds_is_told_with_its_reason() -> None:
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    measured = json.loads(FOUND.read_text(encoding="utf-8")).keys()
    assert (
        ITEM_KINDS_IN_WORDS.keys() | OBJECT_KINDS_IN_WORDS.keys()
        == UNBOUND_ATTRIBUTES.keys() | measured
    )
    for kind, attributes in UNBOUND_ATTRIBUTES.items():
        for name, reason in attributes.items():
            rows = [
                row
                for row in page.splitlines()
                if row.startswith(f"| {ITEM_KINDS_IN_WORDS[kind]} |")
            ]
            said = "all of it" if name == "*" else f"`{name}`"
            assert [row for row in rows if said in row], f"{kind}: {name}"
            assert reason == "the same" or any(reason in row for row in rows)
    assert all(f"`{name}`" in page for name in replay.DERIVED_FIELDS)


def test_an_empty_or_stale_part_is_drawn_and_the_text_around_it_stays() -> None:
    empty = "<!-- drawn: derived -->\n<!-- end -->"
    stale = "<!-- drawn: derived -->\nonce\n<!-- end -->"
    whole = "\n".join(["<!-- drawn: derived -->", *PAGE_PARTS["derived"](), "<!-- end -->"])
    assert render_page_parts(f"a\n{empty}\nb\n{stale}\nc") == f"a\n{whole}\nb\n{whole}\nc"


def test_each_number_is_one_decision_or_is_told_as_never_used() -> None:
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"numbers (.*?) were never used", index.partition("<!-- drawn")[0], re.DOTALL)
    unused = re.findall(r"\d{4}", " ".join(told))
    used = [page.name[:4] for page in (DOCS / "decisions").glob("[0-9]*.md")]
    assert sorted([*used, *unused]) == [f"{1 + at:04}" for at in range(len(used) + len(unused))]
