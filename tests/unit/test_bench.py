"""The bench measures the functions as they are deployed."""

from __future__ import annotations

from bench.stub import Stub
from casework.aws.services.settings import IntakeSettings


def test_intake_finds_all_its_settings_against_the_stub() -> None:
    IntakeSettings.from_environment(Stub(1).environment())
