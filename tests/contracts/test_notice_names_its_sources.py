"""NOTICE names whatever of others is delivered: the libraries inside the pages' scripts."""

from __future__ import annotations

import json
import re

from infra.assets import ROOT

_IMPORT = re.compile(r"""(?:from|import)\s+["']((?:@[\w-]+/)?[\w-]+)""")


def test_every_library_in_the_pages_is_named_with_its_licence() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8").lower()
    sources = [*(ROOT / "web" / "portal").rglob("*.ts"), *(ROOT / "web" / "portal").rglob("*.tsx")]
    used = {name for file in sources for name in _IMPORT.findall(file.read_text("utf-8"))}
    known = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    assert used, "no import was read"
    assert used <= known.keys()
    assert not [name for name in used if name not in notice]
    assert "permission is hereby granted" in notice
