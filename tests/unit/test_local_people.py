"""Staff as values: what an administrator may ask for, and the passwords of demo people."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.decisions.staff import Role
from casework.pack.offices import list_seats
from local.errors import BadPerson
from local.people import (
    CHARACTER_KINDS,
    StaffEntry,
    demo_people,
    new_password,
    require_valid_person,
)
from local.staff import demo_person, jurisdiction_of_stage, prepared_people

UNITS = {"pj-06-141": "Casablanca"}
SEATS = {("king-prosecutor", "tpi-casablanca"): "Casablanca"}


@pytest.mark.parametrize(
    ("person", "cure"),
    [
        (StaffEntry("nobody", "A", "analyst"), "EMAIL="),
        (StaffEntry("a@b.example", " ", "analyst"), "NAME="),
        (StaffEntry("a@b.example", "A", "king"), "ROLE="),
        (StaffEntry("a@b.example", "A", "officer"), "UNIT="),
        (StaffEntry("a@b.example", "A", "officer", "nowhere"), "UNIT="),
        (StaffEntry("a@b.example", "A", "analyst", "pj-06-141"), "UNIT="),
        (StaffEntry("a@b.example", "A", "prosecutor"), "OFFICE= and COURT="),
        (
            StaffEntry("a@b.example", "A", "prosecutor", office="king-prosecutor", court="nowhere"),
            "OFFICE= and COURT=",
        ),
        (StaffEntry("a@b.example", "A", "analyst", court="tpi-casablanca"), "OFFICE= and COURT="),
    ],
)
def test_an_invalid_person_is_refused_with_the_necessary_change(
    person: StaffEntry, cure: str
) -> None:
    with pytest.raises(BadPerson, match=cure):
        require_valid_person(person, UNITS)


@pytest.mark.parametrize(
    "hidden", ["\x00", "\n", "\x1b", "\x85", "\u061c", "\u200f", "\u202e", "\u2067", "\u2028"]
)
def test_a_name_with_an_invisible_character_is_refused_with_its_code(
    hidden: str,
) -> None:
    with pytest.raises(BadPerson, match=f"NAME= holds U\\+{ord(hidden):04X}"):
        require_valid_person(StaffEntry("a@b.example", f"Omar{hidden}Alaoui", "analyst"), UNITS)
    with pytest.raises(BadPerson, match="EMAIL="):
        require_valid_person(StaffEntry(f"a{hidden}@b.example", "Omar Alaoui", "analyst"), UNITS)


@pytest.mark.parametrize("name", ["عمر العلوي", "Ömer Şahin", "مه\u200cدی", "O'Neil-García"])
def test_a_name_of_any_script_is_taken(name: str) -> None:
    person = StaffEntry("a@b.example", name, "analyst")
    assert require_valid_person(person, UNITS) is person


def test_an_officer_of_a_known_unit_can_be_made() -> None:
    officer = StaffEntry("a@b.example", "A", "officer", "pj-06-141")
    assert require_valid_person(officer, UNITS) is officer


def test_every_demo_person_can_be_made() -> None:
    people = demo_people(UNITS, SEATS)
    assert [require_valid_person(person, UNITS, SEATS) for person in people] == people
    assert len({person.login for person in people}) == len(people)


def test_every_role_has_a_demo_person_whose_unit_nobody_names() -> None:
    pack = jurisdiction_of_stage("local")
    for role in Role:
        if role is not Role.OFFICER:
            person = demo_person(role, "")
            assert require_valid_person(person, pack.units, list_seats(pack)).role == role
            assert person in prepared_people(), "the same login has one name"


def test_passwords_satisfy_the_pool_and_differ() -> None:
    passwords = {new_password() for _ in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        assert all(set(kind) & set(password) for kind in CHARACTER_KINDS)


def test_the_units_of_a_person_are_those_of_the_deployment(tmp_path: Path) -> None:
    assert jurisdiction_of_stage("dev", tmp_path).id == "ma"
    (tmp_path / "dev.toml").write_text('pack = "nowhere"')
    with pytest.raises(BadPerson, match="nowhere"):
        jurisdiction_of_stage("dev", tmp_path)
    (tmp_path / "dev.toml").write_text("pack = 7")
    with pytest.raises(BadPerson, match="pack"):
        jurisdiction_of_stage("dev", tmp_path)
