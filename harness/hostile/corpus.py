"""Hostile strings and bodies: the included ones, and those of any file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from local.errors import UserError

FILE: Final = Path(__file__).with_name("strings.json")


class NoStrings(UserError):
    """The file holds no strings."""


def strings_of(file: Path) -> list[str]:
    """The distinct strings of a file: of a JSON list, or one for each line.

    A line that is not UTF-8 is read as Latin-1, which is also a string. Raises NoStrings.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise NoStrings(f"{file} cannot be read: {error.strerror}") from error
    try:
        listed = json.loads(content)
    except ValueError:
        listed = [_line(line) for line in content.splitlines()]
    if not isinstance(listed, list):
        raise NoStrings(f"{file} is no list of strings, and has none on its lines")
    strings = list(dict.fromkeys(each for each in listed if isinstance(each, str) and each))
    if not strings:
        raise NoStrings(f"{file} holds no strings")
    return strings


def _line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def project_strings() -> list[str]:
    """The strings of this project, and strings at the length limits of fields."""
    return [
        *strings_of(FILE),
        *("a" * length for length in (200, 201, 300, 301, 2_048, 2_049, 20_000, 20_001)),
        "ⵣ" * 20_000,
        "🙂" * 20_000,
        "e\u0301" * 10_000,
        "a.co " * 4_000,
        "(1" * 10_000,
        "<b>" * 6_000,
        '"' * 20_000,
        "\u202e" * 2_000,
    ]


BODIES: Final[dict[str, bytes]] = {
    "nothing": b"",
    "blanks": b" \n\t ",
    "no JSON": b"narrative=abc",
    "half a document": b'{"narrative": "abc',
    "two documents": b"{} {}",
    "a list": b"[]",
    "a number": b"1",
    "a repeated key": b'{"narrative": "a", "narrative": "b"}',
    "a repeated key, escaped": b'{"role": "victim", "r\\u006fle": "witness"}',
    "a huge number": b'{"narrative": ' + b"9" * 5_000 + b"}",
    "a number beyond all floats": b'{"narrative": 1e9999}',
    "not a number": b'{"narrative": NaN}',
    "infinity": b'{"narrative": -Infinity}',
    "half a surrogate": b'{"narrative": "\\ud800"}',
    "surrogates in the wrong order": b'{"narrative": "\\udc00\\ud800"}',
    "a surrogate as bytes": b'{"narrative": "\xed\xa0\x80"}',
    "bytes that are no UTF-8": b'{"narrative": "\xff\xfe"}',
    "UTF-8 that is too long": b'{"narrative": "\xc0\xaf\xe0\x80\xaf"}',
    "UTF-8 that breaks off": b'{"narrative": "\xf0\x9f\x98"}',
    "Latin-1": b'{"narrative": "caf\xe9"}',
    "UTF-16": '{"narrative": "abc"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"narrative": "abc"}',
    "zero bytes": b'{"narrative": "a\x00b"}',
    "an escaped zero": b'{"narrative": "a\\u0000b"}',
    "a comment": b'{"narrative": "a" /* b */}',
    "a last comma": b'{"narrative": "a",}',
    "single quotes": b"{'narrative': 'a'}",
    "very deep lists": b"[" * 100_000,
    "very deep objects": b'{"a":' * 50_000,
    "many empty lists": b"[" + b"[]," * 60_000 + b"[]]",
    "a prototype": b'{"__proto__": {"admin": true}, "constructor": {}}',
    "a very long key": b'{"' + b"k" * 200_000 + b'": 1}',
    "more bytes than are taken": b'"' + b"a" * 300_000 + b'"',
    "quotes without end": b'"\\' * 100_000,
}
"""Bodies that are never a report or an addition; each request with one must be refused."""
