"""What one call of a regular expression costs, counted: Python's own engine, played step by step.

`re` goes back and tries again, which no clock and no count of calls shows before somebody sends the
text that makes it do so for ever. Here the parsed pattern is matched as the engine does, each
attempt at a character counted. A test holds that it finds what `re` finds.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from re import _compiler, _parser  # type: ignore[attr-defined]  # isort: skip

ALPHABET = "aZez09 .,:;-_/@'’([<>|\\\n\t+=؟واللكتي٣éß«»"
"""Of which samples are made, besides what the pattern itself names."""
_DEEPEST = 20_000
"""Calls within each other: some for each time that a group is repeated."""
_SINGLE = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY"})


class Backtracking:
    """A pattern of `re` that counts."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEPEST))
        self.pattern = pattern
        self._tree = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
        self._flags = pattern.flags
        self._tests: dict[int, Callable[[str, int], object]] = {}
        self._kept: list[Any] = []
        self._groups: dict[int, str] = {}
        self._text = ""
        self.steps = 0

    def find_all(self, text: str) -> list[tuple[int, int]]:
        """Where it is found, as `finditer` says; the steps are counted."""
        self._text, self.steps = text, 0
        found: list[tuple[int, int]] = []
        at, emptily = 0, -1
        while at <= len(text):
            self._groups = {}
            ends = self._sequence(self._tree, 0, at)
            end = next((end for end in ends if end > at or at != emptily), None)
            if end is None:
                at += 1
                continue
            found.append((at, end))
            emptily = end if end == at else -1
            at = end
        return found

    def _sequence(self, nodes: Any, index: int, at: int) -> Iterator[int]:
        if index == len(nodes):
            yield at
            return
        for end in self._one(nodes[index], at):
            yield from self._sequence(nodes, index + 1, end)

    def _one(self, node: Any, at: int) -> Iterator[int]:
        self.steps += 1
        name, told = str(node[0]), node[1]
        if name in _SINGLE:
            if at < len(self._text) and self._is(node, at):
                yield at + 1
        elif name == "AT":
            if self._is(node, at):
                yield at
        elif name == "SUBPATTERN":
            for end in self._sequence(told[3], 0, at):
                if told[0] is not None:
                    self._groups[told[0]] = self._text[at:end]
                yield end
        elif name == "GROUPREF":
            said = self._groups.get(told)
            if said is not None and self._text.startswith(said, at):
                yield at + len(said)
        else:
            yield from self._choosing(name, told, at)

    def _choosing(self, name: str, told: Any, at: int) -> Iterator[int]:
        if name == "BRANCH":
            for choice in told[1]:
                yield from self._sequence(choice, 0, at)
        elif name in ("ASSERT", "ASSERT_NOT"):
            direction, nodes = told
            begins = at if direction > 0 else at - nodes.getwidth()[0]
            ends = self._sequence(nodes, 0, begins) if begins >= 0 else iter(())
            if any(direction > 0 or end == at for end in ends) == (name == "ASSERT"):
                yield at
        elif name == "ATOMIC_GROUP":
            yield from _first(self._sequence(told, 0, at))
        else:
            least, most, nodes = told
            if name == "MAX_REPEAT":
                yield from self._again(nodes, least, most, at, 0)
            elif name == "POSSESSIVE_REPEAT":
                yield from _first(self._again(nodes, least, most, at, 0))
            elif name == "MIN_REPEAT":
                yield from self._as_few(nodes, least, most, at, 0)
            else:
                raise NotImplementedError(name)

    def _again(self, nodes: Any, least: int, most: int, at: int, done: int) -> Iterator[int]:
        if len(nodes) == 1 and str(nodes[0][0]) in _SINGLE:
            end = at
            while end - at < most and end < len(self._text) and self._is(nodes[0], end):
                end += 1
                self.steps += 1
            for here in range(end, at + least - 1, -1):
                self.steps += 1
                yield here
            return
        if done < most:
            for end in self._sequence(nodes, 0, at):
                if end > at:
                    yield from self._again(nodes, least, most, end, done + 1)
        if done >= least:
            yield at

    def _as_few(self, nodes: Any, least: int, most: int, at: int, done: int) -> Iterator[int]:
        if done >= least:
            yield at
        if done < most:
            for end in self._sequence(nodes, 0, at):
                yield from self._as_few(nodes, least, most, end, done + 1)

    def _is(self, node: Any, at: int) -> bool:
        """Whether one character, or the place between two, is what the pattern asks for."""
        if id(node) not in self._tests:
            alone = _parser.SubPattern(self._tree.state, [node])
            self._tests[id(node)] = _compiler.compile(alone, self._flags).match
            self._kept.append(node)
        return self._tests[id(node)](self._text, at) is not None

    @cached_property
    def alphabet(self) -> str:
        """Characters that the pattern tells apart, and some others."""
        named = [each for each in self.pattern.pattern if each.isalnum()]
        return ALPHABET + "".join(dict.fromkeys(named))

    def sample(self, made: random.Random) -> str:
        """A text that the pattern, or most of it, may match."""
        return self._sample(self._tree, made)

    def _sample(self, nodes: Sequence[Any], made: random.Random) -> str:
        return "".join(self._sample_of(node, made) for node in nodes)

    def _sample_of(self, node: Any, made: random.Random) -> str:
        name, told = str(node[0]), node[1]
        if name == "LITERAL":
            return chr(told)
        if name in _SINGLE:
            for _ in range(40):
                self._text = made.choice(self.alphabet)
                if self._is(node, 0):
                    return self._text
            return ""
        if name == "BRANCH":
            return self._sample(made.choice(told[1]), made)
        if name == "SUBPATTERN":
            return self._sample(told[3], made)
        if name.endswith("REPEAT"):
            least, most, inner = told
            times = made.randint(least, min(int(most), least + 3))
            return "".join(self._sample(inner, made) for _ in range(times))
        return self._sample(told, made) if name == "ATOMIC_GROUP" else ""

    def hostile(self, length: int, made: random.Random) -> str:
        """A text of that length which the pattern begins to match again and again."""
        whole, other = self.sample(made), self.sample(made)
        part = whole[: made.randint(0, len(whole))]
        unit = made.choice((whole, part, whole + other, part + other, other[-1:], whole[:1]))
        glue = made.choice(("", "", " ", made.choice(self.alphabet)))
        end = made.choice(("", "\x00", made.choice(self.alphabet)))
        text = (unit + glue or "a") * (length + 1)
        return text[: length - len(end)] + end


def _first(ends: Iterator[int]) -> Iterator[int]:
    for end in ends:
        yield end
        return
