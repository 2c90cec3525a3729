"""The form without JavaScript, as a browser sends it and as its pages answer."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from functions.intake import form_fields
from tests.integration.answers import Answered
from tests.integration.reporters import Reporters, a_key

FORM = {"content-type": form_fields.FORM_MEDIA_TYPE}


def a_form(**changes: str) -> dict[str, str]:
    return {
        "key": a_key(),
        "ticket": "",
        "category": "fraud",
        "role": "victim",
        "narrative": "Une boutique\r\nqui ne livre jamais.",
        "kind_1": "url",
        "value_1": "https://boutique.example/",
        **{f"currency_{row}": "MAD" for row in (1, 2, 3)},
        "disclosure": "anonymous",
        **changes,
    }


def post(
    reporters: Reporters, form: dict[str, str] | bytes, path: str = "/fr/report/plain"
) -> Answered:
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    return reporters.call("POST", path, dict(FORM), body)


def hidden(answered: Answered, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answered.text)
    assert found is not None
    return found[1]


def codes(answered: Answered) -> tuple[str, str]:
    shown = re.findall(r'id="(?:reference|receipt)">([^<]+)<', answered.text)
    assert len(shown) == 2
    return shown[0], shown[1]
