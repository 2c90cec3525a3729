"""Keys of the one table as typed templates: a declared line builds a key, reads it back, names the
partitions that a grant lists, and draws its row in `docs/table.md`.

`file_key = Key[str, int]("its files", "REPORT#{reference}", "FILE#{number:03d}")` is all that there
is of a key: `file_key("R", 1)` builds it, and `file_key.of(item)` is `("R", 1)`.

| in a template | is |
|---|---|
| `{name}` | a part of the key; only the last one of a template may hold `#` |
| `{name:06d}`, `{name:08x}` | a number, written with these digits |
| `{~name}` | the shard of a part, which the template names as well |
| `{^name}` | `TRIAL#` for trials, else nothing: by a realm, or by the case or report of this name |

Parts are given, and read back, in the order in which the templates name them. `~` and `^` give no
part of their own where the part stands elsewhere, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from string import Formatter
from types import ModuleType
from typing import Any, Final, Generic, NamedTuple, TypeVarTuple, cast

from casework.text.realm import TRIAL_RECEIVER, Realm, realm_from_name

PARTITION: Final = "pk"
SORT: Final = "sk"
SHARDS: Final = 8
"""Index partitions and partitions of the table that share a flood: each takes 1,000 writes a
second."""
TRIAL_PREFIX: Final = f"{TRIAL_RECEIVER.upper()}#"
_SHARD: Final = "~"
_REALM: Final = "^"

Parts = TypeVarTuple("Parts")


def shard_of(text: str) -> int:
    """Return the shard of a text, the same for ever."""
    return hashlib.sha256(text.encode()).digest()[0] % SHARDS


def trial_prefix(of: str) -> str:
    """Return what stands before the lists of a realm, or of the realm of a case or report."""
    realm = of if isinstance(of, Realm) else realm_from_name(of)
    return "" if realm is Realm.REAL else TRIAL_PREFIX


_DERIVED: Final[Mapping[str, Callable[[Any], object]]] = {_SHARD: shard_of, _REALM: trial_prefix}


class _Piece(NamedTuple):
    """Literal text, and the field that follows it, if any."""

    literal: str
    mark: str
    """`~`, `^`, or empty."""
    name: str
    """Empty where no field follows."""
    spec: str
    ends_at: str
    """The literal text behind the field; empty at the end, and behind a realm."""


def _pieces(template: str) -> tuple[_Piece, ...]:
    parsed = [(text, name or "", spec or "") for text, name, spec, _ in Formatter().parse(template)]
    ends = [*(text for text, _, _ in parsed[1:]), ""]
    return tuple(
        _Piece(text, name[0], name[1:], spec, end)
        if name[:1] in _DERIVED
        else _Piece(text, "", name, spec, end)
        for (text, name, spec), end in zip(parsed, ends, strict=True)
    )


def _filled(pieces: tuple[_Piece, ...], values: tuple[object, ...]) -> str:
    """Return a template with its first fields filled, up to the first without a value."""
    text, left = "", iter(values)
    for piece in pieces:
        text += piece.literal
        if piece.name:
            value = next(left, None)
            if value is None:
                break
            derived = _DERIVED.get(piece.mark)
            text += str(derived(value)) if derived else format(value, piece.spec)
    return text


def _read(pieces: tuple[_Piece, ...], text: str) -> list[Any]:
    """Return what stands at each field; raises ValueError for the text of another template."""
    found: list[Any] = []
    at = 0
    for literal, mark, name, spec, ends_at in pieces:
        if not text.startswith(literal, at):
            raise ValueError(f"no such key: {text[:20]}")
        at += len(literal)
        if mark == _REALM:
            is_trial = text.startswith(TRIAL_PREFIX, at)
            at += len(TRIAL_PREFIX) * is_trial
            found.append(Realm.TRIAL if is_trial else Realm.REAL)
        elif name:
            end = text.find(ends_at, at) if ends_at else len(text)
            if end < at:
                raise ValueError(f"no such key: {text[:20]}")
            said, at = text[at:end], end
            found.append(int(said, 16 if spec[-1] == "x" else 10) if spec else said)
    if at != len(text):
        raise ValueError(f"no such key: {text[:20]}")
    return found


def _row(pieces: tuple[_Piece, ...]) -> str:
    """Return a template for readers: without the digits of numbers."""
    shown = ""
    for piece in pieces:
        shown += piece.literal
        if piece.mark == _REALM:
            shown += f"[{TRIAL_PREFIX}]"
        elif piece.name:
            shown += f"{{{'shard' if piece.mark else piece.name}}}"
    return shown


def _shards(pieces: tuple[_Piece, ...], values: tuple[str | int, ...], first: int = 0) -> list[str]:
    last = pieces[-1]
    if last.mark != _SHARD and last.name != "shard":
        raise TypeError("its partitions have no shards")
    plain = (*pieces[:-1], last._replace(mark=""))
    return [_filled(plain, (*values, (first + shard) % SHARDS)) for shard in range(SHARDS)]


class _Builder:
    """Templates that share their parts, so that one call builds all."""

    def __init__(self, *templates: tuple[_Piece, ...]) -> None:
        self.fields = [piece for pieces in templates for piece in pieces if piece.name]
        plain = {field.name for field in self.fields if not field.mark}
        own = (field.name for field in self.fields if not field.mark or field.name not in plain)
        self.names = tuple(dict.fromkeys(own))
        self._derived = [
            (_DERIVED[field.mark], self.names.index(field.name))
            for field in self.fields
            if field.mark
        ]
        derived = iter(range(len(self.names), len(self.names) + len(self._derived)))
        self.formats = ["".join(self._formats(pieces, derived)).format for pieces in templates]

    def _formats(self, pieces: tuple[_Piece, ...], derived: Iterator[int]) -> Iterator[str]:
        for piece in pieces:
            yield piece.literal
            if piece.name:
                at = next(derived) if piece.mark else self.names.index(piece.name)
                yield f"{{{at}:{piece.spec}}}"

    def values(self, parts: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the parts, and what is derived from them."""
        if len(parts) != len(self.names):
            raise TypeError(f"a key has the parts {', '.join(self.names)}")
        if not self._derived:
            return parts
        return *parts, *[derive(parts[at]) for derive, at in self._derived]

    @property
    def places(self) -> tuple[int, ...]:
        """Where each part stands among the fields: as itself, or as the realm that it is."""
        at = {field.name: n for n, field in enumerate(self.fields) if field.mark == _REALM}
        at |= {field.name: n for n, field in enumerate(self.fields) if not field.mark}
        return tuple(at[name] for name in self.names)


