"""What a picture looks like: 256 bits (PDQ), of which alike pictures differ in few.

A bit says whether one of 16 × 16 frequencies of the picture is above their median. To mirror a
picture changes the sign of every frequency that is odd in one direction, and to turn it by a
quarter exchanges the directions too. The median is near zero, so the hash of a mirrored or turned
picture follows from its own hash, as far as its bits do not stand near the median.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

BITS: Final = 256
SIDE: Final = 16
ALIKE: Final = 31
"""The most different bits of two pictures that are told to be alike; by the authors of PDQ
(github.com/facebook/ThreatExchange, hashing/hashing.pdf)."""
FEWEST: Final = 96
"""Bits that a hash has set, and not set, at least. Half of them are set where there is something in
a picture; blank pictures have few of either and resemble each other."""
_ROW: Final = (1 << SIDE) - 1
_ACROSS: Final = sum(1 << at for at in range(BITS) if at % SIDE % 2 == 0)
"""The bits of frequencies that are odd from left to right: the first column has frequency 1."""
_DOWN: Final = sum(_ROW << SIDE * row for row in range(0, SIDE, 2))


class Turned(StrEnum):
    """How one picture is the other one."""

    NO = "no"
    MIRRORED = "mirrored"
    TURNED = "turned"
    """By a quarter or a half."""
    BOTH = "mirrored_turned"


def distance(one: str, other: str) -> int:
    """In how many of 256 bits two hashes in hex differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def is_of_something(pdq: str) -> bool:
    """Whether a hash can be of a picture with something in it."""
    return FEWEST <= int(pdq, 16).bit_count() <= BITS - FEWEST


def ways(pdq: str) -> list[tuple[Turned, int]]:
    """The eight hashes of a picture as it is, mirrored and turned: its own first."""
    bits = int(pdq, 16)
    lying = _exchanged(bits)
    return [
        (Turned.NO, bits),
        (Turned.MIRRORED, bits ^ _ACROSS),
        (Turned.BOTH, bits ^ _DOWN),
        (Turned.TURNED, bits ^ _ACROSS ^ _DOWN),
        (Turned.BOTH, lying),
        (Turned.TURNED, lying ^ _ACROSS),
        (Turned.TURNED, lying ^ _DOWN),
        (Turned.BOTH, lying ^ _ACROSS ^ _DOWN),
    ]


def _exchanged(bits: int) -> int:
    """The bits with rows and columns exchanged."""
    return sum(
        1 << SIDE * column + row
        for row in range(SIDE)
        for column in range(SIDE)
        if bits >> SIDE * row + column & 1
    )
