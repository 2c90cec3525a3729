"""Examples by a word: each builder takes only what the test is about."""

from __future__ import annotations

from typing import Any


def a_report(**said: Any) -> dict[str, Any]:
    """A report as a client sends it: a fraud seen by its victim, sent without a name."""
    return {
        "category": "fraud",
        "narrative": "Une fausse page de banque m'a pris 8 400 dirhams ce matin.",
        "locations": [{"kind": "url", "value": "https://banque.example/verification"}],
        "role": "victim",
        "language": "fr",
        "disclosure": {"kind": "anonymous"},
        **said,
    }
