"""The headers and query parameters of calls, as the API document describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.aws.http import cursors


@dataclass(frozen=True)
class Parameter:
    """A header or query parameter, for the documentation and for the check of the handler."""

    name: str
    place: str
    """`header` or `query`."""
    description: str
    schema: Mapping[str, Any]
    required: bool = False


_ETAG: Final = '^(W/)?"[0-9]+"$'


IDEMPOTENCY_KEY_PARAMETER = Parameter(
    "Idempotency-Key",
    "header",
    "A random UUID, made once for each report and repeated with each retry. It is a credential.",
    {"type": "string", "format": "uuid"},
    required=True,
)


PROOF_OF_WORK_PARAMETER = Parameter(
    "Work",
    "header",
    "The solution of the calculation that a 429 asked for, as its `work` says; else left out.",
    {"type": "string", "maxLength": 1024},
)


TRIAL_PARAMETER = Parameter(
    "Trial",
    "header",
    "For the deployer of the platform: the mark by which a report is a trial "
    "(`casework.credentials.trial_mark`), signed with the "
    "stage's secret. Clients of reporters never "
    "send it.",
    {"type": "string", "maxLength": 100},
)


IF_MATCH_PARAMETER = Parameter(
    "If-Match",
    "header",
    "The ETag of the case as you saw it. Its weak form, which proxies that compress make of it, is "
    "taken as well.",
    {"type": "string", "pattern": _ETAG},
    required=True,
)


IF_MATCH_REQUEST_PARAMETER = Parameter(
    "If-Match",
    "header",
    "The ETag of the identity request as you saw it, not that of its case; the weak form is taken "
    "as well.",
    {"type": "string", "pattern": _ETAG},
    required=True,
)


IF_MATCH_SETTINGS_PARAMETER = Parameter(
    "If-Match",
    "header",
    "The ETag of the own settings as they were read or changed last; the weak form is taken as "
    "well.",
    {"type": "string", "pattern": _ETAG},
    required=True,
)


ACCEPT_LANGUAGE_PARAMETER = Parameter(
    "Accept-Language",
    "header",
    "The language of texts in the answer, as in RFC 9110.",
    {"type": "string"},
)


CURSOR_PARAMETER = Parameter(
    "cursor",
    "query",
    "`cursor` of the page before, from the same list.",
    {"type": "string", "minLength": 1, "maxLength": cursors.MAX_CURSOR_LENGTH},
)


WORDS_PARAMETER = Parameter(
    "words",
    "query",
    "`shown`: the proof also shows what the reporter wrote and sent.",
    {"type": "string", "enum": ["shown"]},
)
