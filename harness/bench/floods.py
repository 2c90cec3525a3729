"""Floods of reports that tick danger, and one person among them: where she stands on the duty desk.

    python -m harness.bench.floods [--sizes 64,640]

Method: reports go through the real linking function into moto's table (without the wire), in the
order in which they come, and the duty desk's list of danger is read as its page reads it. Each
flood has a process of its own. One victim comes before the flood, one in its middle, one after it,
each in her own words; one comes last in the flood's own
words with a contact of her own, and one in them with nothing of her own, who stands in the line of
her group. Three floods are played: copies, near copies (a fifth of the words are others in each),
and texts that all differ with contacts of their own.

line      the place of her line, from 1
seconds   of simulated time until her case is there: the whole flood comes at once, the processes of
          the stream take `OPEN_SECONDS` for each report, and the page asks each three seconds
addresses that send, at the edge's limit for one address, what pushes her beyond the tenth line
          within five minutes. Nobody can tell the third flood from a disaster, so there it is the
          only figure
"""

from __future__ import annotations

import argparse
import io
import logging
import multiprocessing
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import product
from math import ceil
from typing import Any, Final

import pytest

from casework.case.value_objects import Duty
from harness.bench.targets import Figure
from infra.firewall import MAX_REPORTS_PER_ADDRESS
from tests.office import Office, open_office
from tests.without_wire import leave_out_the_wire

FLOOD_SIZES: Final = (64, 640, 6_400)
PAGE_SECONDS: Final = 3
OPEN_SECONDS: Final = 0.058
"""Of a process, for a report that opens a case: assumed (docs/scale.md)."""
LINK_PROCESSES: Final = 16
"""That the stream of a new table has: four for each of its four shards, assumed."""
FAR: Final = 10
FLOOD_LIST_LINES: Final = 100
"""Lines of the list that are read."""
SYLLABLES: Final = ["ba", "re", "ti", "mo", "lu", "na", "vo", "ki", "sa", "de", "fu", "po"]
FLOOD: Final = (
    "Ils vont nous tuer cette nuit, nous sommes enfermés dans la cave de la maison jaune derrière"
    " le marché, ils ont des armes et ils crient que personne ne sortira, venez nous chercher"
)
HERS: Final = {
    "before": "Mon ex-mari attend devant ma porte avec un couteau et crie qu'il va entrer",
    "between": "L'homme qui me suit depuis mardi vient de casser la vitre, ma fille pleure",
    "after": "My brother locked me in because of a picture, he says that tonight I will die",
}


@dataclass(frozen=True)
class FloodVictim:
    """Where one victim stands after a flood."""

    flood: str
    size: int
    who: str
    line: int
    seconds: float


def _word(drawn: random.Random) -> str:
    return "".join(drawn.choices(SYLLABLES, k=3))


def copies(at: int, drawn: random.Random) -> dict[str, Any]:
    """The same text again and again."""
    return {"narrative": FLOOD}


def near_copies(at: int, drawn: random.Random) -> dict[str, Any]:
    """The same text with a fifth of its words exchanged."""
    words = FLOOD.split()
    for place in drawn.sample(range(len(words)), len(words) // 5):
        words[place] = _word(drawn)
    return {"narrative": " ".join(words)}


def all_differ(at: int, drawn: random.Random) -> dict[str, Any]:
    """A text and a contact of its own each time."""
    contact = {"phone": f"06{at:08d}"}
    return {
        "narrative": " ".join(_word(drawn) for _ in range(30)),
        "disclosure": {"kind": "confidential", "contact": contact},
    }


FLOODS: Final[dict[str, Callable[[int, random.Random], dict[str, Any]]]] = {
    "copies": copies,
    "near copies": near_copies,
    "all differ": all_differ,
}


def play_flood(office: Office, flood: str, size: int) -> Iterator[FloodVictim]:
    """One flood, and the victims in it."""
    drawn = random.Random(size)  # noqa: S311
    came: dict[str, tuple[str, int]] = {}
    total = 0

    def comes(**said: Any) -> str:
        nonlocal total
        total += 1
        reference = office.accept(danger_now=True, locations=[], territory=None, **said)
        office.deliver(reference)
        return reference

    came["before"] = comes(narrative=HERS["before"]), 1
    for at in range(size):
        if at == size // 2:
            came["between"] = comes(narrative=HERS["between"]), total
        comes(**FLOODS[flood](at, drawn))
    came["after"] = comes(narrative=HERS["after"]), total
    hers = FLOODS[flood](size, drawn)["narrative"]
    own = {"kind": "confidential", "contact": {"phone": "0699999999"}}
    came["in its words, with a contact"] = comes(narrative=hers, disclosure=own), total
    came["in its words, with nothing"] = comes(narrative=hers), total
    lines = office.table.duty_in_turns(Duty.IMMINENT, FLOOD_LIST_LINES).lines
    alone = {office.case_of(reference).id for reference, _ in came.values()}
    for who, (reference, number) in came.items():
        case = office.case_of(reference)
        # The other victims of the same run stand in nobody's way.
        others = alone - {case.id}
        flooded = [line.list_place for line in lines if line.list_place.id not in others]
        mine = [
            at
            for at, told in enumerate(flooded, start=1)
            if told.id == case.id or (case.group and told.group == case.group)
        ]
        seconds = number * OPEN_SECONDS / LINK_PROCESSES + PAGE_SECONDS
        yield FloodVictim(flood, size, who, min(mine, default=0), seconds)


def addresses() -> int:
    """Addresses that push a line beyond the tenth by texts that all differ, in five minutes."""
    return ceil(FAR / MAX_REPORTS_PER_ADDRESS)


def _played(flood: str, size: int) -> list[FloodVictim]:
    """One flood in an office of its own; what its functions log is left out."""
    leave_out_the_wire()
    logging.disable()
    with (
        redirect_stdout(io.StringIO()),
        pytest.MonkeyPatch.context() as patch,
        open_office(patch) as office,
    ):
        return list(play_flood(office, flood, size))


def measure(sizes: Sequence[int] = FLOOD_SIZES) -> list[FloodVictim]:
    """Where each victim stands after each flood of these sizes."""
    floods = list(product(FLOODS, sizes))
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        return [each for some in pool.map(_played, *zip(*floods, strict=True)) for each in some]


def figures() -> Iterator[Figure]:
    """The worst of the floods that can be told from a disaster, at the smallest size."""
    found = [each for each in measure(FLOOD_SIZES[:1]) if each.flood != "all differ"]
    yield Figure("flood_line", max(each.line or FLOOD_LIST_LINES for each in found))
    yield Figure("flood_seconds", max(each.seconds for each in found))


def main() -> None:
    """Play all floods, and print where each victim stands."""
    parser = argparse.ArgumentParser(description="Where one person stands in a flood.")
    parser.add_argument("--sizes", default=",".join(map(str, FLOOD_SIZES)))
    sizes = [int(each) for each in parser.parse_args().sizes.split(",")]
    print("| flood | reports | victim | line | seconds |\n|---|---:|---|---:|---:|")
    for each in measure(sizes):
        line = each.line or f"none of {FLOOD_LIST_LINES}"
        print(f"| {each.flood} | {each.size:,} | {each.who} | {line} | {each.seconds:.0f} |")
    print(f"\nAddresses that push her beyond line {FAR} by texts that all differ: {addresses()}")


if __name__ == "__main__":
    main()
