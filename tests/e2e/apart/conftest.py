"""A system in which no other test leaves a case, so that a list shows those of the test alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem, StartOptions
from tests.e2e.apart.offices import COURT, OF_RABAT, UNITS
from tests.e2e.people import People


@pytest.fixture(scope="session")
def system(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """With the officers of two units and the prosecutor of their court."""
    folder = tmp_path_factory.mktemp("apart")
    with LocalSystem.fresh(folder, assembly, StartOptions(enforce_iam=True)) as running:
        LocalStaff(running).ensure(demo_people(UNITS, {OF_RABAT: COURT}))
        yield running


@pytest.fixture(scope="session")
def people(system: LocalSystem) -> Iterator[People]:
    """Citizens and colleagues of that system."""
    with People(system) as known:
        yield known
