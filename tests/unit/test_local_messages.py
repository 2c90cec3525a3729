"""What the person at the terminal is told."""

from __future__ import annotations

import pytest

from local.__main__ import port_from_variable
from local.emulator.guard import is_from_other_site
from local.errors import PortBusy
from local.places import SystemFolder, write_private


@pytest.mark.parametrize("text", ["no", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(PortBusy, match=f"PORT={text} is not a port"):
        port_from_variable("PORT", 8080)


def test_the_usual_port_is_taken_when_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert port_from_variable("PORT", 8080) == 8080


def test_passwords_are_kept_for_their_owner_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    places = SystemFolder(tmp_path_factory.mktemp("state"))
    write_private(places.staff, "{}")
    assert places.staff.stat().st_mode & 0o077 == 0


def test_programs_and_our_own_pages_are_not_foreign() -> None:
    own = ["http://127.0.0.1:8080"]
    assert not is_from_other_site([(b"host", b"127.0.0.1")], own)
    assert not is_from_other_site([(b"Origin", b"http://127.0.0.1:8080")], own)
    assert is_from_other_site([(b"Origin", b"null")], own)
    assert is_from_other_site([(b"sec-fetch-site", b"cross-site")], own)
