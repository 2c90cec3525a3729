"""What a picture looks like: 256 bits (PDQ), of which alike pictures differ in few.

A bit says whether one of 16 × 16 frequencies of the picture is above their median. To mirror a
picture changes the sign of every frequency that is odd in one direction, and to turn it by a
quarter exchanges the directions too. The median is near zero, so the hash of a mirrored or turned
picture follows from its own hash, as far as its bits do not stand near the median.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

PDQ_BITS: Final = 256
PDQ_SIDE: Final = 16
MAX_DISTANCE: Final = 31
"""The most different bits of two pictures that are told to be alike; by the authors of PDQ
(github.com/facebook/ThreatExchange, hashing/hashing.pdf)."""
MIN_SET_BITS: Final = 96
"""Bits that a hash has set, and not set, at least. Half of them are set where there is something in
a picture; blank pictures have few of either and resemble each other."""
_ROW: Final = (1 << PDQ_SIDE) - 1
_ACROSS: Final = sum(1 << at for at in range(PDQ_BITS) if at % PDQ_SIDE % 2 == 0)
"""The bits of frequencies that are odd from left to right: the first column has frequency 1."""
_DOWN: Final = sum(_ROW << PDQ_SIDE * row for row in range(0, PDQ_SIDE, 2))


class Turned(StrEnum):
    """How one picture is the other one."""

    NO = "no"
    MIRRORED = "mirrored"
    TURNED = "turned"
    """By a quarter or a half."""
    BOTH = "mirrored_turned"


def hamming_distance(one: str, other: str) -> int:
    """In how many of 256 bits two hashes in hex differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def has_content(pdq: str) -> bool:
    """Whether a hash can be of a picture with something in it."""
    return MIN_SET_BITS <= int(pdq, 16).bit_count() <= PDQ_BITS - MIN_SET_BITS


def pdq_rotations(pdq: str) -> list[tuple[Turned, int]]:
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
        1 << PDQ_SIDE * column + row
        for row in range(PDQ_SIDE)
        for column in range(PDQ_SIDE)
        if bits >> PDQ_SIDE * row + column & 1
    )
