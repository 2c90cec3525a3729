"""Examples for the OpenAPI document, by schema. All people and addresses are invented."""

from __future__ import annotations

from typing import Any, Final

_REFERENCE: Final = "7K3M-9QXA-20BD-WR5T-Q"

EXAMPLES: Final[dict[str, list[dict[str, Any]]]] = {
    "Report": [
        {
            "category": "fraud",
            "narrative": "Une fausse page de banque m'a pris 8 400 dirhams ce matin.",
            "locations": [{"kind": "url", "value": "https://banque.example/verification"}],
            "role": "victim",
            "language": "fr",
            "disclosure": {"kind": "anonymous"},
        },
        {
            "category": None,
            "narrative": "صفحة تهدد جارتي بنشر صورها.",
            "locations": [{"kind": "handle", "value": "exemple_page", "platform": "Instagram"}],
            "seen_at": "2026-11-20T21:30:00+01:00",
            "still_online": True,
            "role": "witness",
            "danger_now": False,
            "territory": {"text": "سلا"},
            "language": "ar",
            "disclosure": {
                "kind": "identified",
                "contact": {"email": "temoin@example.org", "phone": "+212 600 000 000"},
                "identity": {"name": "شخص مثال"},
            },
        },
    ],
    "Accepted": [
        {
            "reference": _REFERENCE,
            "receipt": "Q2W4-8ZKT-0N6M-PX3H-9VBD-71RA-5C",
            "status": "received",
            "accepted_at": "2026-11-25T09:30:00.000Z",
            "language": "fr",
            "next_steps": ["Gardez la référence et le récépissé."],
            "advice": ["Appelez tout de suite votre banque."],
            "call": [{"name": "Police", "number": "19"}],
        }
    ],
    "Progress": [
        {
            "reference": _REFERENCE,
            "status": "in_review",
            "text": "En attente de la décision d’un analyste.",
            "accepted_at": "2026-11-25T09:30:00.000Z",
            "language": "fr",
            "timeline": [
                {
                    "status": "received",
                    "text": "Votre signalement est enregistré.",
                    "at": "2026-11-25T09:30:00.000Z",
                },
                {
                    "status": "in_review",
                    "text": "En attente de la décision d’un analyste.",
                    "at": "2026-11-25T09:31:00.000Z",
                },
            ],
        }
    ],
}
