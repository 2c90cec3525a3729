"""The workflow file runs in moto's interpreter."""

from __future__ import annotations

from tests.picked import pick_by_known_names

pick_by_known_names()
