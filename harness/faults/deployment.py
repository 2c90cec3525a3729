"""The deployed functions, called one at a time, each with its environment from the template."""

from __future__ import annotations

import base64
import importlib
import io
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from json import dumps, loads
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from casework.aws.services import sign_in
from harness.faults.clock import READERS, FaultClock
from harness.faults.emulated_services import ENDPOINT, Services
from harness.faults.fault_plan import FaultPlan, ProcessDied
from harness.faults.state_machine import Execution, StateMachine, TaskFailed
from infra.deployment import LOCAL_SENDER
from local.aws import LOCAL_REGION, AwsClients
from local.deploy import deploy_assembly, verify_sender
from local.emulator.upstream import stepfunctions

FAULT_SECRET_LENGTH: Final = 64
"""Characters of a secret of this run."""
WORLD: Final = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": LOCAL_REGION,
    "AWS_REGION": LOCAL_REGION,
    "AWS_ENDPOINT_URL": ENDPOINT,
}
UNTOLD: Final = 0.05
"""The share of ended executions of which no event comes."""
IN_ONE_PROCESS: Final = {"IN_PROCESSES": "false"}
"""The table is in this process; another one would write into a copy of it."""


MAX_SENDINGS: Final = 40
"""Tries of a client before it gives up."""


class ClientGaveUp(Exception):
    """No answer came after all tries of a client."""


class FunctionFailed(Exception):
    """A call of a function failed; the argument is the service's name of its error."""


@dataclass(frozen=True)
class FaultFunction:
    """A deployed function."""

    arn: str
    name: str
    handler: str
    environment: Mapping[str, str]

    @property
    def short(self) -> str:
        """A short name for people: module and function."""
        return self.handler.removeprefix("functions.").removesuffix(".handle")

    @cached_property
    def work(self) -> Callable[[dict[str, Any], Any], Any]:
        """The handler."""
        module, _, name = self.handler.rpartition(".")
        found: Callable[[dict[str, Any], Any], Any] = getattr(importlib.import_module(module), name)
        return found


