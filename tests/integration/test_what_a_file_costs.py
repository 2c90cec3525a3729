"""What a file costs, in counts, is what its targets and the page of the docs say."""

from __future__ import annotations

import pytest

from harness.bench import cost, files
from harness.bench.targets import TARGETS
from tests.without_wire import put_it_back

pytestmark = pytest.mark.xdist_group("cost of a file")


@pytest.fixture(scope="module")
def acts() -> dict[str, files.Cost]:
    with pytest.MonkeyPatch.context() as patch:
        put_it_back(patch)
        return files.count_file_costs()


def test_no_act_of_a_file_costs_more_than_its_target(acts: dict[str, files.Cost]) -> None:
    found = {
        f"file_{act}_{what}": value
        for act, each in acts.items()
        for what, value in vars(each).items()
    }
    assert found.keys() == cost.NEEDED_OF_FILES
    over = {
        name: value
        for name, value in found.items()
        if (most := TARGETS[name].at_most) is None or value > most
    }
    assert over == {}
    assert acts["kept"].s3 > acts["renewed"].s3 > 0, "the meter counts"


def test_the_page_on_costs_shows_what_was_counted(acts: dict[str, files.Cost]) -> None:
    shown = files.PERFORMANCE_PAGE.read_text("utf-8")
    assert shown == files.render_performance_page(acts), "run: make bench"
