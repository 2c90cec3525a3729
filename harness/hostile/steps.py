"""Counts the work on a text. Counting gives the same number on every machine, unlike timing.

A step is a line of Python that runs, in the project or in the telephone library; a character given
to a regular expression; or 64 characters that a string method looks at.
`tests/reading/test_patterns_are_bounded.py` bounds the cost of one call of a regular expression per
character.

A Python tracer does not see slices, `in`, comparisons and joins of texts, so they are not counted.
They pass over thousands of characters in a microsecond; even one for each character of the longest
narrative takes a fraction of a second. Other libraries are not counted either.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import phonenumbers
import re2

ROOT = Path(__file__).parents[2]
PACKAGES = ("casework", "functions")
_COUNTED = (
    *(f"{ROOT / name}/" for name in PACKAGES),
    f"{Path(phonenumbers.__file__).parent}/",
)
_CHARACTERS_A_STEP = 64


class TooManySteps(BaseException):
    """The work exceeded its bound; no error handler may stop this."""


class PatternSteps:
    """The count so far."""

    def __init__(self, most: int) -> None:
        self.taken = 0
        self.most = most
        self.given: dict[str, int] = {}
        """Name of a pattern of `re` → the longest text that it was given."""

    def take(self, count: int) -> None:
        """Count; raises TooManySteps beyond the bound."""
        self.taken += count
        if self.taken > self.most:
            raise TooManySteps(f"more than {self.most:,} steps")


class _Pattern:
    """A pattern of `re` that counts its characters."""

    def __init__(self, name: str, pattern: re.Pattern[str], steps: PatternSteps) -> None:
        self._name = name
        self._pattern = pattern
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._pattern, name)
        if not callable(found):
            return found

        def counted(*given: Any, **named: Any) -> Any:
            result = found(*given, **named)
            looked_at = self._looked_at(name, given, result)
            self._steps.take(1 + looked_at)
            self._steps.given[self._name] = max(self._steps.given.get(self._name, 0), looked_at)
            return result

        return counted

    @staticmethod
    def _looked_at(name: str, given: tuple[Any, ...], result: Any) -> int:
        if name in ("sub", "subn"):
            return len(given[1])
        if name == "match":  # at one place: only its match, and little more
            return len(result[0]) if result else 0
        return len(given[0]) - (given[1] if len(given) > 1 else 0)


@contextmanager
def _counting(steps: PatternSteps) -> Iterator[None]:
    """The patterns of the loaded modules, with counting."""
    changed: list[tuple[ModuleType, str, re.Pattern[str]]] = []
    searches = re2._Regexp._match

    def counted(self: Any, anchor: Any, text: str, *args: Any) -> Any:
        steps.take(1 + len(text))
        return searches(self, anchor, text, *args)

    for module in list(sys.modules.values()):
        if module.__name__.partition(".")[0] not in PACKAGES:
            continue
        for name, value in list(vars(module).items()):
            if isinstance(value, re.Pattern):
                changed.append((module, name, value))
                setattr(module, name, _Pattern(f"{module.__name__}.{name}", value, steps))
    re2._Regexp._match = counted
    try:
        yield
    finally:
        re2._Regexp._match = searches
        for module, name, value in changed:
            setattr(module, name, value)


def steps_of_text(work: Callable[[], object], most: int) -> int:
    """The steps of the work; raises TooManySteps when there are more than `most`."""
    return count_pattern_steps(work, most).taken


def count_pattern_steps(work: Callable[[], object], most: int) -> PatternSteps:
    """The same, with the texts of each pattern."""
    steps = PatternSteps(most)

    def called(frame: FrameType, event: str, argument: object) -> Any:
        return ran if frame.f_code.co_filename.startswith(_COUNTED) else None

    def ran(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            steps.take(1)
        return ran

    def profiled(frame: FrameType, event: str, argument: object) -> None:
        if event == "c_call" and isinstance(said := getattr(argument, "__self__", None), str):
            steps.take(len(said) // _CHARACTERS_A_STEP)

    with _counting(steps):
        sys.setprofile(profiled)
        sys.settrace(called)
        try:
            work()
        finally:
            sys.settrace(None)
            sys.setprofile(None)
    return steps