@dataclass
class FaultDeployment:
    """The system of one run."""

    aws: AwsClients
    outputs: Mapping[str, str]
    clock: FaultClock
    trouble: FaultPlan
    services: Services
    machine: StateMachine = field(init=False)
    failures: dict[str, int] = field(default_factory=dict)
    """Failed calls, by function."""
    sendings: Counter[str] = field(default_factory=Counter)
    """Requests of patient clients: of `staff` and of `reporters`."""
    _environment_of: str = ""

    def __post_init__(self) -> None:
        arn = self.outputs["WorkflowArn"]
        told = self.aws.stepfunctions.describe_state_machine(stateMachineArn=arn)["definition"]
        chance = self.trouble.chance
        self.machine = StateMachine(arn, loads(told), self.clock, chance, self._task)
        self.machine.tell = self._told
        self.trouble.service = self.machine.answer
        self.trouble.replaced = frozenset({"stepfunctions"})

    @cached_property
    def functions(self) -> dict[str, FaultFunction]:
        """By ARN."""
        pages = self.aws.functions.get_paginator("list_functions").paginate()
        return {
            each["FunctionArn"]: FaultFunction(
                each["FunctionArn"],
                each["FunctionName"],
                each["Handler"],
                each["Environment"]["Variables"],
            )
            for page in pages
            for each in page["Functions"]
        }

    def function(self, name: str) -> FaultFunction:
        """The function of an output of the stacks, or of its handler."""
        wanted = self.outputs.get(name, name)
        return next(each for each in self.functions.values() if wanted in (each.name, each.handler))

    @cached_property
    def _routes(self) -> list[tuple[re.Pattern[str], FaultFunction]]:
        """Methods and paths of the HTTP API, the most specific first."""
        gateway = self.aws.client("apigatewayv2")
        api = self.outputs["ApiId"]
        uris = {
            each["IntegrationId"]: each["IntegrationUri"]
            for each in gateway.get_integrations(ApiId=api)["Items"]
        }
        keys = {
            each["RouteKey"]: uris[each["Target"].rpartition("/")[2]]
            for each in gateway.get_routes(ApiId=api, MaxResults="500")["Items"]
        }

        def greedy(key: str) -> tuple[bool, int, bool]:
            return key == "$default", key.count("+}"), key.startswith("ANY")

        return [
            (_pattern(key), next(each for arn, each in self.functions.items() if arn in keys[key]))
            for key in sorted(keys, key=greedy)
        ]

    # ---- calls -------------------------------------------------------------------------------

    def invoke(self, function: FaultFunction, event: Any) -> Any:
        """Call a function once; raises FunctionFailed."""
        if self._environment_of != function.name:
            os.environ |= {**function.environment, **IN_ONE_PROCESS}
            self._environment_of = function.name
        work = function.work
        self.trouble.function = function.short
        try:
            with redirect_stdout(io.StringIO()):
                return work(event, None)
        except ProcessDied as died:
            cold_start()
            raise self._failed(function, "Runtime.ExitError") from died
        except Exception as error:
            raise self._failed(function, type(error).__name__) from error
        finally:
            self.trouble.function = ""

    def _failed(self, function: FaultFunction, name: str) -> FunctionFailed:
        self.failures[function.short] = self.failures.get(function.short, 0) + 1
        return FunctionFailed(name)

    def _told(self, execution: Execution) -> None:
        """Send the service's event of an execution that ended; in rare cases it sends none."""
        if self.trouble.chance.random() < UNTOLD:
            return
        stepfunctions._emit_execution_status_event(
            {
                "executionArn": execution.arn,
                "stateMachineArn": self.machine.arn,
                "name": execution.name,
                "status": execution.status,
                "stopDate": self.clock.at.isoformat(),
            }
        )

    def _task(self, arn: str, payload: dict[str, Any]) -> Any:
        try:
            return self.invoke(self.functions[arn], payload)
        except FunctionFailed as failed:
            raise TaskFailed(str(failed)) from None

    def until_answered(
        self, method: str, url: str, *, by: str = "", **request: Any
    ) -> httpx.Response:
        """Send a request until it is answered; raises ClientGaveUp.

        A page of a case takes so many calls that hardly one reading in five has no fault. Services
        work when staff read it again: another failed reading would show nothing more.
        """
        for number in range(MAX_SENDINGS):
            self.sendings["staff" if by else "reporters"] += 1
            again = by and method == "GET" and number > 0
            with self.trouble.resting() if again else nullcontext():
                answer = self.http(method, url, by=by, **request)
            if answer is not None and not answer.is_server_error:
                return answer
        raise ClientGaveUp(f"{method} {url}")

    def http(
        self,
        method: str,
        url: str,
        *,
        by: str = "",
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response | None:
        """Send a request in the form of the HTTP API; None where its function gave no answer.

        `by` is the owner of its access token.
        """
        body = b"" if json is None else dumps(json, ensure_ascii=False).encode()
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        query = dict(params or {})
        asked = f"{method} {url}"
        function = next(each for pattern, each in self._routes if pattern.fullmatch(asked))
        claims = {
            "sub": by,
            "token_use": "access",
            "client_id": self.outputs["UserPoolClientId"],
            "scope": sign_in.PROGRAM_SCOPE,
        }
        event = {
            "version": "2.0",
            "rawPath": url,
            "rawQueryString": urlencode(query),
            "queryStringParameters": query,
            "headers": {**sent, **({"content-type": "application/json"} if body else {})},
            "requestContext": {
                "http": {"method": method, "path": url},
                "requestId": f"{self.trouble.calls}",
                "stage": "$default",
                **({"authorizer": {"jwt": {"claims": claims, "scopes": None}}} if by else {}),
            },
            "body": base64.b64encode(body).decode() if body else None,
            "isBase64Encoded": bool(body),
        }
        try:
            told = self.invoke(function, event)
        except FunctionFailed:
            return None
        return httpx.Response(
            told["statusCode"],
            headers=told["headers"],
            content=told["body"],
            request=httpx.Request(method, f"https://in-one-process.invalid{url}"),
        )


def _pattern(route: str) -> re.Pattern[str]:
    """The pattern of a route of the HTTP API."""
    if route == "$default":
        return re.compile(".*")
    method, _, path = route.partition(" ")
    parts = (
        ".+" if part.endswith("+}") else "[^/]+" if part.startswith("{") else re.escape(part)
        for part in path.split("/")
    )
    return re.compile(f"{'[A-Z]+' if method == 'ANY' else method} {'/'.join(parts)}")


def cold_start() -> None:
    """Let the next call start in a new process, without memory of the functions.

    The pack stays loaded, which is the same in every process, and clients have no state.
    """
    for name, module in list(sys.modules.items()):
        if not name.startswith(READERS) or name.endswith(".clients"):
            continue
        for each in list(vars(module).values()):
            if getattr(each, "__module__", "") == name and hasattr(each, "cache_clear"):
                each.cache_clear()


@contextmanager
def deploy_assembly_with_faults(
    assembly: Path, seed: int, share: float
) -> Iterator[FaultDeployment]:
    """The assembly of the stage `local`, deployed to its own services.

    Random values of a deployment come from the seed.
    """
    services = Services()
    services.forget()
    before = dict(os.environ)
    os.environ |= WORLD
    _answer_functions(services)
    chance = random.Random(seed)  # noqa: S311  # an example, the same on every machine
    clock, trouble = FaultClock(), FaultPlan(chance, share)
    aws = services.clients()
    try:
        outputs = deploy_assembly(aws, assembly)
        verify_sender(aws, LOCAL_SENDER)
        _settle_secrets(aws, chance)
        deployment = FaultDeployment(aws, outputs, clock, trouble, services)
        for function in deployment.functions.values():
            _ = function.work  # every module is loaded before the clock is set
        cold_start()
        _answer_functions(services)
        with _silence(), clock.everywhere(), trouble.in_the_way():
            yield deployment
    finally:
        os.environ.clear()
        os.environ |= before
        _forget_clients()


@contextmanager
def _silence() -> Iterator[None]:
    """Drop the functions' logs: some hundred thousand lines."""
    from casework.aws.services import telemetry

    level = telemetry._logger.log_level
    telemetry._logger.setLevel("CRITICAL")
    try:
        yield
    finally:
        telemetry._logger.setLevel(level)


def _answer_functions(services: Services) -> None:
    from casework.aws.services import clients

    clients.reset_clients()
    services.answer(clients.aws_session())


def _forget_clients() -> None:
    from casework.aws.services import clients

    clients.reset_clients()


def _settle_secrets(aws: AwsClients, chance: random.Random) -> None:
    for each in sorted(aws.secrets.list_secrets()["SecretList"], key=lambda each: each["Name"]):
        told = loads(aws.secrets.get_secret_value(SecretId=each["ARN"])["SecretString"])
        drawn = {
            name: f"{chance.getrandbits(4 * FAULT_SECRET_LENGTH):0{FAULT_SECRET_LENGTH}x}"
            if len(value) > 8
            else value
            for name, value in told.items()
        }
        aws.secrets.put_secret_value(SecretId=each["ARN"], SecretString=dumps(drawn))
