"""Lists of known material: what is loaded and refused, what a match is, and what stays of one."""

from __future__ import annotations

import hashlib
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter

from casework.hash_lists.catalogue import (
    MAX_LIST_PICTURES,
    MAX_LISTS,
    HashList,
    HashListCatalogue,
    HashListManifest,
    ListKind,
    ListRejected,
    RemovalReason,
    add_list,
    count_changes,
    iter_hashes,
    list_entry_from,
    parse_delivery,
    withdraw_list,
)
from casework.hash_lists.lookups import (
    LookupResult,
    LookupResults,
    OnList,
    find_nearest,
    is_digest_listed,
    merge_results,
)
from casework.hash_lists.perceptual_hash import (
    MAX_DISTANCE,
    Turned,
    hamming_distance,
    has_content,
    pdq_rotations,
)
from casework.pack import hash_list_subjects
from casework.pack.jurisdiction import open_pack
from functions.examine.pdq import compute_pdq
from tests.unit.test_alike_pictures import changed as turned_bits
from tests.unit.test_alike_pictures import drawn

AT = "2026-03-02T11:00:00Z"
DRAW = random.Random(22)


def file_of(*hashes: str) -> bytes:
    return ("# synthetic\n" + "\n".join(hashes) + "\n").encode()


def manifest(delivered: bytes, **said: Any) -> HashListManifest:
    """The manifest of a synthetic list."""
    lines = [each for each in delivered.splitlines() if each and not each.startswith(b"#")]
    told = {
        "name": "synthetic-pictures",
        "version": "1",
        "kind": "pdq",
        "about": "child-abuse",
        "source": "Synthetic: drawn for a test, of no picture",
        "licence": "none is needed",
        "dated": "2026-03-01",
        "count": len(lines),
        "sha256": hashlib.sha256(delivered).hexdigest(),
    }
    return HashListManifest.model_validate(told | said)


def a_list(*hashes: str, **said: Any) -> HashList:
    delivered = file_of(*(hashes or (drawn(),)))
    told = manifest(delivered, **said)
    return list_entry_from(told, parse_delivery(delivered, told), AT)


def a_large_list(rows: int, **said: Any) -> HashList:
    return a_list(**said).model_copy(update={"rows": rows, "content": "ab" * 32})


def test_a_delivered_list_is_sorted_and_each_hash_stands_once() -> None:
    one, other = sorted((drawn(), drawn()))
    delivered = file_of(other, one.upper(), other, "")
    ready = parse_delivery(delivered, manifest(delivered))
    assert [each.hex() for each in iter_hashes(ready.content, ListKind.PDQ)] == [one, other]
    assert (ready.rows, ready.twice, ready.plain) == (2, 1, 0)


@pytest.mark.parametrize("kind", ListKind)
def test_a_wrong_line_is_refused_by_its_number_and_no_hash_is_repeated(kind: ListKind) -> None:
    good = "5a" * kind.width
    for wrong in (good[:-2], good + "00", "xyz" + good[3:], good + " " + good, good + ";a name"):
        delivered = file_of(good, wrong)
        with pytest.raises(ListRejected, match="line 3: ") as refused:
            parse_delivery(delivered, manifest(delivered, kind=kind, count=2))
        assert good[:8] not in str(refused.value)


def test_a_list_that_was_cut_off_or_is_another_one_is_refused() -> None:
    delivered = file_of(drawn(), drawn())
    with pytest.raises(ListRejected, match="sha256: "):
        parse_delivery(delivered[:-10], manifest(delivered))
    with pytest.raises(ListRejected, match="count: the manifest says 3, and 2 are there"):
        parse_delivery(delivered, manifest(delivered, count=3))


def test_e23_hashes_of_blank_pictures_are_left_out_as_they_resemble_every_blank_one() -> None:
    """Evidence case E23."""
    blank, telling = "0" * 63 + "1", drawn()
    assert not has_content(blank)
    delivered = file_of(blank, telling)
    ready = parse_delivery(delivered, manifest(delivered))
    assert (ready.rows, ready.plain) == (1, 1)
    alone = file_of(blank)
    with pytest.raises(ListRejected, match="blank"):
        parse_delivery(alone, manifest(alone))


def test_a_new_version_replaces_the_old_one_which_is_still_named() -> None:
    old, new = a_list(version="1"), a_list(version="2")
    catalogue = add_list(add_list(HashListCatalogue(), old), new)
    assert catalogue.lists == (new,)
    (gone,) = catalogue.gone
    assert (gone.display_name, gone.why) == ("synthetic-pictures@1", RemovalReason.REPLACED)
    without = withdraw_list(catalogue, new.name, AT)
    assert without.lists == ()
    assert [each.display_name for each in without.gone] == [
        "synthetic-pictures@1",
        "synthetic-pictures@2",
    ]
    assert without.gone[-1].why is RemovalReason.WITHDRAWN
    with pytest.raises(ListRejected, match="no such list"):
        withdraw_list(without, new.name, AT)


