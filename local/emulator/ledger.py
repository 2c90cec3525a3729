"""A ledger of what the functions did under their own roles, for tests of their grants.

With AUTH=true and EMULATOR_LEDGER naming a file, each line is a JSON object, written when it is
first true:

    {"ran": function, "well": true}
    {"by": function, "action": …, "allowed": true, "resources": […], "partitions": […], "key": …}
    {"by": function, "action": …, "allowed": false, "resources": […], "key": …}

An allowed call names the statement that allowed it, by its resources and its partitions of the
table. A refused call names the requested resource. `key` is the kind of the partition: no line
identifies a case or report.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.emulator.permissions import LEADING_KEYS
from local.emulator.upstream import iam_evaluator, lambda_svc, require_upstream_attributes

LEDGER_CONDITION = "ForAllValues:StringLike"


class AccessLedger:
    """Lines of a file, each written once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: set[str] = set()
        self._guard = threading.Lock()

    def note(self, **fields: Any) -> None:
        line = json.dumps(fields, sort_keys=True)
        with self._guard:
            if line in self._known:
                return
            self._known.add(line)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")


def partition_kinds(context: Mapping[str, Any]) -> list[str]:
    """The kinds of the partitions that a call names; one empty text when it names none."""
    keys = context.get(LEADING_KEYS.lower(), context.get(LEADING_KEYS)) or [""]
    return sorted({kind + mark for kind, mark, _ in (key.partition("#") for key in keys)})


def keep_a_ledger() -> None:
    """Upstream does not report which grants were used. Applied after the corrections of both
    parts."""
    named = os.environ.get("EMULATOR_LEDGER")
    if not named:
        return
    ledger = AccessLedger(Path(named))
    require_upstream_attributes(iam_evaluator, "_first_match", "enforce")
    require_upstream_attributes(lambda_svc, "_execute_function_warm")
    upstream_match = iam_evaluator._first_match
    upstream_enforce = iam_evaluator.enforce
    upstream_execute = lambda_svc._execute_function_warm

    def first_match(ctx: Any, statements: Any, effect: str) -> Any:
        found = upstream_match(ctx, statements, effect)
        if found is not None and found.effect == "Allow":
            partitions = found.conditions.get(LEDGER_CONDITION, {}).get(LEADING_KEYS, [])
            for key in partition_kinds(ctx.service_context):
                ledger.note(
                    by=ctx.principal_arn.rpartition("/")[2],
                    action=str(ctx.action),
                    allowed=True,
                    resources=found.resources,
                    partitions=[partitions] if isinstance(partitions, str) else partitions,
                    key=key,
                )
        return found

    def enforce(access_key_id: str, iam_action: str, *args: Any, **named: Any) -> Any:
        refused = upstream_enforce(access_key_id, iam_action, *args, **named)
        if refused is not None:
            asked = named.get("resource_arn") or (args[2:3] or ("*",))[0]
            ledger.note(
                by=str(getattr(refused, "principal_arn", "")).rpartition("/")[2],
                action=str(iam_action),
                allowed=False,
                resources=[asked],
                key=partition_kinds(named.get("service_context") or {})[0],
            )
        return refused

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        response: dict[str, Any] = upstream_execute(func, event, request_id)
        name = str((func.get("config") or func).get("FunctionName"))
        ledger.note(ran=name, well=not response.get("error"))
        return response

    iam_evaluator._first_match = first_match
    iam_evaluator.enforce = enforce
    lambda_svc._execute_function_warm = execute


LEDGER_CORRECTIONS = (keep_a_ledger,)
