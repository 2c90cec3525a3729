"""The prosecutor's offices of a pack, and the units with which their cases may stand."""

from __future__ import annotations

from casework.pack.competence import propose_competence
from casework.pack.jurisdiction import open_pack
from casework.pack.offices import list_seats, units_at_office


def test_every_case_of_an_office_stands_with_a_unit_whose_list_it_reads() -> None:
    """For every seventh place of the country, every category, and every further answer."""
    pack = open_pack("ma")
    known = list_seats(pack)
    units = {seat: set(units_at_office(pack, seat)) for seat in known}
    looked = 0
    for code in sorted(pack.territories)[::7]:
        for category in (None, *pack.categories):
            found = propose_competence(pack, category, code)
            answers = [(found.unit, found.prosecutor, found.court)]
            answers += [(each.unit, each.prosecutor, each.court) for each in found.alternatives]
            for unit, office, court in answers:
                if office is None or court is None:
                    continue
                assert (office, court) in known, "an office of the pack, at a court of its level"
                assert unit in units[office, court], (code, category, office, court)
                looked += 1
    assert looked > 1_000


def test_an_office_reads_the_lists_of_few_units() -> None:
    pack = open_pack("ma")
    rabat = units_at_office(pack, ("king-prosecutor", "tpi-rabat"))
    assert "pj-04-421" in rabat
    assert "pj-06-141" not in rabat
    assert len(rabat) < 12
