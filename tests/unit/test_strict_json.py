"""What the strict parser takes, what it refuses, and what either costs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import BodyTooLarge, NotJson, NotValid
from casework.text import strict_json

TAKEN: dict[bytes, object] = {
    b"{}": {},
    b" [1, -2, 0.5, 1e2, true, false, null]\n": [1, -2, 0.5, 100.0, True, False, None],
    b'"\\ud83d\\ude00"': "\U0001f600",
    b'"\\u0041\\/\\"\\\\"': 'A/"\\',
    b'"\\\\ud800 and \\\\u0000"': "\\ud800 and \\u0000",
    b'"[[[[[[[[[[[[[[[[[[[[[[[[["': "[" * 25,
    b'{"a": {"k": 1}, "b": {"k": 2}}': {"a": {"k": 1}, "b": {"k": 2}},
    b'{"": 1}': {"": 1},
    b"9007199254740991": 2**53 - 1,
    b"-9007199254740991": -(2**53 - 1),
    b"1e-400": 0.0,
    b"[" * 20 + b"]" * 20: json.loads("[" * 20 + "]" * 20),
    b"[" + b"[]," * 30 + b"[]]": [[]] * 31,
    '"\u202eتبليغ \u0640\u200d\ufefb e\u0301"'.encode(): "\u202eتبليغ \u0640\u200d\ufefb e\u0301",
    b'"\xef\xbb\xbf"': "\ufeff",
    b'"\x7f"': "\x7f",
}

REFUSED: list[tuple[bytes, str, str]] = [
    (b"", "json.empty", "#"),
    (b" \n\t ", "json.empty", "#"),
    (b'\xef\xbb\xbf{"a": 1}', "json.byte-order-mark", "#"),
    ('{"a": 1}'.encode("utf-16"), "json.byte-order-mark", "#"),
    ('{"a": 1}'.encode("utf-16-le"), "json.encoding", "#"),
    ('{"a": 1}'.encode("utf-32-be"), "json.encoding", "#"),
    (b'"\xff"', "json.encoding", "#"),
    (b'"\xc0\xaf"', "json.encoding", "#"),
    (b'"\xed\xa0\x80"', "json.encoding", "#"),
    (b'"caf\xe9"', "json.encoding", "#"),
    (b'"a\x00b"', "json.encoding", "#"),
    (b'"\\ud800"', "json.surrogate", "#"),
    (b'["ok", "\\udc00\\ud800"]', "json.surrogate", "#/1"),
    (b'{"\\uD83D": 1}', "json.surrogate", "#"),
    (b'{"a": 1, "a": 1}', "json.duplicate-key", "#"),
    (b'{"a": 1, "\\u0061": 2}', "json.duplicate-key", "#"),
    (b'{"m": [{"k": 1}, {"k": 1, "k": 2}]}', "json.duplicate-key", "#/m/1"),
    (b'{"a/b~": {"k": 1, "k": 2}}', "json.duplicate-key", "#/a~1b~0"),
    (b'{"a": NaN}', "json.not-a-number", "#/a"),
    (b"[Infinity]", "json.not-a-number", "#/0"),
    (b"[0, -Infinity]", "json.not-a-number", "#/1"),
    (b'{"a": 1e400}', "json.number-range", "#/a"),
    (b'{"a": -1e400}', "json.number-range", "#/a"),
    (b'{"a": 9007199254740992}', "json.number-range", "#/a"),
    (b"[" + b"9" * 100_000 + b"]", "json.number-range", "#/0"),
    (b"[0." + b"9" * 100_000 + b"]", "json.number-range", "#/0"),
    (b"[" * 21 + b"]" * 21, "json.too-deep", "#"),
    (b'{"a":' * 21 + b"1" + b"}" * 21, "json.too-deep", "#"),
    (b"[" * 100_000, "json.too-deep", "#"),
    (b'[{"a":' * 40_000, "json.too-deep", "#"),
    (b"[1,]", "json.syntax", "#"),
    (b"{'a': 1}", "json.syntax", "#"),
    (b'{"a" 1}', "json.syntax", "#"),
    (b'{"a": 1} {"a": 1}', "json.syntax", "#"),
    (b"{} x", "json.syntax", "#"),
    (b'"never ends', "json.syntax", "#"),
    (b'"never ends \\', "json.syntax", "#"),
    (b'"tab\there"', "json.syntax", "#"),
    (b'"\\x41"', "json.syntax", "#"),
    (b'"\\u00g0"', "json.syntax", "#"),
    (b"01", "json.syntax", "#"),
    (b"+1", "json.syntax", "#"),
    (b".5", "json.syntax", "#"),
    (b"1.", "json.syntax", "#"),
    (b"0x10", "json.syntax", "#"),
    (b"nul", "json.syntax", "#"),
    (b"[1] // comment", "json.syntax", "#"),
    (b"]" * 50, "json.syntax", "#"),
    ("[1,\u00a02]".encode(), "json.syntax", "#"),
    ("\u0661".encode(), "json.syntax", "#"),
]


@pytest.mark.parametrize(("body", "document"), TAKEN.items(), ids=repr)
def test_a_strict_document_is_read(body: bytes, document: object) -> None:
    assert strict_json.parse_json(body) == document


@pytest.mark.parametrize(("body", "code", "pointer"), REFUSED, ids=lambda value: repr(value)[:40])
def test_a_lax_document_is_refused_with_its_rule_and_place(
    body: bytes, code: str, pointer: str
) -> None:
    with pytest.raises(NotJson) as refused:
        strict_json.parse_json(body)
    (finding,) = refused.value.findings
    assert (finding.code, finding.pointer) == (code, pointer)


def test_a_body_may_have_256_kibibytes_and_no_byte_more() -> None:
    most = b'"' + b"x" * (strict_json.MAX_JSON_BYTES - 2) + b'"'
    assert len(strict_json.parse_json(most)) == strict_json.MAX_JSON_BYTES - 2
    with pytest.raises(BodyTooLarge) as refused:
        strict_json.parse_json(most + b" ")
    assert refused.value.findings[0].code == "json.too-large"


def test_a_refusal_does_not_hold_the_body() -> None:
    with pytest.raises(NotJson) as refused:
        strict_json.parse_json(b'{"narrative": "canary-narrative", }')
    error: BaseException | None = refused.value
    while error is not None:
        assert "canary" not in repr(vars(error)) + str(error)
        error = error.__cause__ or error.__context__


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_any_bytes_are_a_document_or_a_named_refusal(body: bytes) -> None:
    refusal = None
    document = None
    try:
        document = strict_json.parse_json(body)
    except NotValid as refused:
        refusal = refused
    if refusal is None:
        assert strict_json.parse_json(strict_json.canonical_json(document)) == document
    else:
        assert [finding.code.partition(".")[0] for finding in refusal.findings] == ["json"]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 2]))
def test_the_canonical_writing_does_not_depend_on_how_it_was_sent(
    document: object, escaped: bool, indent: int | None
) -> None:
    sent = json.dumps(document, ensure_ascii=escaped, indent=indent).encode()
    turned = json.dumps(_turned_round(document)).encode()
    assert strict_json.canonical_json(strict_json.parse_json(sent)) == strict_json.canonical_json(
        document
    )
    assert strict_json.canonical_json(strict_json.parse_json(turned)) == strict_json.canonical_json(
        document
    )


def _turned_round(document: object) -> object:
    if isinstance(document, dict):
        return {key: _turned_round(document[key]) for key in reversed(list(document))}
    if isinstance(document, list):
        return [_turned_round(entry) for entry in document]
    return document


def test_the_canonical_writing_is_the_one_receipts_were_computed_from() -> None:
    document = {"b": [1, 0.5, None, True], "a": 'é\u2028"\\\n', "Z": {}, "é": -0.0}
    assert strict_json.canonical_json(document) == (
        '{"Z":{},"a":"é\u2028\\"\\\\\\n","b":[1,0.5,null,true],"é":-0.0}'.encode()
    )


GROWING: dict[str, Callable[[int], bytes]] = {
    "a long text": lambda n: b'"' + b"x" * n + b'"',
    "a text of escapes": lambda n: b'"' + b"\\u0041" * (n // 6) + b'"',
    "a text of escaped quotes that never ends": lambda n: (b"[" * 21 + b'"') + b'\\"' * (n // 2),
    "quotes": lambda n: b'"' * n,
    "backslashes": lambda n: b'"' + b"\\" * n,
    "open brackets in a text": lambda n: b'["' + b"[" * n + b'"]',
    "many empty lists": lambda n: b"[" + b"[]," * (n // 3) + b"[]]",
    "many flaws": lambda n: b"[" + b"NaN," * (n // 4) + b"NaN]",
    "many keys": lambda n: json.dumps({f"{k:06d}": 0 for k in range(n // 11)}).encode(),
    "one key many times": lambda n: b"{" + b'"k":0,' * (n // 6) + b'"k":0}',
    "long integers": lambda n: b"[" + b"9" * n + b"]",
    "long fractions": lambda n: b"[0." + b"9" * n + b"]",
    "long exponents": lambda n: b"[1e" + b"9" * n + b"]",
    "a late surrogate": lambda n: b"[" + b'"a",' * (n // 4) + b'"\\ud800"]',
    "a long key over many late surrogates": lambda n: (
        b'{"' + b"k" * (n // 2) + b'":[' + b'"a",' * (n // 8) + b'"\\ud800"]}'
    ),
    "blanks": lambda n: b"[" + b" " * n + b"]",
    "digits that are not JSON": lambda n: b"0" * n,
}


@pytest.mark.parametrize("shape", GROWING)
def test_the_cost_grows_with_the_bytes_and_not_with_their_square(shape: str) -> None:
    small, large = GROWING[shape](15_000), GROWING[shape](240_000)
    # The same bytes, in one body or in sixteen: linear is about 1, quadratic about 16. A busy
    # machine disturbs single pairs, so one undisturbed pair of many is what is looked for.
    assert any(_cpu(large) / _cpu(small, repeat=16) < 4 for _ in range(25))


def _cpu(body: bytes, repeat: int = 1) -> float:
    """CPU seconds to parse the body `repeat` times."""
    start = time.process_time_ns()
    for _ in range(repeat):
        try:
            strict_json.parse_json(body)
        except NotValid:
            continue
    return (time.process_time_ns() - start + 50_000) / 1e9