def test_one_version_is_never_two_contents_also_after_it_was_withdrawn() -> None:
    one, other = a_list(version="1"), a_list(version="1")
    catalogue = add_list(HashListCatalogue(), one)
    assert add_list(catalogue, one).lists == (one,), "the same again changes nothing"
    assert add_list(catalogue, one).gone == ()
    for known in (catalogue, withdraw_list(catalogue, one.name, AT)):
        with pytest.raises(ListRejected, match="version: "):
            add_list(known, other)
    with pytest.raises(ListRejected, match="kind: "):
        add_list(catalogue, a_list("5a" * 32, kind="sha256", version="2"))


def test_memory_and_time_of_a_process_are_bounded_at_loading() -> None:
    catalogue = add_list(HashListCatalogue(), a_large_list(MAX_LIST_PICTURES, name="large"))
    with pytest.raises(ListRejected, match="250,001"):
        add_list(catalogue, a_list(name="one-more"))
    files = a_large_list(5_000_000, name="files", kind="sha256")
    with pytest.raises(ListRejected, match="bytes together"):
        add_list(catalogue, files)
    full = HashListCatalogue()
    for number in range(MAX_LISTS):
        full = add_list(full, a_list(name=f"list-{number}"))
    with pytest.raises(ListRejected, match="at most 20 lists"):
        add_list(full, a_list(name="one-more"))


def test_what_a_new_version_adds_and_leaves_out_is_counted() -> None:
    one, two, three = (bytes.fromhex(drawn()) for _ in range(3))
    assert count_changes([one, two], [two, three]) == (1, 1)


@pytest.mark.parametrize("kind", [ListKind.SHA256, ListKind.MD5])
def test_a_file_is_on_a_list_by_its_bytes_alone(kind: ListKind) -> None:
    digests = sorted(DRAW.randbytes(kind.width) for _ in range(500))
    content = b"".join(digests)
    assert all(is_digest_listed(content, kind, each) for each in digests)
    for each in digests:
        near = bytes([each[0] ^ 1, *each[1:]])
        assert is_digest_listed(content, kind, near) is (near in digests)
    assert not is_digest_listed(content, kind, b"\xff" * kind.width)
    assert not is_digest_listed(b"", kind, digests[0])


@pytest.mark.parametrize(("bits", "known"), [(0, True), (31, True), (32, False)])
def test_e22_a_picture_31_bits_from_a_list_is_a_match_and_at_32_it_is_none(
    bits: int, known: bool
) -> None:
    """Evidence case E22."""
    listed = drawn()
    rows = [int(drawn(), 16), int(listed, 16), int(drawn(), 16)]
    near = find_nearest(rows, turned_bits(listed, bits))
    assert (near is not None) is known
    if near is not None:
        assert (near.distance, near.turned) == (bits, Turned.NO)


def test_the_nearest_hash_of_a_list_is_told() -> None:
    listed = drawn()
    rows = [int(turned_bits(listed, bits), 16) for bits in (30, 4, 17)]
    near = find_nearest(rows, listed)
    assert near is not None
    assert near.distance == 4


@cache
def made(seed: int) -> Image.Image:
    """A picture of shapes, with a grain as of a camera."""
    draw = random.Random(seed)
    picture = Image.new("RGB", (600, 450), (draw.randrange(256),) * 3)
    on = ImageDraw.Draw(picture)
    for _ in range(45):
        left, top = draw.randrange(600), draw.randrange(450)
        box = (left, top, left + draw.randrange(20, 300), top + draw.randrange(20, 220))
        shape = on.ellipse if draw.random() < 0.5 else on.rectangle
        shape(box, fill=tuple(draw.randrange(256) for _ in range(3)))
    return picture.filter(ImageFilter.GaussianBlur(2))


@cache
def hash_of(seed: int) -> str | None:
    return compute_pdq(made(seed))


TURNS = {
    Image.Transpose.FLIP_LEFT_RIGHT: Turned.MIRRORED,
    Image.Transpose.ROTATE_90: Turned.TURNED,
    Image.Transpose.ROTATE_180: Turned.TURNED,
    Image.Transpose.ROTATE_270: Turned.TURNED,
    Image.Transpose.FLIP_TOP_BOTTOM: Turned.BOTH,
    Image.Transpose.TRANSPOSE: Turned.BOTH,
    Image.Transpose.TRANSVERSE: Turned.BOTH,
}


