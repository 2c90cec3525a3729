"""The page of problems: each with its meaning, its cure, and the calls that answer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casework import errors
from casework.aws.http.api import Operation
from casework.aws.http.problems import (
    INTERNAL_ERROR_PROBLEM,
    PROBLEM_BY_REFUSAL,
    PROBLEM_TYPE,
    Problem,
)
from casework.errors import Refusal
from tools.api_operations import operations
from tools.gateway_answers import GATEWAY


def problem_page() -> str:
    """`docs/problems.md`."""
    lines = [
        "# Problems",
        "",
        "<!-- Written by `python -m tools.openapi`; change casework/errors.py or the table in",
        "casework/aws/http/problems.py instead. -->",
        "",
        "Every refusal of the service is a document of type `application/problem+json` (RFC 9457);",
        "the last section lists refusals of the gateway itself. `type` is stable:",
        f"`{PROBLEM_TYPE}` and the name below. No problem repeats the content of the request.",
    ]
    for refusal, known in PROBLEM_BY_REFUSAL.items():
        lines += _section(refusal.problem, known, first_paragraph(refusal), _who(refusal))
    lines += _section("internal", INTERNAL_ERROR_PROBLEM, "An unexpected error.", ["every address"])
    lines += _of_the_gateway()
    return "\n".join(lines) + "\n"


def _of_the_gateway() -> list[str]:
    """The answers that the gateway gives before any of our code runs."""
    lines = [
        "",
        "## Answers of the gateway",
        "",
        'These are not problem documents: `application/json`, `{"message": …}`, without a type.',
        "Programs decide by the status.",
        "",
        "| status | when | cure |",
        "|---|---|---|",
    ]
    for each in GATEWAY:
        whose = " Desk only." if each.staff_only else ""
        lines.append(f"| **{each.status}** {each.title} | {each.when}{whose} | {each.cure} |")
    return [
        *lines,
        "",
        "The firewall of the public address answers **429** with `Retry-After: 300` and without a",
        "body to a single address that sends too much.",
    ]


def _section(name: str, known: Problem, when: str, who: Sequence[str]) -> list[str]:
    return [
        "",
        f"## {name}",
        "",
        f"**{known.status}** {known.title}",
        "",
        f"- When: {when}",
        f"- Cure: {known.cure}",
        f"- Answered by: {', '.join(who)}",
    ]


def _who(refusal: type[Refusal]) -> list[str]:
    if refusal in {errors.RouteNotFound, errors.MethodNotAllowed}:
        return ["addresses and methods that are not in the API"]
    answering = [each for each in operations() if refusal in each.refusals]
    others = [each for each in operations() if refusal not in each.refusals]
    if len(answering) <= len(others):
        return [_named(each) for each in answering] or ["no address yet"]
    return [f"all but {_named(others[0])}", *map(_named, others[1:])] if others else ["all"]


def _named(operation: Operation) -> str:
    return f"`{operation.method} {operation.path}`"


def first_paragraph(thing: type[Any]) -> str:
    return " ".join((thing.__doc__ or "").strip().split("\n\n")[0].split())
