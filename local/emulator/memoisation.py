"""Corrections of what upstream works out anew at each call, though it depends on a text alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from local.emulator.upstream import dynamodb, iam_evaluator, require_upstream_attributes

MAX_MEMOISED_RESULTS = 4096
"""Results that are kept of each, the latest ones."""


def remember_conditions() -> None:
    """Each expression of a call is read by its grammar; the functions send a few hundred texts."""
    require_upstream_attributes(dynamodb, "_condition_syntax_error")
    dynamodb._condition_syntax_error = lru_cache(MAX_MEMOISED_RESULTS)(
        dynamodb._condition_syntax_error
    )


def remember_policies() -> None:
    """With AUTH=true each call reads all policies of its role; readers change no statement."""
    require_upstream_attributes(iam_evaluator, "parse_policy_document")
    upstream = iam_evaluator.parse_policy_document
    remembered = lru_cache(MAX_MEMOISED_RESULTS)(upstream)

    def parse(document: Any) -> Any:
        return remembered(document) if isinstance(document, str) else upstream(document)

    iam_evaluator.parse_policy_document = parse


MEMOISATION_CORRECTIONS = (remember_conditions, remember_policies)
