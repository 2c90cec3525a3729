"""One JSON document, read strictly, at a cost linear in its bytes.

The parsers of our libraries accept what attackers use: repeated keys (the last one wins), lone
surrogates (they break the first store that they reach), NaN, numbers of a million digits, nesting
that exhausts the stack. A document that passes here means the same to every later parser.

`parse` looks at the bytes four times at most, in C, once each for decoding, nesting and parsing.
The fourth time, only after an error or a suspicion, one walk finds the place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from casework.errors import BodyTooLarge, Finding, NotJson

MAX_JSON_BYTES: Final = 256 * 1024
MAX_JSON_DEPTH: Final = 20
MAX_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader stores exactly (RFC 8259, section 6)."""

_LONGEST_INTEGER: Final = len(str(-MAX_INTEGER))
_LONGEST_FLOAT: Final = 64
_LONGEST_POINTER: Final = 200

# An unterminated string matches to the end of the text. Otherwise each quote inside it would start
# another search to the end, and the cost would be quadratic.
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)
_SUSPECT_ESCAPE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

_CANONICAL: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)

_DETAILS: Final = {
    "json.too-large": "The body has more bytes than can be taken.",
    "json.empty": "The body is empty.",
    "json.encoding": "The body is not UTF-8.",
    "json.byte-order-mark": "The body begins with a byte order mark.",
    "json.too-deep": f"Objects and lists are nested more than {MAX_JSON_DEPTH} deep.",
    "json.syntax": "This is not JSON.",
    "json.duplicate-key": "This object has the same key twice.",
    "json.not-a-number": "NaN and infinities are not JSON.",
    "json.number-range": "This number is too large or too long.",
    "json.surrogate": "This text holds half of a surrogate pair.",
}


class _Flaw:
    """Marks an error in the parsed document, so that the walk can find it."""

    def __init__(self, code: str) -> None:
        self.code = code


def parse_json(body: bytes) -> Any:
    """The document in `body`: UTF-8, at most 256 KiB, nested at most 20 deep.

    Raises BodyTooLarge or NotJson. The one finding has the code of the rule and, where the document
    could be read so far, a pointer.
    """
    text = _decoded(body)
    _refuse_depth(text)
    flaws: list[_Flaw] = []
    document = _parsed(text, flaws)
    if flaws or _SUSPECT_ESCAPE.search(text):
        _refuse_flaws(document)
    return document


def canonical_json(document: Any) -> bytes:
    """The canonical form of a parsed document: keys sorted by code point, no blanks, UTF-8.

    Receipts are computed from it, so it must stay the same across releases.
    """
    return _CANONICAL.encode(document).encode()


def iter_texts(document: Any) -> Iterator[tuple[str, str]]:
    """Every text and key of a parsed document with its pointer; a key has its object's pointer."""
    return ((pointer, text) for pointer, text in _walk(document) if isinstance(text, str))


def _decoded(body: bytes) -> str:
    if len(body) > MAX_JSON_BYTES:
        raise BodyTooLarge(
            f"At most {MAX_JSON_BYTES:,} bytes can be taken.",
            findings=(_finding("json.too-large"),),
        )
    if not body.strip(b" \t\r\n"):
        raise _refusal("json.empty")
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _refusal("json.byte-order-mark")
    if b"\0" in body:  # also UTF-16 and UTF-32 without a mark
        raise _refusal("json.encoding")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise _refusal("json.encoding") from None


def _refuse_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_JSON_DEPTH:
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        match text[token.start()]:
            case "[" | "{":
                depth += 1
                if depth > MAX_JSON_DEPTH:
                    raise _refusal("json.too-deep")
            case "]" | "}":
                depth -= 1


def _parsed(text: str, flaws: list[_Flaw]) -> Any:
    def flaw(code: str) -> _Flaw:
        flaws.append(_Flaw(code))
        return flaws[-1]

    def integer(digits: str) -> int | _Flaw:
        if len(digits) > _LONGEST_INTEGER or abs(number := int(digits)) > MAX_INTEGER:
            return flaw("json.number-range")
        return number

    def real(digits: str) -> float | _Flaw:
        if len(digits) > _LONGEST_FLOAT or abs(number := float(digits)) == float("inf"):
            return flaw("json.number-range")
        return number

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Flaw:
        keyed = dict(pairs)
        return keyed if len(keyed) == len(pairs) else flaw("json.duplicate-key")

    try:
        return json.loads(
            text,
            parse_int=integer,
            parse_float=real,
            parse_constant=lambda _: flaw("json.not-a-number"),
            object_pairs_hook=table,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
    # Raised outside of the handler: the decoder's error holds the body, and no traceback may carry
    # it.
    raise _refusal("json.syntax", f"This is not JSON at {where}.")


def _refuse_flaws(document: Any) -> None:
    for pointer, value in _walk(document):
        if isinstance(value, _Flaw):
            raise _refusal(value.code, pointer=pointer)
        if _SURROGATE.search(value):
            raise _refusal("json.surrogate", pointer=pointer)


def _walk(document: Any) -> Iterator[tuple[str, str | _Flaw]]:
    """Every text, key and flaw of the document with its pointer; a key has its object's pointer."""
    waiting: list[tuple[str, Any]] = [("#", document)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, (str, _Flaw)):
            yield pointer, value
        elif isinstance(value, list):
            waiting.extend((f"{pointer}/{place}", entry) for place, entry in enumerate(value))
        elif isinstance(value, dict):
            for key, entry in value.items():
                yield pointer, key
                waiting.append((_below(pointer, key), entry))


def _below(pointer: str, key: str) -> str:
    """The pointer one key deeper. The length of a pointer is limited, because long keys over many
    entries would otherwise cost their product."""
    if len(pointer) + len(key) > _LONGEST_POINTER:
        return pointer
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"


def _finding(code: str, detail: str = "", pointer: str = "#") -> Finding:
    return Finding(pointer=pointer, code=code, detail=detail or _DETAILS[code])


def _refusal(code: str, detail: str = "", pointer: str = "#") -> NotJson:
    return NotJson(
        "The body is not one strict JSON document.", findings=(_finding(code, detail, pointer),)
    )
