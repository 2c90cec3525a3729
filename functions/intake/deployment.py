"""The settings of this copy of the function, and its load."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from casework.aws.services.settings import IntakeSettings
from casework.pack.jurisdiction import Jurisdiction, open_pack
from functions.intake import load_shedding, texts


@cache
def settings() -> IntakeSettings:
    """The settings of this function."""
    return IntakeSettings.from_environment()


def intake_jurisdiction() -> Jurisdiction:
    """The jurisdiction of this deployment."""
    return open_pack(settings().pack)


@cache
def deployed_portal() -> texts.Portal:
    """The portal of this deployment, which names its operator."""
    return replace(texts.load_portal(), operator=settings().operator)


@cache
def crowd_here() -> load_shedding.LoadWindow:
    """How crowded it is, as this copy of the function sees it."""
    return load_shedding.LoadWindow(settings().work_floor)
