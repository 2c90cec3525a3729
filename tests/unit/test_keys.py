"""A key of the table is one line: what it builds it reads back, and one grant covers it."""

from __future__ import annotations

import typing
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.aws.table import desk_keys, keys, picture_keys
from casework.aws.table.key_template import SHARDS, IndexPartition, Key, templates_of
from casework.text.realm import Realm

AnyKey = Key[*tuple[Any, ...]]
TEMPLATES = [each for m in (keys, desk_keys, picture_keys) for each in templates_of(m)]
KEYS = [each for each in TEMPLATES if isinstance(each, Key)]
PLACES = [each for each in TEMPLATES if isinstance(each, IndexPartition)]
GRANTS = {grant for key in KEYS for grant in key.grants}
plain = st.text(st.characters(exclude_characters="#", exclude_categories=["Cs"]), min_size=1)
PARTS = {str: plain, int: st.integers(0, 10**9), Realm: st.sampled_from(Realm)}


def declared(template: object) -> tuple[type, ...]:
    """The types of parts in the line that declares a template."""
    return typing.get_args(vars(template)["__orig_class__"])


def parts_of(template: object) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(*(PARTS[each] for each in declared(template)))


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_each_key_is_read_back_as_it_was_built_and_one_grant_covers_it(data: st.DataObject) -> None:
    for key in KEYS:
        parts = data.draw(parts_of(key))
        built = key(*parts)
        read = key.of(built)
        assert read == parts
        assert tuple(map(type, read)) == declared(key)
        (grant,) = (each for each in GRANTS if fnmatchcase(built[keys.PARTITION_KEY], each))
        assert grant in key.grants


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_each_place_in_an_index_is_found_among_its_shards(data: st.DataObject) -> None:
    for place in PLACES:
        parts = data.draw(parts_of(place))
        text = place(*parts)
        if "{shard}" in place.row:
            assert text in place.every(*parts[:-1])
        else:
            with pytest.raises(TypeError, match="no shards"):
                place.every(*parts)


def test_a_reader_begins_with_a_shard_and_leaves_out_none() -> None:
    assert keys.retry_flow.every(first=6)[:3] == ["TRIED#6", "TRIED#7", "TRIED#0"]
    assert sorted(keys.retry_flow.every(first=6)) == sorted(keys.retry_flow.every())
    assert len({*keys.day_partitions("2026-03-02")}) == SHARDS


def test_another_key_is_not_read() -> None:
    for key in (keys.case_key("C-1"), keys.file_key("R", 1), {"pk": "REPORT#R", "sk": "REPORTS"}):
        with pytest.raises(ValueError, match="no such key"):
            keys.report_key.of(key)
    for sort in ("EVENT#", "EVENT#1x", "EVENTS", ""):
        with pytest.raises(ValueError, match=r"no such key|invalid literal"):
            keys.event_key.of({**keys.case_key("C-1"), keys.SORT_KEY: sort})
    with pytest.raises(ValueError, match="no such key"):
        keys.question_key.of({**keys.report_key("R"), keys.SORT_KEY: "QUESTION#C-1"})


def test_a_key_needs_all_of_its_parts() -> None:
    wrong: AnyKey = keys.event_key  # mypy refuses it
    for parts in (("C-1",), ("C-1", 1, 2)):
        with pytest.raises(TypeError, match="a key has the parts case, number"):
            wrong(*parts)


def test_a_range_of_keys_ends_before_the_first_part_that_is_not_given() -> None:
    assert keys.mark_key.under("C-1") == ("LOG#C-1", "MARK#")
    assert keys.mark_key.under("C-1", "2026-03-02") == ("LOG#C-1", "MARK#2026-03-02#")
    assert keys.mark_key.under("C-1", "2026-03-02", "view") == ("LOG#C-1", "MARK#2026-03-02#view#")
    assert keys.arrived_first_key.sort_begins(7) == "000007"


def test_what_a_part_holds_is_never_read_as_a_template() -> None:
    assert keys.slot_key("{slot} {0}")[keys.PARTITION_KEY] == "SLOT#{slot} {0}"


def test_trials_have_lists_of_their_own_and_the_grant_of_both() -> None:
    assert desk_keys.hold_key(Realm.TRIAL, "t", "C-1")[keys.PARTITION_KEY] == "TRIAL#HOLDS"
    assert (
        desk_keys.caseload_line_key("pj-1", "C-TEST-2345")[keys.PARTITION_KEY] == "TRIAL#STANDING"
    )
    assert desk_keys.decided_key.grants == ("DECIDED#*", "TRIAL#DECIDED#*")