@pytest.mark.parametrize("turn", TURNS, ids=lambda each: each.name)
def test_a_mirrored_or_turned_picture_is_found_and_said_to_be_so(turn: Image.Transpose) -> None:
    found = 0
    for seed in range(6):
        picture = made(seed)
        listed, asked = hash_of(seed), compute_pdq(picture.transpose(turn))
        assert listed is not None
        assert asked is not None
        assert hamming_distance(listed, asked) > 2 * MAX_DISTANCE, (
            "without this it is another picture"
        )
        near = find_nearest([int(listed, 16)], asked)
        found += near is not None and near.turned is TURNS[turn]
    assert found >= 5


def test_the_eight_ways_of_a_picture_are_eight_and_each_is_undone() -> None:
    asked = drawn()
    eight = {bits for _, bits in pdq_rotations(asked)}
    assert len(eight) == 8
    for _, bits in pdq_rotations(asked):
        assert {each for _, each in pdq_rotations(f"{bits:064x}")} == eight, "they are a group"


def answer(listed: HashList, found: OnList, distance: int | None = None) -> LookupResult:
    return LookupResult.from_list(listed, found, distance)


def test_e22_a_match_stays_named_when_its_version_went_and_says_that_it_was_of_one() -> None:
    """Evidence case E22."""
    old, new = a_list(version="1"), a_list(version="2")
    first = merge_results(
        None, LookupResults(asked_at=AT, answers=(answer(old, OnList.KNOWN, 12),))
    )
    then = merge_results(
        first, LookupResults(asked_at=AT, answers=(answer(new, OnList.NOT_KNOWN),))
    )
    assert [(each.display_name, each.found, each.distance) for each in then.answers] == [
        ("synthetic-pictures@2", OnList.NOT_KNOWN, None),
        ("synthetic-pictures@1", OnList.FORMER, 12),
    ]
    assert not then.has_match
    withdrawn_now = merge_results(then, LookupResults(asked_at=AT))
    assert [each.found for each in withdrawn_now.answers] == [OnList.FORMER]
    again = merge_results(
        withdrawn_now, LookupResults(asked_at=AT, answers=(answer(new, OnList.KNOWN, 3),))
    )
    assert [each.found for each in again.answers] == [OnList.KNOWN], "it is told once"


def test_what_a_list_said_stays_while_it_cannot_be_read() -> None:
    old, new = a_list(version="1"), a_list(version="2")
    first = LookupResults(asked_at=AT, answers=(answer(old, OnList.KNOWN, 12),))
    unread = merge_results(
        first, LookupResults(asked_at=AT, answers=(answer(new, OnList.NOT_ASKED),))
    )
    assert {each.found for each in unread.answers} == {OnList.NOT_ASKED, OnList.KNOWN}
    assert not unread.is_complete
    assert not unread.answers_all([new])
    blind = merge_results(first, LookupResults(asked_at=AT, readable=False))
    assert [each.found for each in blind.answers] == [OnList.KNOWN]
    assert not blind.is_complete


def test_the_same_answers_have_the_same_name_whenever_they_were_given() -> None:
    listed = a_list()
    one = LookupResults(asked_at=AT, answers=(answer(listed, OnList.KNOWN, 12),))
    later = one.model_copy(update={"asked_at": "2027-01-01T00:00:00Z"})
    other = LookupResults(asked_at=AT, answers=(answer(listed, OnList.KNOWN, 13),))
    assert one.digest == later.digest != other.digest
    assert one.answers_all([listed])
    assert not one.answers_all([])


def test_a_catalogue_names_each_list_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        HashListCatalogue(lists=(a_list(version="1"), a_list(version="2")))


def test_no_list_comes_with_the_system_and_the_pack_says_what_a_match_suggests(
    tmp_path: Path,
) -> None:
    pack = open_pack("ma")
    matters = hash_list_subjects.load_hash_list_subjects(pack.folder)
    assert matters["child-abuse"].category in pack.categories
    assert not any(each.confirmed for each in matters.values())
    assert hash_list_subjects.load_hash_list_subjects(tmp_path) == {}
    wrong = matters["child-abuse"].model_copy(update={"category": "none", "names": {"fr": "x"}})
    told = f'{{"matters": [{wrong.model_dump_json()}]}}'
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / hash_list_subjects.FILE).write_text(told, encoding="utf-8")
    found = list(hash_list_subjects.findings(tmp_path / "pack", ("ar", "fr"), pack.categories))
    assert found == [
        "known.json: child-abuse: no names in ar",
        "known.json: child-abuse: category none is unknown",
    ]
