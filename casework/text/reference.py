"""References, case ids and receipts: names that people can read aloud over a telephone.

All are written in Crockford's base 32, which has no I, L, O or U. Reading forgives case, blanks
and hyphens, and takes I and L for 1, O for 0.

    reference   7K3M-9QXA-20BD-WR5T-Q          16 symbols (80 bits) and one check symbol
    case id     C-7K3M-9QXA-20BD-WR5T-Q        the same, of another 80 bits
    receipt     26 symbols in groups of four   128 bits of secret, no check symbol

A reference, and the case id made from it, name the realm (`casework.text.realm`): only those of
trials begin with TEST. The other 60 bits are not affected.

**The check symbol.** Symbols are elements of GF(32) = GF(2)[x]/(x^5+x^2+1). Symbol *i* from the
right weighs x^i, and the weighted sum of all 17 is zero. No weight is zero, so one wrong symbol is
always detected. No two of the 17 weights are equal, so two exchanged symbols are always detected,
neighbours or not.
"""

from __future__ import annotations

import hashlib
from typing import Final

from casework.text.realm import TRIAL_PREFIX, Realm, realm_from_name

REFERENCE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_BYTES: Final = 10
RECEIPT_BYTES: Final = 16
RECEIPT_SYMBOLS: Final = 26
MAX_TYPED_REFERENCE_LENGTH: Final = 64

_VALUES: Final = {symbol: value for value, symbol in enumerate(REFERENCE_ALPHABET)}
_READ_AS: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})
_IGNORED: Final = str.maketrans("", "", " \t\r\n-\u00a0\u2010\u2011\u2012\u2013")


class NotAReference(ValueError):
    """The typed text is no reference: a symbol is missing, wrong or misplaced."""

    error_code = "NotAReference"


def _multiplied_by_x(value: int) -> int:
    shifted = value << 1
    return shifted ^ 0b100101 if shifted & 0b100000 else shifted


def _table_of_products() -> tuple[tuple[int, ...], ...]:
    """``products[i][v]`` is x^i · v for the 31 powers of x that differ."""
    rows = [tuple(range(32))]
    for _ in range(30):
        rows.append(tuple(_multiplied_by_x(value) for value in rows[-1]))
    return tuple(rows)


_PRODUCTS: Final = _table_of_products()


def _weighted_sum(symbols: str) -> int:
    """Zero when the last symbol checks the others."""
    total = 0
    for place, symbol in enumerate(reversed(symbols)):
        total ^= _PRODUCTS[place][_VALUES[symbol]]
    return total


def _symbols(raw: bytes, count: int) -> str:
    number = int.from_bytes(raw, "big") << (count * 5 - len(raw) * 8)
    return "".join(
        REFERENCE_ALPHABET[(number >> (5 * place)) & 31] for place in range(count - 1, -1, -1)
    )


def _grouped(symbols: str) -> str:
    return "-".join(symbols[start : start + 4] for start in range(0, len(symbols), 4))


def _typed(text: str) -> str:
    """The typed text as symbols; the empty text when it holds anything else."""
    symbols = text.translate(_IGNORED) if len(text) <= MAX_TYPED_REFERENCE_LENGTH else ""
    if not symbols.isascii():  # upper() turns some other letters into ours
        return ""
    symbols = symbols.upper().translate(_READ_AS)
    return symbols if all(symbol in _VALUES for symbol in symbols) else ""


def encode_reference(raw: bytes, realm: Realm = Realm.REAL) -> str:
    """The reference of ten bytes in a realm."""
    if len(raw) != REFERENCE_BYTES:
        raise ValueError("a reference is made of ten bytes")
    symbols = _signed(_symbols(raw, 16), realm)
    return _grouped(symbols + REFERENCE_ALPHABET[_weighted_sum(symbols + "0")])


def _signed(symbols: str, realm: Realm) -> str:
    """The symbols with the sign of their realm: one reference in a million makes room for
    trials."""
    if realm is Realm.TRIAL:
        return TRIAL_PREFIX + symbols[len(TRIAL_PREFIX) :]
    if symbols.startswith(TRIAL_PREFIX):
        return REFERENCE_ALPHABET[_VALUES[symbols[0]] ^ 16] + symbols[1:]
    return symbols


def parse_reference(text: str) -> str:
    """The canonical form of a typed reference.

    Raises NotAReference for a misheard symbol or an exchange of two.
    """
    symbols = _typed(text)
    if len(symbols) != 17 or _weighted_sum(symbols):
        raise NotAReference
    return _grouped(symbols)


def is_same_reference(reference: str | None, typed: str | None) -> bool:
    """Whether the typed text is this reference; an absent reference matches only no text."""
    try:
        return reference == (parse_reference(typed) if typed else None)
    except NotAReference:
        return False


def case_id_from_reference(reference: str) -> str:
    """The id of the case that this report opens, if it opens one.

    It is computed, so opening a case twice opens the same case.
    """
    return _case_id(f"case|{reference}", reference)


def case_id_apart(reference: str, source: str, entry: int) -> str:
    """The id of the case of a report that people take out of a case, from the entry of that case's
    history. It is used where the case of `case_id_from_reference` exists already."""
    return _case_id(f"case|{reference}|{source}|{entry}", reference)


def _case_id(told: str, reference: str) -> str:
    """A case is in the realm of its first report."""
    digest = hashlib.sha256(told.encode()).digest()
    return "C-" + encode_reference(digest[:REFERENCE_BYTES], realm_from_name(reference))


def parse_case_id(text: str) -> str:
    """The canonical form of a typed case id; raises NotAReference when it is none."""
    typed = text.strip().upper()
    if not typed.startswith("C"):
        raise NotAReference
    return "C-" + parse_reference(typed[1:])


def write_receipt(secret: bytes) -> str:
    """A receipt secret for people: six groups of four symbols and one of two."""
    if len(secret) != RECEIPT_BYTES:
        raise ValueError("a receipt is made of sixteen bytes")
    return _grouped(_symbols(secret, RECEIPT_SYMBOLS))


def read_receipt(text: str) -> str:
    """A typed receipt in canonical form, or the empty text when it cannot be a receipt.

    It does not raise, so the check does the same work for a malformed receipt as for a wrong one.
    """
    symbols = _typed(text)
    return _grouped(symbols) if len(symbols) == RECEIPT_SYMBOLS else ""