class Key(Generic[*Parts]):
    """A key of items: the question that it answers, and the templates of its two attributes."""

    def __init__(self, question: str, pk: str, sk: str) -> None:
        self.question, self._templates = question, (pk, sk)

    # A function that starts declares all keys and uses few: each is taken apart when it is used.

    @cached_property
    def _pk(self) -> tuple[_Piece, ...]:
        return _pieces(self._templates[0])

    @cached_property
    def _sk(self) -> tuple[_Piece, ...]:
        return _pieces(self._templates[1])

    @cached_property
    def _builder(self) -> _Builder:
        return _Builder(self._pk, self._sk)

    @cached_property
    def _places(self) -> tuple[int, ...]:
        return self._builder.places

    def __call__(self, *parts: *Parts) -> dict[str, str]:
        """Return the key with these parts."""
        pk, sk = self._builder.formats
        values = self._builder.values(parts)
        return {PARTITION: pk(*values), SORT: sk(*values)}

    def of(self, item: Mapping[str, Any]) -> tuple[*Parts]:
        """Return the parts of the key of an item; raises ValueError for an item of another key."""
        found = _read(self._pk, item[PARTITION]) + _read(self._sk, item[SORT])
        return cast("tuple[*Parts]", tuple([found[at] for at in self._places]))

    def of_partition(self, partition: str) -> tuple[Any, ...]:
        """Return the parts in a partition alone, in their order; raises ValueError likewise."""
        return tuple(_read(self._pk, partition))

    def of_sort(self, sort: str) -> tuple[Any, ...]:
        """Return the parts in a sort key alone, in their order; raises ValueError likewise."""
        return tuple(_read(self._sk, sort))

    def partition(self, *values: str | int) -> str:
        """Return the partition of these parts: of what its template names, in that order."""
        return _filled(self._pk, values)

    def partitions(self, *values: str | int) -> list[str]:
        """Return the partitions of all shards."""
        return _shards(self._pk, values)

    def under(self, *values: str | int) -> tuple[str, str]:
        """Return a partition, and how the sort keys of its items begin that have these parts."""
        in_pk = sum(1 for piece in self._pk if piece.name)
        return _filled(self._pk, values[:in_pk]), self.sort_begins(*values[in_pk:])

    def sort_begins(self, *values: str | int) -> str:
        """Return how the sort keys with these first parts begin."""
        return _filled(self._sk, values)

    @property
    def begins(self) -> str:
        """How every sort key begins; the whole of one without parts."""
        return self._templates[1].partition("{")[0]

    @property
    def partition_begins(self) -> str:
        """How every partition begins; the whole of one without parts."""
        return self._templates[0].partition("{")[0]

    @property
    def grants(self) -> tuple[str, ...]:
        """All of its partitions, as `dynamodb:LeadingKeys` names them."""
        behind = self._pk[self._pk[0].mark == _REALM :]
        name = f"{behind[0].literal}{'*' * bool(behind[0].name)}"
        return (name,) if behind == self._pk else (name, f"{TRIAL_PREFIX}{name}")

    @property
    def grant(self) -> str:
        """The same of a key that has no realms; raises ValueError for another one."""
        (name,) = self.grants
        return name

    @property
    def row(self) -> str:
        """Its row in the table of questions."""
        return f"| {self.question} | pk `{_row(self._pk)}`, sk `{_row(self._sk)}` |"


class IndexPartition(Generic[*Parts]):
    """A partition of an index: the question that its items answer, in the order of the index."""

    def __init__(self, question: str, index: str, template: str) -> None:
        self.question, self.index, self._template = question, index, template

    @cached_property
    def _pieces(self) -> tuple[_Piece, ...]:
        return _pieces(self._template)

    @cached_property
    def _builder(self) -> _Builder:
        return _Builder(self._pieces)

    def __call__(self, *parts: *Parts) -> str:
        """Return the partition of these parts."""
        (name,) = self._builder.formats
        return name(*self._builder.values(parts))

    def every(self, *values: str | int, first: int = 0) -> list[str]:
        """Return the partitions of all shards, beginning with one shard's."""
        return _shards(self._pieces, values, first)

    @property
    def row(self) -> str:
        """Its row in the table of questions."""
        return f"| {self.question} | `{self.index}` at `{_row(self._pieces)}` |"


def templates_of(
    module: ModuleType,
) -> list[Key[*tuple[Any, ...]] | IndexPartition[*tuple[Any, ...]]]:
    """Return the templates that a module declares, in their order."""
    declared = (each for each in vars(module).values() if isinstance(each, Key | IndexPartition))
    return list(dict.fromkeys(declared))
