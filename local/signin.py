"""The sign-in page of a laptop, in place of managed login on AWS.

The emulator checks the same as managed login: client, return address, scope, challenge, name and
password. Only its page is replaced: this one offers the demo people of every role, so no generated
password has to be typed. It has no second factors and no passkeys.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from casework.decisions.staff import Role
from functions.intake.html import Markup, html_element
from infra.deployment import LOCAL_ADDRESS

SignInHeaders = list[tuple[bytes, bytes]]
SignInApplication = Callable[[Any, Any, Any], Awaitable[None]]

SIGN_IN_PATHS: Final = frozenset({"/oauth2/authorize", "/login", "/logout"})
"""Paths that managed login serves on its own host; here they share the one address."""
CARRIED_FORM_FIELDS: Final = (
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "response_type",
    "code_challenge",
    "code_challenge_method",
)
"""Fields that each form passes to the next."""
MAX_SIGN_IN_FORM_BYTES: Final = 64 * 1024
"""The most bytes of a form that are read."""
HTTP_OK: Final = 200


@dataclass(frozen=True)
class DemoPerson:
    """A demo person, as stored in the state folder."""

    email: str
    name: str
    role: str
    unit: str
    password: str
    office: str = ""
    court: str = ""

    @property
    def login(self) -> str:
        """The short name, as in `python -m local token`."""
        return self.email.partition("@")[0]


def load_demo_people(file: Path) -> list[DemoPerson]:
    """The demo people made so far, by role."""
    if not file.is_file():
        return []
    roles = [role.value for role in Role]
    found = [DemoPerson(**entry) for entry in json.loads(file.read_text(encoding="utf-8")).values()]
    return sorted(found, key=lambda each: (roles.index(each.role), each.email))


@dataclass(frozen=True)
class EmulatorResponse:
    """The emulator's answer."""

    status: int
    headers: SignInHeaders
    body: bytes

    @property
    def is_its_page(self) -> bool:
        """Whether it is the page for name and password. The page for a new password stays
        unchanged."""
        return self.status == HTTP_OK and b'name="code_challenge"' in self.body


@dataclass(frozen=True)
class SignIn:
    """Answers `SIGN_IN_PATHS` with the answers of `emulator`."""

    emulator: SignInApplication
    staff: Path
    """Names and passwords of the demo people."""
    portal: Path
    """The built pages, for their style and icon."""

    async def answer(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], headers: SignInHeaders
    ) -> EmulatorResponse:
        """The answer for the browser; `headers` are those of the call to the emulator."""
        form = await _form(receive) if scope["method"] == "POST" else {}
        people = load_demo_people(self.staff)
        chosen = next((each for each in people if each.login == form.get("person")), None)
        if chosen:
            form = {**form, "username": chosen.email, "password": chosen.password}
        said = await _asked(self.emulator, scope, headers, urlencode(form).encode())
        if said.is_its_page:
            asked = form or dict(parse_qsl(scope["query_string"].decode("latin-1")))
            body = sign_in_page(asked, people, *self._looks(), wrong=scope["method"] == "POST")
            return EmulatorResponse(HTTP_OK, [(b"content-type", b"text/html; charset=utf-8")], body)
        return EmulatorResponse(said.status, [_here(*each) for each in said.headers], said.body)

    def _looks(self) -> tuple[str, str]:
        """The addresses of the style sheet and of the icon."""
        return self._built("portal-*.css"), self._built("icon-*.svg")

    def _built(self, pattern: str) -> str:
        found = sorted(self.portal.glob(f"assets/{pattern}"))
        return f"/assets/{found[0].name}" if found else ""


def sign_in_page(
    asked: Mapping[str, str],
    people: Sequence[DemoPerson],
    style: str,
    icon: str,
    *,
    wrong: bool = False,
) -> bytes:
    """The page: a button for each demo person, and a form for other accounts."""
    carried = [
        html_element("input", type="hidden", name=name, value=asked.get(name, ""))
        for name in CARRIED_FORM_FIELDS
    ]
    body = html_element(
        "main",
        html_element("h1", "Sign in"),
        html_element(
            "p",
            "This is a laptop: on AWS, Amazon Cognito asks for a password and a second factor, or "
            "a passkey.",
            class_="lead",
        ),
        html_element("p", html_element("b", "Wrong e-mail or password.")) if wrong else None,
        html_element("h2", "As a demo person"),
        list(_groups(people, carried)),
        html_element("h2", "As a person added with make staff-add"),
        html_element(
            "form",
            carried,
            _field("username", "E-mail", "email"),
            _field("password", "Password", "password"),
            html_element("button", "Sign in", class_="button"),
            method="post",
            action="/login",
        ),
        class_="wide",
    )
    head = html_element(
        "head",
        html_element("meta", charset="utf-8"),
        html_element("title", "Sign in"),
        html_element("meta", name="viewport", content="width=device-width"),
        html_element("link", rel="stylesheet", href=style),
        html_element("link", rel="icon", href=icon, type="image/svg+xml"),
    )
    page = html_element("html", head, html_element("body", body), lang="en")
    return f"<!doctype html>{page}".encode()


def _groups(people: Sequence[DemoPerson], carried: Sequence[Markup]) -> Iterator[Markup]:
    """The people of each role; officers are under a heading that opens."""
    for role in dict.fromkeys(each.role for each in people):
        of_role = [each for each in people if each.role == role]
        buttons = html_element(
            "form",
            carried,
            [
                html_element(
                    "button", each.name, name="person", value=each.login, class_="button quiet"
                )
                for each in of_role
            ],
            method="post",
            action="/login",
            class_="actions",
        )
        if len(of_role) > 3:
            yield html_element(
                "details", html_element("summary", f"{role}: {len(of_role)}"), buttons
            )
        else:
            yield html_element("section", html_element("h3", role), buttons)


def _field(name: str, label: str, kind: str) -> Markup:
    return html_element(
        "div",
        html_element("label", label, for_=name),
        html_element("input", id=name, name=name, type=kind, required=True, dir="ltr"),
        class_="field",
    )


async def _form(receive: Callable[[], Awaitable[Any]]) -> dict[str, str]:
    body = b""
    while len(body) <= MAX_SIGN_IN_FORM_BYTES:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return dict(
        parse_qsl(body[:MAX_SIGN_IN_FORM_BYTES].decode("utf-8", "replace"), keep_blank_values=True)
    )


async def _asked(
    emulator: SignInApplication, scope: Any, headers: SignInHeaders, body: bytes
) -> EmulatorResponse:
    """The emulator's whole answer to a request with this body."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    kept = [each for each in headers if each[0].lower() != b"content-length"]
    length = (b"content-length", str(len(body)).encode())
    await emulator({**scope, "headers": [*kept, length]}, receive, send)
    start = next(each for each in sent if each["type"] == "http.response.start")
    parts = [each.get("body", b"") for each in sent if each["type"] == "http.response.body"]
    answered = [each for each in start["headers"] if each[0].lower() != b"content-length"]
    return EmulatorResponse(start["status"], answered, b"".join(parts))


def _here(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header, with the template's usual port replaced by the real one."""
    if name.lower() == b"location":
        return name, value.removeprefix(LOCAL_ADDRESS.encode())
    return name, value
