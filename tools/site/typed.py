"""The types of the scripts: checked strictly, and what they allow (`typed.mjs`).

The compiler takes longer than all else that is checked of the portal, so what it finds of sources
without a mistake is kept in `build/web/typed.json`, as mypy keeps what it finds, until anything
that it reads is another.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.site import desk, desk_icons
from tools.site.messages import ROOT, Messages
from tools.site.scripts import BIN, node_command, run_command
from tools.site.styles import WEB_SOURCES, DrawnElements

OPENAPI: Final = ROOT / "docs" / "openapi.json"
MADE: Final = ROOT / "build" / "web"
"""The types that are made from other sources."""
TYPED_VALUES_FILE: Final = MADE / "typed.json"
_CHECKER: Final = Path(__file__).with_name("typed.mjs")
_LOCK: Final = ROOT / "package-lock.json"
"""Says which compiler it is, and which types packages bring."""


@dataclass(frozen=True)
class TypedValues:
    """What the types of the scripts allow, by source."""

    texts: Mapping[Path, Sequence[str]]
    """The keys of the texts that a source of the page of staff can ask for."""
    drawn: Mapping[Path, DrawnElements]
    """What a source makes pages of."""


def type_check(messages: Mapping[str, Messages]) -> TypedValues:
    """Check the scripts strictly; `messages` are the texts of the portal by language. Raises
    SiteNotBuilt with the compiler's message."""
    keys = _keys(messages)
    sources = _fingerprint(keys)
    told = _kept(sources)
    if told is None:
        _declare(keys)
        told = json.loads(run_command(node_command(), str(_CHECKER)))
        _keep(sources, told)
    return TypedValues(
        {Path(file): keys for file, keys in told["texts"].items()},
        {
            Path(file): DrawnElements(frozenset(each["elements"]), frozenset(each["classes"]))
            for file, each in told["drawn"].items()
        },
    )


def _keys(messages: Mapping[str, Messages]) -> str:
    """The types of the keys of the portal's texts."""
    one = next(iter(messages.values()))
    keys = " | ".join(json.dumps(key) for key in sorted(one.texts.entries))
    plurals = " | ".join(json.dumps(key) for key in sorted(one.plurals))
    return f"export type Key = {keys};\nexport type PluralKey = {plurals};\n"


def _declare(keys: str) -> None:
    """Types for the scripts: the API's from its document, the keys of the texts from the files."""
    MADE.mkdir(parents=True, exist_ok=True)
    run_command(
        str(BIN / "openapi-typescript"), str(OPENAPI), "--output", str(MADE / "openapi.d.ts"),
        "--default-non-nullable=false",
    )  # fmt: skip
    (MADE / "messages.d.ts").write_text(keys, encoding="utf-8")
    (MADE / "desk.d.ts").write_text(desk.declare_text_types(), encoding="utf-8")
    desk_icons.write_icon_script()


def _fingerprint(keys: str) -> str:
    """A hash of all that the compiler reads, and of where it is."""
    icons = desk_icons.ICON_NAMES_FILE
    files = (Path(__file__), _CHECKER, _LOCK, OPENAPI, icons, *_sources())
    read = [
        keys,
        desk.declare_text_types(),
        *((str(each), each.read_text("utf-8")) for each in files),
    ]
    return hashlib.sha256(json.dumps(read).encode()).hexdigest()


def _sources() -> Iterator[Path]:
    """The scripts and the compiler's settings."""
    yield from sorted(
        file for file in WEB_SOURCES.rglob("*") if file.suffix in {".ts", ".tsx", ".json"}
    )


def _kept(sources: str) -> dict[str, Any] | None:
    """What was found of the same sources."""
    if not TYPED_VALUES_FILE.is_file():
        return None
    kept: dict[str, Any] = json.loads(TYPED_VALUES_FILE.read_text(encoding="utf-8"))
    return kept["told"] if kept["sources"] == sources else None


def _keep(sources: str, told: dict[str, Any]) -> None:
    # At once: another process may read it.
    begun = TYPED_VALUES_FILE.with_suffix(f".{os.getpid()}")
    begun.write_text(json.dumps({"sources": sources, "told": told}), encoding="utf-8")
    begun.replace(TYPED_VALUES_FILE)
