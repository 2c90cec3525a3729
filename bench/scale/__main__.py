"""`python -m bench.scale`: write the results into docs/scale.md."""

from __future__ import annotations

from bench.scale.shown import PAGE, written

PAGE.write_text(written(), "utf-8")
