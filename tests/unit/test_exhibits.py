"""The number of an exhibit is given once, in the order of arrival in the case."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.case.exhibits import ExhibitFile, number_exhibits

FILES = st.tuples(st.sampled_from(["R1", "R2", "R3"]), st.integers(1, 20))


def test_files_are_numbered_by_arrival_and_one_that_went_tells_only_its_number() -> None:
    came = {
        ("R2", 1): "2026-03-02T12:00:00.000Z",
        ("R1", 1): "2026-03-02T12:05:00.000Z",
        ("R1", 2): "2026-03-02T12:04:00.000Z",
    }
    told = number_exhibits(came, {("R2", 1), ("R1", 1)})
    assert [each["exhibit"] for each in told] == [1, 2, 3]
    assert told[0]["report"] == "R2"
    assert told[1] == {"exhibit": 2, "gone": True}


@given(st.lists(FILES, unique=True), st.data())
def test_no_later_file_and_no_erasure_changes_a_number(
    files: list[ExhibitFile], data: st.DataObject
) -> None:
    came = {file: f"2026-03-02T12:{at:02d}:00.000Z" for at, file in enumerate(files)}
    cut = data.draw(st.integers(0, len(files)))
    some = data.draw(st.sets(st.sampled_from(files))) if files else set()
    early = number_exhibits({file: came[file] for file in files[:cut]}, set(files))
    late = number_exhibits(came, some)
    before = {(each["report"], each["n"]): each["exhibit"] for each in early}
    after = {(each["report"], each["n"]): each["exhibit"] for each in late if "report" in each}
    assert all(before[file] == after[file] for file in before.keys() & after.keys())
    assert after.keys() == some
