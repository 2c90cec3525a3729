"""Which unit and which prosecutor's office a case belongs to, and how sure that is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from casework import check_pack
from casework.pack.competence import Alternative, Competence, propose_competence
from casework.pack.jurisdiction import Jurisdiction, open_pack

MOROCCO = open_pack("ma")
EXAMPLIA = check_pack.load_jurisdiction(Path(__file__).parents[1] / "packs" / "xx")

RABAT, SALE, KHEMISSET, DAKHLA = "04.421.01.0", "04.441", "04.291", "12.391.01.01"
SIDI_MOUMEN, TAHANAOUT, AL_HOCEIMA_TOWN = "06.141.01.53", "07.041.01.09", "01.051.01.01"


def alternative(competence: Competence, reason: str) -> Alternative | None:
    return next((each for each in competence.alternatives if each.reason == reason), None)


def test_fraud_in_sale_goes_to_its_unit_and_the_kings_prosecutor_there() -> None:
    competence = propose_competence(MOROCCO, "fraud", SALE)
    assert competence.unit == "pj-04-441"
    assert (competence.prosecutor, competence.court) == ("king-prosecutor", "tpi-sale")
    assert competence.rule == "territory"
    assert competence.ground == "victim_residence"
    assert competence.pack_version == MOROCCO.version
    assert (competence.confidence, competence.doubts) == ("high", ())


def test_a_felony_goes_to_the_prosecutor_general_at_the_court_of_appeal() -> None:
    competence = propose_competence(MOROCCO, "sexual_exploitation", SALE)
    assert competence.unit == "pj-04-441"
    assert (competence.prosecutor, competence.court) == ("king-prosecutor-general", "ca-rabat")


def test_a_quarter_of_a_city_belongs_to_the_unit_of_the_province() -> None:
    competence = propose_competence(MOROCCO, "threats_violence", SIDI_MOUMEN)
    assert competence.unit == "pj-06-141"
    assert competence.court == "tpi-casablanca-criminal"


@pytest.mark.parametrize("place", [None, SALE, DAKHLA, "06"])
@pytest.mark.parametrize("abroad", [False, True])
def test_terrorism_is_for_the_national_unit_wherever_it_is(place: str | None, abroad: bool) -> None:
    competence = propose_competence(MOROCCO, "terrorism", place, abroad)
    assert competence.unit == "pj-national-terrorism"
    assert (competence.prosecutor, competence.court) == ("king-prosecutor-general", "ca-rabat")
    assert (competence.rule, competence.ground) == ("national-unit", "national_unit")


def test_a_national_unit_leaves_the_local_one_as_an_alternative() -> None:
    local = alternative(propose_competence(MOROCCO, "terrorism", SALE), "unit_of_the_territory")
    assert local is not None
    assert local.unit == "pj-04-441"
    assert (
        alternative(propose_competence(MOROCCO, "terrorism", None), "unit_of_the_territory") is None
    )


def test_the_unit_for_minors_is_offered_where_a_sign_speaks_of_one() -> None:
    without = propose_competence(MOROCCO, "sextortion", SALE)
    assert alternative(without, "unit_of_a_sign") is None
    told = propose_competence(MOROCCO, "sextortion", SALE, flags={"minor_victim": ["age"]})
    assert (told.unit, told.prosecutor) == (without.unit, without.prosecutor)
    offered = told.alternatives[0]
    assert (offered.unit, offered.reason) == ("pj-national-minors", "unit_of_a_sign")
    assert offered.court == without.court, "its prosecutor is that of the place"
    assert told.alternatives[1:] == without.alternatives


def test_a_unit_that_the_rule_names_is_not_offered_again_for_a_sign() -> None:
    told = propose_competence(MOROCCO, "child_sexual_exploitation", SALE, flags=["minor_victim"])
    assert told.unit == "pj-national-minors"
    assert alternative(told, "unit_of_a_sign") is None


def test_the_prosecutor_of_a_child_is_the_one_of_the_childs_territory() -> None:
    here = propose_competence(MOROCCO, "child_sexual_exploitation", "07.351")
    assert (here.unit, here.court) == ("pj-national-minors", "ca-marrakech")
    nowhere = propose_competence(MOROCCO, "child_sexual_exploitation", None)
    assert (nowhere.unit, nowhere.court) == ("pj-national-minors", "ca-rabat")


def test_a_case_without_a_place_goes_to_the_national_desk() -> None:
    competence = propose_competence(MOROCCO, "fraud", None)
    assert (competence.unit, competence.prosecutor, competence.court) == (
        "national-desk",
        None,
        None,
    )
    assert (competence.rule, competence.confidence) == ("no-territory", "low")


def test_a_case_from_abroad_goes_to_the_national_desk() -> None:
    competence = propose_competence(MOROCCO, "fraud", None, abroad=True)
    assert (competence.unit, competence.rule) == ("national-desk", "abroad")
    assert competence.doubts == ("reported_from_abroad",)


def test_from_abroad_the_victims_place_in_the_country_decides() -> None:
    competence = propose_competence(MOROCCO, "fraud", SALE, abroad=True)
    assert (competence.unit, competence.confidence) == ("pj-04-441", "medium")
    assert alternative(competence, "national_desk") is not None


def test_a_region_alone_is_too_wide_and_offers_its_provinces() -> None:
    competence = propose_competence(MOROCCO, "fraud", "12")
    assert (competence.unit, competence.rule) == ("national-desk", "wide-territory")
    assert [each.unit for each in competence.alternatives] == ["pj-12-066", "pj-12-391"]


def test_i_do_not_know_still_has_an_addressee() -> None:
    competence = propose_competence(MOROCCO, None, SALE)
    assert (competence.unit, competence.prosecutor) == ("pj-04-441", "king-prosecutor")
    assert competence.doubts == ("category_unknown",)


def test_words_of_an_older_pack_count_as_unknown() -> None:
    competence = propose_competence(MOROCCO, "witchcraft", "99.999")
    assert competence.unit == "national-desk"
    assert competence.doubts == ("category_unknown", "territory_unknown")


def test_a_court_that_may_not_be_open_is_proposed_with_low_confidence() -> None:
    competence = propose_competence(MOROCCO, "fraud", TAHANAOUT)
    assert competence.court == "tpi-tahanaout"
    assert (competence.confidence, competence.doubts) == ("low", ("court_may_not_be_open",))
    earlier = alternative(competence, "earlier_court_map")
    assert earlier is not None
    assert (earlier.unit, earlier.court) == (competence.unit, "tpi-marrakech")


def test_the_doubt_is_about_the_court_addressed_not_about_another() -> None:
    assert propose_competence(MOROCCO, "fraud", DAKHLA).doubts == ()
    felony = propose_competence(MOROCCO, "sexual_exploitation", DAKHLA)
    assert (felony.court, felony.doubts) == ("ca-dakhla", ("court_may_not_be_open",))
    assert propose_competence(MOROCCO, "sexual_exploitation", TAHANAOUT).doubts == ()


def test_an_approximate_match_of_the_commune_lowers_confidence() -> None:
    competence = propose_competence(MOROCCO, "fraud", AL_HOCEIMA_TOWN)
    assert competence.doubts == (
        "court_name_matched_approximately",
        "court_district_read_from_layout",
    )
    assert competence.confidence == "medium"


def test_a_province_with_several_courts_names_the_others() -> None:
    competence = propose_competence(MOROCCO, "fraud", KHEMISSET)
    assert competence.court == "tpi-khemisset"
    assert competence.doubts == ("several_courts_in_territory",)
    others = [each.court for each in competence.alternatives]
    assert others == ["tpi-rommani", "tpi-tiflet", None]
    assert (
        propose_competence(MOROCCO, "sexual_exploitation", KHEMISSET).doubts == ()
    )  # one court of appeal


def test_a_commune_of_such_a_province_has_one_court() -> None:
    competence = propose_competence(MOROCCO, "fraud", "04.291.01.01")
    assert (competence.court, len(competence.alternatives)) == ("tpi-khemisset", 1)
    assert competence.doubts == ("court_district_read_from_layout",)
    assert competence.confidence == "high"  # told, and checked in other ways


def test_a_court_of_appeal_that_the_map_does_not_name_in_words_is_less_sure() -> None:
    tata = propose_competence(MOROCCO, "sexual_exploitation", "09.551")
    assert (tata.court, tata.confidence) == ("ca-agadir", "medium")
    assert tata.doubts == ("court_of_appeal_read_from_layout",)
    assert propose_competence(MOROCCO, "fraud", "09.551").doubts == ()


# Grounds, in the order of the pack


def reordered(among: Path, *first: str) -> Jurisdiction:
    """Morocco, with these grounds before all others."""
    folder = Path(shutil.copytree(MOROCCO.folder, among / MOROCCO.id))
    file = folder / "grounds.json"
    document = json.loads(file.read_text("utf-8"))
    place = {ground: at for at, ground in enumerate(first)}
    document["grounds"].sort(key=lambda each: place.get(each["id"], len(first)))
    file.write_text(json.dumps(document), "utf-8")
    return check_pack.load_jurisdiction(folder)


def test_a_pack_that_puts_the_place_first_gives_a_national_category_to_the_unit_there(
    tmp_path: Path,
) -> None:
    pack = reordered(tmp_path, "victim_residence")
    competence = propose_competence(pack, "terrorism", SALE)
    assert (competence.unit, competence.ground) == ("pj-04-441", "victim_residence")
    assert (competence.rule, competence.court) == ("territory", "ca-rabat")
    national = alternative(competence, "national_unit")
    assert national is not None
    assert national.unit == "pj-national-terrorism"
    assert national.court == propose_competence(MOROCCO, "terrorism", SALE).court
    assert propose_competence(pack, "terrorism", None).unit == "pj-national-terrorism", (
        "no place is known"
    )
    assert propose_competence(MOROCCO, "terrorism", SALE).unit == "pj-national-terrorism"


def test_the_ground_an_analyst_names_has_its_own_place_in_the_order(tmp_path: Path) -> None:
    pack = reordered(tmp_path, "place_of_arrest")
    arrested = propose_competence(pack, "terrorism", SALE, ground="place_of_arrest")
    assert (arrested.unit, arrested.ground) == ("pj-04-441", "place_of_arrest")
    assert propose_competence(pack, "terrorism", SALE).ground == "national_unit"
    fraud = propose_competence(MOROCCO, "fraud", SALE, ground="residence_of_suspect")
    assert (fraud.unit, fraud.ground) == ("pj-04-441", "residence_of_suspect")


def test_a_dropped_ground_counts_as_the_reported_territory() -> None:
    competence = propose_competence(MOROCCO, "fraud", SALE, ground="place_of_birth")
    assert (competence.unit, competence.ground) == ("pj-04-441", "victim_residence")


# Another country: other levels, offices, grounds


def test_another_country_follows_its_own_pack() -> None:
    competence = propose_competence(EXAMPLIA, "theft", "N1a")
    assert (competence.unit, competence.prosecutor) == ("police-n1", "district-attorney")
    assert (competence.court, competence.ground) == ("tc-porto", "place_of_offence")
    piracy = propose_competence(EXAMPLIA, "piracy", "N2")
    assert (piracy.unit, piracy.prosecutor, piracy.court) == (
        "navy",
        "attorney-general",
        "ac-porto",
    )


def test_a_confirmed_fallback_sits_in_for_a_court_that_is_not_open() -> None:
    competence = propose_competence(EXAMPLIA, "theft", "N2b")
    assert competence.court == "tc-porto"
    assert competence.doubts == ("court_is_a_fallback",)
    assert competence.confidence == "medium"


def test_courts_of_appeal_carry_their_doubts_too() -> None:
    competence = propose_competence(EXAMPLIA, "kidnapping", "N2a")
    assert (competence.court, competence.confidence) == ("ac-novo", "low")
    earlier = alternative(competence, "earlier_court_map")
    assert earlier is not None
    assert earlier.court == "ac-porto"
