"""`make demo` on a slow machine and on a pipe."""

from __future__ import annotations

import io

import httpx
from rich.console import Console

from harness.demo.saying import Lines, progress_for_console
from harness.people.person import RenewedTokenAuth


def test_on_a_pipe_each_tenth_part_is_a_line_and_so_is_the_last() -> None:
    out = io.StringIO()
    with progress_for_console(Console(file=out)) as progress:
        assert isinstance(progress, Lines)
        sending = progress.add_task("reports", total=12)
        for _ in range(12):
            progress.advance(sending)
        working = progress.add_task("cases", total=None)
        progress.update(working, completed=3)
        progress.update(working, completed=25)
        progress.update(working, completed=25)
    said = [line.strip() for line in out.getvalue().splitlines()]
    assert said == ["reports: 0 of 12", "reports: 10 of 12", "reports: 12 of 12", "cases: 0",
                    "cases: 25"]  # fmt: skip


def test_a_terminal_has_bars() -> None:
    assert not isinstance(
        progress_for_console(Console(file=io.StringIO(), force_terminal=True)), Lines
    )


def test_each_call_of_a_person_has_a_token_of_its_own_time() -> None:
    """A demonstration that takes longer than a token is valid goes on."""
    tokens, seen = iter(["first", "second"]), []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200)

    with httpx.Client(
        transport=httpx.MockTransport(answer), auth=RenewedTokenAuth(lambda: next(tokens))
    ) as client:
        client.get("http://127.0.0.1/one")
        client.get("http://127.0.0.1/two")
    assert seen == ["Bearer first", "Bearer second"]
