"""The sign-in page of a laptop, where managed login stands on AWS.

The emulator checks what managed login checks: client, address to come back to, scope, challenge,
name and password. Its page alone is replaced: this one offers the demo people of every role, and
nobody types a password that was made for them. Second factors and passkeys it does not have.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from casework.decisions.staff import Role
from functions.intake.html import Markup, element
from infra.deployment import LOCAL_ADDRESS

Headers = list[tuple[bytes, bytes]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

PATHS: Final = frozenset({"/oauth2/authorize", "/login", "/logout"})
"""What managed login serves on a host of its own; here it shares the one address."""
CARRIED: Final = (
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "response_type",
    "code_challenge",
    "code_challenge_method",
)
"""What the page hands on from one form to the next."""
LARGEST: Final = 64 * 1024
"""Bytes of a form that are read."""
OK: Final = 200


@dataclass(frozen=True)
class Demo:
    """A demo person, as the state folder keeps them."""

    email: str
    name: str
    role: str
    unit: str
    password: str

    @property
    def login(self) -> str:
        """The short name, as in `python -m local token`."""
        return self.email.partition("@")[0]


def demo(file: Path) -> list[Demo]:
    """The demo people made so far, in the order of the roles."""
    if not file.is_file():
        return []
    roles = [role.value for role in Role]
    found = [Demo(**entry) for entry in json.loads(file.read_text(encoding="utf-8")).values()]
    return sorted(found, key=lambda each: (roles.index(each.role), each.email))


@dataclass(frozen=True)
class Said:
    """What the emulator answered."""

    status: int
    headers: Headers
    body: bytes

    @property
    def is_its_page(self) -> bool:
        """Whether it asks for name and password; its page for a new password stays as it is."""
        return self.status == OK and b'name="code_challenge"' in self.body


@dataclass(frozen=True)
class SignIn:
    """Answers `PATHS` by what `emulator` says to them."""

    emulator: Application
    staff: Path
    """Names and passwords of the demo people."""
    portal: Path
    """The built pages, for their style."""

    async def answer(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], headers: Headers
    ) -> Said:
        """What the browser gets; `headers` are those the emulator is asked with."""
        form = await _form(receive) if scope["method"] == "POST" else {}
        people = demo(self.staff)
        chosen = next((each for each in people if each.login == form.get("person")), None)
        if chosen:
            form = {**form, "username": chosen.email, "password": chosen.password}
        said = await _asked(self.emulator, scope, headers, urlencode(form).encode())
        if said.is_its_page:
            asked = form or dict(parse_qsl(scope["query_string"].decode("latin-1")))
            body = page(asked, people, self._style(), wrong=scope["method"] == "POST")
            return Said(OK, [(b"content-type", b"text/html; charset=utf-8")], body)
        return Said(said.status, [_here(*each) for each in said.headers], said.body)

    def _style(self) -> str:
        found = sorted(self.portal.glob("assets/portal-*.css"))
        return f"/assets/{found[0].name}" if found else ""


def page(
    asked: Mapping[str, str], people: Sequence[Demo], style: str, *, wrong: bool = False
) -> bytes:
    """The page: a button for each demo person, and a form for anybody else."""
    carried = [
        element("input", type="hidden", name=name, value=asked.get(name, "")) for name in CARRIED
    ]
    body = element(
        "main",
        element("h1", "Sign in"),
        element(
            "p",
            "This is a laptop: on AWS, Amazon Cognito asks for a password and a second factor, or "
            "a passkey.",
            class_="lead",
        ),
        element("p", element("b", "Wrong e-mail or password.")) if wrong else None,
        element("h2", "As a demo person"),
        list(_groups(people, carried)),
        element("h2", "As somebody made with make staff-add"),
        element(
            "form",
            carried,
            _field("username", "E-mail", "email"),
            _field("password", "Password", "password"),
            element("button", "Sign in", class_="button"),
            method="post",
            action="/login",
        ),
        class_="wide",
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("title", "Sign in"),
        element("meta", name="viewport", content="width=device-width"),
        element("link", rel="stylesheet", href=style),
    )
    return f"<!doctype html>{element('html', head, element('body', body), lang='en')}".encode()


def _groups(people: Sequence[Demo], carried: Sequence[Markup]) -> Iterator[Markup]:
    """The people of each role; those of units stand behind a heading that opens."""
    for role in dict.fromkeys(each.role for each in people):
        of_role = [each for each in people if each.role == role]
        buttons = element(
            "form",
            carried,
            [
                element("button", each.name, name="person", value=each.login, class_="button quiet")
                for each in of_role
            ],
            method="post",
            action="/login",
            class_="actions",
        )
        if len(of_role) > 3:
            yield element("details", element("summary", f"{role}: {len(of_role)}"), buttons)
        else:
            yield element("section", element("h3", role), buttons)


def _field(name: str, label: str, kind: str) -> Markup:
    return element(
        "div",
        element("label", label, for_=name),
        element("input", id=name, name=name, type=kind, required=True, dir="ltr"),
        class_="field",
    )


async def _form(receive: Callable[[], Awaitable[Any]]) -> dict[str, str]:
    body = b""
    while len(body) <= LARGEST:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return dict(parse_qsl(body[:LARGEST].decode("utf-8", "replace"), keep_blank_values=True))


async def _asked(emulator: Application, scope: Any, headers: Headers, body: bytes) -> Said:
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
    return Said(start["status"], answered, b"".join(parts))


def _here(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header; an address that the template knows by its usual port leads to this one."""
    if name.lower() == b"location":
        return name, value.removeprefix(LOCAL_ADDRESS.encode())
    return name, value
