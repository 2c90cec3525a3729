"""The paths of the public address, and the headers of each: one table.

It makes CloudFront (`infra.edge`), serves the local origin (`local.origin`), and gives rendered
pages the same headers. The first matching pattern counts, as in CloudFront; `*` stands for any
characters, also `/`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from casework.aws.services import sign_in


class PageSource(StrEnum):
    """The source of an answer."""

    API = "api"
    """The HTTP API."""
    SITE = "site"
    """The built files."""
    DROP = "drop"
    """The bucket that takes the files of reporters, by signed forms."""
    LOG = "log"
    """The public files of the log of days."""


PORTAL_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing from other origins, nothing inline, and no text can become script or markup."""
DESK_CSP: Final = f"{PORTAL_CSP}; font-src 'self'"
"""The desk has fonts of its own."""
API_REFERENCE_CSP: Final = PORTAL_CSP.replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
).replace("trusted-types 'none'", "trusted-types vue")
"""The renderer of the API's reference brings its styles with its script, and makes markup through
one named policy. The page shows nothing that anybody typed (docs/decisions/0046)."""
SERVER_RENDERED_CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; manifest-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Pages without JavaScript hold what people typed, and run no script. A frame that is not shown
takes what the bucket of uploads answers."""
VERIFY_PAGE_CSP: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The page that verifies a proof is one file, which works from a disk: what runs in it stands in
it, and its own policy names that by its digest. It connects to nothing and loads nothing."""
API_CSP: Final = "default-src 'none'; frame-ancestors 'none'"

COMMON_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

UPLOAD_PATH: Final = "/upload"
"""The address to which browsers send files, with the form of a slot."""
CACHE_NO_STORE: Final = "no-store"
CACHE_IMMUTABLE: Final = "public, max-age=31536000, immutable"
CACHE_REVALIDATE: Final = "no-cache"
CACHE_PRIVATE_REVALIDATE: Final = "private, no-cache"
"""For a step of the form without JavaScript, which the browser's own Back shows as it was, without
sending it again (docs/decisions/0012)."""
CACHE_FIVE_MINUTES: Final = "public, max-age=300"

SERVER_RENDERED_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": CACHE_NO_STORE,
    "Content-Security-Policy": SERVER_RENDERED_CSP,
    **COMMON_HEADERS,
}
"""Headers of the pages that functions/intake renders."""


@dataclass(frozen=True)
class PathRule:
    """One row: the paths of a pattern, their source, and the headers of every answer."""

    name: str
    pattern: str
    source: PageSource
    policy: str
    cache: str | None
    """Cache-Control; None leaves it to the API."""
    more: tuple[tuple[str, str], ...] = ()
    own_site: bool = False
    """Whether requests that pages of other sites make a browser send are refused first."""
    credential: str | None = None
    """The cookie that becomes the header `Authorization`, where a request has none."""
    cookies: tuple[str, ...] = ()
    """The cookies that the API sees, and may set."""

    @property
    def headers(self) -> dict[str, str]:
        """Every header of this row."""
        cached = {"Cache-Control": self.cache} if self.cache else {}
        return {
            **cached,
            "Content-Security-Policy": self.policy,
            **COMMON_HEADERS,
            **dict(self.more),
        }

    @cached_property
    def _paths(self) -> re.Pattern[str]:
        return re.compile(".*".join(map(re.escape, self.pattern.split("*"))), re.DOTALL)

    def matches(self, path: str) -> bool:
        """Whether this row serves the path."""
        return self._paths.fullmatch(path) is not None


PATH_RULES: Final = (
    PathRule("Desk", f"{sign_in.DESK_PATH}/*", PageSource.API, API_CSP, None,
        own_site=True, credential=sign_in.ACCESS_COOKIE),
    PathRule("Session", f"{sign_in.SESSION_PATH}/*", PageSource.API, API_CSP, CACHE_NO_STORE,
        own_site=True, cookies=sign_in.SIGN_IN_COOKIES),
    PathRule("Staff", f"{sign_in.DESK_PAGE_PATH}*", PageSource.SITE, DESK_CSP, CACHE_NO_STORE),
    PathRule("Answers", "/v1/*", PageSource.API, API_CSP, None),
    PathRule("Upload", UPLOAD_PATH, PageSource.DROP, API_CSP, CACHE_NO_STORE),
    PathRule("Form", "/*/report/plain", PageSource.API, SERVER_RENDERED_CSP, None),
    PathRule("Followed", "/*/follow", PageSource.API, SERVER_RENDERED_CSP, CACHE_NO_STORE),
    PathRule("Checkpoint", "/log/checkpoint", PageSource.LOG, API_CSP, CACHE_FIVE_MINUTES),
    PathRule("Tiles", "/log/tile/*", PageSource.LOG, API_CSP, CACHE_IMMUTABLE),
    PathRule("Stamps", "/log/stamps/*", PageSource.LOG, API_CSP, CACHE_IMMUTABLE),
    PathRule("Keys", "/log/keys/*", PageSource.LOG, API_CSP, CACHE_FIVE_MINUTES),
    # What a page loads obeys the policy of that page; its own is for somebody who opens it alone.
    PathRule("Assets", "/assets/*", PageSource.SITE, API_CSP, CACHE_IMMUTABLE),
    PathRule("Reference", "/reference/*", PageSource.SITE, API_REFERENCE_CSP, CACHE_REVALIDATE),
    PathRule("Report", "/*/report/*", PageSource.SITE, PORTAL_CSP, CACHE_NO_STORE),
    PathRule("Follow", "/*/follow/*", PageSource.SITE, PORTAL_CSP, CACHE_NO_STORE),
    # A search for help against blackmail must not stay on a shared device.
    PathRule("Urgent", "/*/urgent/*", PageSource.SITE, PORTAL_CSP, CACHE_NO_STORE),
    PathRule("Verify", "/*/verify/*", PageSource.SITE, VERIFY_PAGE_CSP, CACHE_REVALIDATE),
    PathRule("Exit", "/*/exit/*", PageSource.SITE, PORTAL_CSP, CACHE_NO_STORE,
        (("Clear-Site-Data", '"cache", "cookies", "storage"'),)),
)  # fmt: skip
FALLBACK_RULE: Final = PathRule("Pages", "*", PageSource.SITE, PORTAL_CSP, CACHE_REVALIDATE)
"""Everything else."""


def find_path_rule(path: str) -> PathRule:
    """The row that serves a path."""
    return next((row for row in PATH_RULES if row.matches(path)), FALLBACK_RULE)
