"""The settings with which the model is played, as a deployment file names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil

from bench.scale.data import Costs, Limit
from bench.scale.model import Resource
from casework.aws.table import keys
from functions.triage.reconcile import HANDS, LOOKED_AT

MINUTE = 60
LANES = 4
"""`ParallelizationFactor` of the stream: processes of a shard."""
PER_SHARD = 1_000
"""Write units for which a table has a partition, and its stream a shard."""


@dataclass(frozen=True)
class Settings:
    """What a deployment may choose."""

    warm_writes: int = 0
    requests_per_second: int = 0
    intake_concurrency: int = 0


AS_NEW = Settings()
FOR_A_FLOOD = Settings(warm_writes=40_000, requests_per_second=1_500, intake_concurrency=300)


def link_processes(costs: Costs, settings: Settings) -> float:
    """How many processes link reports at the same time."""
    shards = max(costs.guess("stream shards"), ceil(settings.warm_writes / PER_SHARD))
    return LANES * shards


def resources(limits: Mapping[str, Limit], costs: Costs, settings: Settings) -> dict[str, Resource]:
    """The resources of a deployment with these settings."""
    known = dict(limits)
    for name in ("table writes", "index by_flow", "index by_queue"):
        if settings.warm_writes:
            known[name] = replace(known[name], a_second=settings.warm_writes)
    if settings.requests_per_second:
        rate = settings.requests_per_second
        known["gateway requests"] = replace(
            known["gateway requests"], a_second=rate, burst=2 * rate
        )
    if settings.intake_concurrency:
        at_once = settings.intake_concurrency
        known["intake processes"] = replace(known["intake processes"], a_second=at_once)
    of_a_minute = costs.guess("danger seconds") / MINUTE
    partition = known["partition"].a_second
    made = [
        *(Resource(each.name, each.a_second, each.burst) for each in known.values()),
        Resource("link processes", link_processes(costs, settings)),
        Resource("hands of the reconciler", HANDS * of_a_minute),
        Resource("core of the reconciler", of_a_minute),
        Resource("numbers of one case", 1),
        *(Resource(name, partition * keys.SHARDS) for name in ("DUE", "ARRIVED")),
        *(Resource(name, partition) for name in ("REVIEW", "GLANCE", "DUTY")),
        Resource("looks of the reconciler", LOOKED_AT / MINUTE),
    ]
    return {each.name: each for each in made if each.a_second}
