"""A member of staff at the API of the desk. How a call is sent, and how often, is the stage's."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx

from casework.aws.services.sign_in import DESK_PATH
from local.errors import UserError

CaseJson = dict[str, Any]
DeskCall = Callable[..., httpx.Response]
"""Sends a method and a path below the desk's, with what httpx takes beside."""
CALL_SECONDS: Final = 60
"""The longest wait for an answer, also of a machine that is busy with other work."""
RETRY_SECONDS: Final = 2.0
LOST_RACE_STATUSES: Final = frozenset({httpx.codes.PRECONDITION_FAILED, httpx.codes.CONFLICT})
CASES_PER_PAGE: Final = 100
ON_DUTY: Final = frozenset({"retry", "reassign"})
"""Decisions of the duty desk."""


class NotDecided(UserError):
    """The desk refused a decision."""


def new_key() -> str:
    """A fresh Idempotency-Key."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class RenewedTokenAuth(httpx.Auth):
    """Each call has the token of its own time: one is valid for 15 minutes, and a demonstration
    takes longer on a busy machine."""

    token: Callable[[], str]

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See `httpx.Auth`."""
        request.headers["Authorization"] = f"Bearer {self.token()}"
        yield request


def over_http(client: httpx.Client, token: Callable[[], str], attempts: int = 1) -> DeskCall:
    """Calls with the access tokens of one person; a busy service is called so often."""
    auth = RenewedTokenAuth(token)

    def call(method: str, path: str, **request: Any) -> httpx.Response:
        for _ in range(attempts - 1):
            answer = client.request(method, f"{DESK_PATH}/{path}", auth=auth, **request)
            if not answer.is_server_error:
                return answer
            time.sleep(RETRY_SECONDS)
        return client.request(method, f"{DESK_PATH}/{path}", auth=auth, **request)

    return call


class Person:
    """A member of staff, and the ETags of the cases as they saw them last."""

    def __init__(self, call: DeskCall, key: Callable[[], str] = new_key) -> None:
        self.call, self._key = call, key
        self._etags: dict[str, str] = {}

    def read(self, path: str, **query: str) -> Any:
        """A document of the API; raises `httpx.HTTPStatusError`."""
        return self.call("GET", path, params=query).raise_for_status().json()

    def queue(self, **query: str) -> Iterator[str]:
        """Ids of the cases that wait for this person, most urgent first."""
        asked = {"limit": str(CASES_PER_PAGE), **query}
        while True:
            page = self.read("queue", **asked)
            yield from (entry["id"] for entry in page["cases"])
            if not page.get("cursor"):
                return
            asked["cursor"] = page["cursor"]

    def look(self, case_id: str) -> httpx.Response:
        """The answer to a reading of a case."""
        answer = self.call("GET", f"cases/{case_id}")
        if answer.is_success:
            self._etags[case_id] = answer.headers["ETag"]
        return answer

    def case(self, case_id: str) -> CaseJson:
        """The case as it is now; raises `httpx.HTTPStatusError`."""
        case: CaseJson = self.look(case_id).raise_for_status().json()
        return case

    def post(self, path: str, body: CaseJson, etag: str = "", **headers: str) -> httpx.Response:
        """The answer to one call that changes something, on a version or on none."""
        version = {"If-Match": etag} if etag else {}
        sent = {**version, "Idempotency-Key": self._key(), **headers}
        return self.call("POST", path, json=body, headers=sent)

    def act(self, case_id: str, path: str, body: CaseJson, **headers: str) -> httpx.Response:
        """The answer to a decision on the case as this person saw it last, or sees it now."""
        if case_id not in self._etags:
            self.case(case_id)
        desk = "duty" if path in ON_DUTY else "cases"
        where = f"{desk}/{case_id}/{path}"
        answer = self.post(where, body, self._etags.pop(case_id), **headers)
        if answer.is_success and "ETag" in answer.headers:
            self._etags[case_id] = answer.headers["ETag"]
        return answer

    def decide(self, case_id: str, path: str, body: CaseJson, **headers: str) -> str:
        """The move of a decision; nothing where somebody else was faster. Raises NotDecided."""
        answer = self.act(case_id, path, body, **headers)
        if answer.status_code in LOST_RACE_STATUSES:
            return ""
        if answer.is_error:
            raise NotDecided(f"{path} of {case_id}: {answer.status_code} {answer.text}")
        return str(answer.json().get("decision", "done"))
