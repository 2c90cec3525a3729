"""Who else helps is shown to those it fits, and unconfirmed help in a demonstration only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from casework import check_pack
from casework.pack.help_services import FILE, load_help_services, matching_services, public_services
from casework.pack.jurisdiction import open_pack
from infra.deployment import Operator
from tools.site.build import PortalSources
from tools.site.maker import Script
from tools.site.messages import UsedKeys
from tools.site.pages import build_pages

XX = Path(__file__).parents[1] / "packs" / "xx"
AUTHORITY = Operator(name="The Authority", contact="a@example.org", privacy="p@example.org")
A_SERVICE: dict[str, Any] = {
    "id": "line", "kind": "helpline", "number": "116111", "languages": ["en"], "source": "itself",
    "confirmed": True,
    **{what: {"en": "x", "pt": "x"} for what in ("names", "help", "hours", "quiet")},
}  # fmt: skip


class _Scripts(dict[str, Script]):
    """Scripts that were not built."""

    def __missing__(self, name: str) -> Script:
        return Script(f"/{name}.js", UsedKeys.by(()))


def pages_of(site: PortalSources) -> dict[str, str]:
    """The pages in English, by name."""
    maker = next(each for each in site.makers(_Scripts()) if each.code == "en")
    return {name: content.decode() for name, content in build_pages(maker).items()}


def test_a_service_is_for_its_country_and_its_category() -> None:
    services = load_help_services(open_pack("ma").folder)
    spain = {each.id for each in matching_services(services, "ES", "fraud")}
    assert spain == {"es-017", "bank"}
    assert "ma-2511" in {each.id for each in matching_services(services, "MA")}
    assert {each.id for each in matching_services(services, "BR", "sextortion")} == {
        "stopncii", "take-it-down",
    }  # fmt: skip


def test_every_unconfirmed_service_is_kept_from_people_who_really_need_one() -> None:
    services = load_help_services(open_pack("ma").folder)
    assert public_services(services, demonstration=True) == services
    assert 0 < len(public_services(services, demonstration=False)) < len(services)
    assert all(each.confirmed for each in public_services(services, demonstration=False))


def test_pages_of_a_demonstration_say_so_and_those_of_an_authority_name_it() -> None:
    trial, real = (
        pages_of(PortalSources(open_pack("ma"))),
        pages_of(PortalSources(open_pack("ma"), operator=AUTHORITY)),
    )
    for name in set(trial) - {"exit/index.html", "exit/sent.svg", "app.webmanifest"}:
        assert 'class="demonstration"' in trial[name], name
        assert 'class="demonstration"' not in real[name], name
        assert "The Authority" in real[name], name
    assert "2511" in trial["help/index.html"]
    assert "2511" not in real["help/index.html"]
    assert 'href="tel:017"' in real["help/index.html"]
    assert "mailto:p@example.org" in real["about/index.html"]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"countries": ["ZZ"]}, "line: country ZZ is unknown"),
        ({"categories": ["piracy!"]}, "line: category piracy! is unknown"),
        ({"number": ""}, "line: neither a number nor an address"),
        ({"quiet": {"en": "x"}}, "line: no quiet in pt"),
        ({"address": "http://line.example"}, "line: address"),
    ],
)
def test_a_service_that_cannot_be_reached_or_read_is_a_finding(
    tmp_path: Path, changes: dict[str, Any], finding: str
) -> None:
    folder = tmp_path / "xx"
    shutil.copytree(XX, folder)
    document = {"services": [{**A_SERVICE, **changes}]}
    (folder / FILE).write_text(json.dumps(document), encoding="utf-8")
    (found,) = check_pack.findings(folder)
    assert found.startswith(f"{FILE}: {finding}")


def test_a_notice_is_there_in_each_language(tmp_path: Path) -> None:
    folder = tmp_path / "xx"
    shutil.copytree(XX, folder)
    notice = {"texts": {"en": ["x"], "pt": ["x"]}, "source": "law", "confirmed": False}
    lacking = {**notice, "texts": {"en": ["x"]}}
    document = {"legal_basis": notice, "data_protection": lacking}
    (folder / "notices.json").write_text(json.dumps(document), encoding="utf-8")
    assert check_pack.findings(folder) == ["notices.json: data_protection: no text in pt"]
