"""A person signed in by a browser, which sends cookies and holds no token."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

import httpx

from casework.aws.services import sign_in

JSON = {"Content-Type": "application/json"}


@dataclass
class SignedIn:
    """A browser profile; `http` is a client of the public address."""

    http: httpx.Client
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name → value and path."""

    def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A request with the cookies of its path, as the desk's own page sends it."""
        sent = {
            name: value
            for name, (value, under) in self.cookies.items()
            if path.partition("?")[0].startswith(under)
        }
        headers = {"Sec-Fetch-Site": "same-origin", **request.pop("headers", {})}
        if sent:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in sent.items())
        answer = self.http.request(method, path, headers=headers, **request)
        for each in answer.headers.get_list("set-cookie"):
            self._keep(each)
        return answer

    def _keep(self, cookie: str) -> None:
        pair, *attributes = (part.strip() for part in cookie.split(";"))
        name, _, value = pair.partition("=")
        assert {"Secure", "HttpOnly"} <= set(attributes), name
        path = next(each[5:] for each in attributes if each.startswith("Path="))
        self.cookies[name] = (value, path)
        if not value:
            del self.cookies[name]

    def leaves(self) -> tuple[str, dict[str, str]]:
        """The sign-in page and the hidden fields of its form."""
        gone = self.call("GET", f"{sign_in.SESSION_PATH}/start?lang=fr")
        assert gone.status_code == httpx.codes.SEE_OTHER, gone.text
        page = self.call("GET", gone.headers["location"]).text
        return page, handed_on(page)

    def signs_in(self, person: str) -> None:
        """As the demo person of this login, by their button."""
        self._presses(self.leaves()[1], person)

    def signs_in_as(self, name: str) -> None:
        """As the demo person of this name, by their button."""
        page, form = self.leaves()
        button = rf'name="person" value="([^"]+)"[^>]*>{re.escape(escape(name))}<'
        (login,) = re.findall(button, page)
        self._presses(form, login)

    def _presses(self, form: dict[str, str], person: str) -> None:
        sent = self.call("POST", "/login", data={**form, "person": person})
        assert sent.status_code == httpx.codes.FOUND, sent.text
        back = self.call("GET", sent.headers["location"], headers={"Sec-Fetch-Site": "cross-site"})
        assert back.headers["location"] == sign_in.DESK_PAGE_PATH, back.text

    def renews(self) -> httpx.Response:
        return self.call("POST", f"{sign_in.SESSION_PATH}/refresh", json={})

    def signs_out(self) -> httpx.Response:
        return self.call("POST", f"{sign_in.SESSION_PATH}/out", json={})


def handed_on(page: str) -> dict[str, str]:
    """The hidden fields of the first form of a page."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.partition("</form>")[0])
    return {name: unescape(value) for name, value in found}
