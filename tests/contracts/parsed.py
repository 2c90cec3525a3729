"""The sources, parsed once for the contracts that look into them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def parsed(file: Path) -> ast.Module:
    """The syntax of a file; all contracts read the same one."""
    return ast.parse(file.read_text(encoding="utf-8"))
