"""What people outside wrote is shown by one module of the desk, as text and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.site.desk import DESK_SITE_SOURCE

INERT = DESK_SITE_SOURCE / "untrusted-text.tsx"
OTHERS = sorted(set(DESK_SITE_SOURCE.rglob("*.ts*")) - {INERT})
FROM_OUTSIDE = (
    "narrative", "text", "value", "platform", "beneficiary_account", "amount", "residence_text",
    "facts_as_kept", "words", "question", "name",
)  # fmt: skip
"""The fields of answers that hold what somebody wrote."""
OURS = {"combobox.tsx: {each.name}", "form.tsx: {each.name}"}
"""Names of units and places, which the jurisdiction gives, and words and numbers of the desk."""
SHOWN = re.compile(rf"(?<![=$]){{[\w.?]+\.(?:{'|'.join(FROM_OUTSIDE)})}}")
"""A field that stands between tags; what is handed to a component stands behind `=`."""
MARKUP = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(")
LINK = re.compile(r"(?:href|src|action)=(\{[^}]*\}?|\"[^\"]*\")")
LINKS = {
    "{SIGN_IN}",
    "{lead}",
    "{`#${each}",
    "{`#${each.case}",
    "{`#${name}",
    "{`#${address}",
    "{`?lang=${id}",
    "{now.href}",
    '"#"',
    '"#campaigns"',
    '"#find"',
    '"#glance"',
    '"#list"',
    '"#samples"',
    "{dial}",
}
"""Where links of the desk lead: to the sign-in, to another case, to a page of the desk, in another
language, too, and to the telephone of a unit, which the jurisdiction gives."""


@pytest.mark.parametrize("module", OTHERS, ids=str)
def test_no_other_module_shows_what_came_from_outside(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    shown = {f"{module.name}: {each[0]}" for each in SHOWN.finditer(source)}
    assert shown <= OURS
    assert not [each for each in MARKUP if each in source]
    assert set(LINK.findall(source)) <= LINKS


def test_the_module_makes_text_and_no_link() -> None:
    source = INERT.read_text(encoding="utf-8")
    assert not [each for each in MARKUP if each in source]
    assert not LINK.findall(source)
    assert set(re.findall(r"<([a-z]+)", source)) == {"bdi", "div", "mark", "p"}


def test_a_field_between_tags_would_be_seen() -> None:
    assert SHOWN.search("<p>{report.narrative}</p>")
    assert not SHOWN.search("<Told text={report.narrative} />")
