"""`workflow.asl.json` on moto, in this process, with the handlers that are deployed.

moto's Lambda back end without Docker is a documented class; its `invoke` is not a promised API. It
is replaced here and nowhere else. One thing differs from the service in our use: waits and timeouts
run in real seconds, so the pack of these tests has short deadlines, and retries are hurried.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.value_objects import Priority
from casework.moves import executions as running_moves
from casework.pack import jurisdiction
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER
from functions.notify import steps as notify_steps
from functions.triage import steps
from tests.office import ROLE, Office, open_office

FILE = Path(__file__).resolve().parents[2] / "functions" / "triage" / "workflow.asl.json"
QUICK = "quick"
PATIENCE = 150.0
LONG, SHORT = 600, 2
"""Seconds: a deadline that is always met, and one that is always missed."""


@dataclass
class Running:
    """An office whose executions run."""

    office: Office
    calls: list[str] = field(default_factory=list)
    """Steps in the order they were called, retries included."""
    done: list[str] = field(default_factory=list)
    """Steps in the order they ended well."""
    handed: list[Any] = field(default_factory=list)
    """The inputs and outputs of the steps."""
    at_work: list[str] = field(default_factory=list)
    """Steps that were called and neither ended nor failed yet."""
    broken: dict[str, int] = field(default_factory=dict)
    """How many of the next calls of a step find the table out of reach."""
    gone: dict[str, Callable[[dict[str, Any], Any], Any]] = field(default_factory=dict)
    """Steps of an earlier release, while they are there."""
    before: dict[str, Callable[[], Any]] = field(default_factory=dict)
    """Acts that run once, just before a step is called."""

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        """One invocation of a step."""
        self.calls.append(name)
        self.at_work.append(name)
        try:
            return self._invoke(name, event)
        finally:
            self.at_work.remove(name)

    def _invoke(self, name: str, event: dict[str, Any]) -> Any:
        self.handed.append(event)
        if happens := self.before.pop(name, None):
            happens()
        here = {**vars(steps), **vars(notify_steps), **self.gone}
        handler = here[name.lower()]
        with pytest.MonkeyPatch.context() as patch:
            if self.broken.get(name, 0) > 0:
                self.broken[name] -= 1
                patch.setattr(CaseTable, "get_case", _out_of_reach_here())
            answer = handler(event, None)
        self.handed.append(answer)
        self.done.append(name)
        return answer

    # what a test waits for

    def until(self, holds: Callable[[], Any], seconds: float = PATIENCE) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"it did not happen; called: {self.calls}"
            time.sleep(0.02)

    def did(self, name: str, times: int) -> None:
        """Wait until a step was done so many times."""
        self.until(lambda: self.done.count(name) >= times)

    def waits(self, case: Case, status: str, hop: int = 0) -> None:
        """Wait until people are waited for.

        The step that handed out the token looks once more whether it was decided meanwhile: it
        has to be gone, or it would tell the workflow before the test does.
        """

        def waiting() -> bool:
            kept = self.office.table.waits.get_token(case.id)
            now = self.office.now_case(case)
            there = now.referral.hop if now.referral else 0
            its = kept is not None and kept.run == now.run  # not the answered one of an earlier run
            handed = bool(its and kept and kept.status == status == now.status and there >= hop)
            return handed and not self.at_work

        self.until(waiting)

    def ends(self, case: Case, run: int = 1) -> str:
        """Wait until an execution ended; its status."""
        self.until(lambda: self.status(case, run) not in (None, "RUNNING"))
        return str(self.status(case, run))

    # what a test looks at

    def status(self, case: Case, run: int = 1) -> str | None:
        client: Any = boto3.client("stepfunctions")
        try:
            return str(client.describe_execution(executionArn=self._arn(case, run))["status"])
        except client.exceptions.ExecutionDoesNotExist:
            return None

    def history(self, case: Case, run: int = 1) -> list[dict[str, Any]]:
        """The events of an execution, as the service keeps them for 90 days."""
        client: Any = boto3.client("stepfunctions")
        found: list[dict[str, Any]] = client.get_execution_history(
            executionArn=self._arn(case, run), maxResults=1000
        )["events"]
        return found

    def visited(self, case: Case, run: int = 1) -> list[str]:
        """The states an execution entered, in order."""
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in self.history(case, run)
            if "stateEnteredEventDetails" in event
        ]

    def _arn(self, case: Case, run: int) -> str:
        return self.office.workflow.replace(":stateMachine:", ":execution:") + f":{case.id}-{run}"


class _Hurried:
    """Retry pauses of the file take a fiftieth of their time, and a tenth of a second at most."""

    @staticmethod
    def sleep(seconds: float) -> None:
        time.sleep(min(seconds / 50, 0.1))


def _out_of_reach_here() -> Callable[[CaseTable, str], Case]:
    """The table out of reach, for this thread alone: the test looks at it from another."""
    here, really = threading.get_ident(), CaseTable.get_case

    def case(table: CaseTable, case_id: str) -> Case:
        if threading.get_ident() == here:
            raise ConnectionError(f"canary: what a broken service says of {case_id}")
        return really(table, case_id)

    return case


@contextmanager
def open_running(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **deadlines: tuple[int, ...]
) -> Iterator[Running]:
    """An office with the real state machine. `review` and `acknowledge` are seconds per level."""
    a_pack_in(tmp_path, monkeypatch, **deadlines)
    with open_office(monkeypatch, pack=QUICK, runs=True) as office:
        running = Running(office)

        def invoke(
            backend: Any, name: str, qualifier: Any, body: Any, headers: Any, answer: Any
        ) -> bytes:
            del backend, qualifier, headers
            try:
                return json.dumps(running.invoke(name.split(":")[-1], json.loads(body))).encode()
            except Exception as error:  # noqa: BLE001  # becomes the service's error document
                answer["x-amz-function-error"] = "Unhandled"
                failed = {"errorType": type(error).__name__, "errorMessage": str(error)}
                return json.dumps(failed).encode()

        monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
        monkeypatch.setattr(retrier_decl, "time", _Hurried)
        monkeypatch.setattr(running_moves, "EXECUTION_STEP_SECONDS", 1)
        office.workflow = _machine()
        monkeypatch.setenv("WORKFLOW", office.workflow)
        yield running
        _stop_all(office)


def a_pack_in(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    review: tuple[int, ...] = (LONG,),
    acknowledge: tuple[int, ...] = (LONG,),
    immediate: tuple[int, ...] | None = None,
) -> None:
    """The Moroccan pack with other deadlines, where packs are looked for.

    They are of every priority, but for `immediate` where it is given.
    """
    quick = folder / QUICK
    quick.mkdir()
    for file in (JURISDICTIONS_FOLDER / "ma").glob("*.json"):
        (quick / file.name).symlink_to(file)
    both = {"review_seconds": review, "acknowledge_seconds": acknowledge}
    deadlines = dict.fromkeys(Priority, both)
    if immediate is not None:
        hurried = {"review_seconds": immediate, "acknowledge_seconds": immediate}
        deadlines[Priority.IMMEDIATE] = hurried
    (quick / "deadlines.json").unlink()
    (quick / "deadlines.json").write_text(json.dumps({"note": "", "deadlines": deadlines}))
    monkeypatch.setattr(jurisdiction, "JURISDICTIONS_FOLDER", folder)
    jurisdiction.open_pack.cache_clear()  # another test had a pack of this name


def _machine() -> str:
    machines: Any = boto3.client("stepfunctions")
    made = machines.create_state_machine(name="workflow", definition=drawn(FILE), roleArn=ROLE)
    return str(made["stateMachineArn"])


def drawn(file: Path) -> str:
    """A drawing of the workflow, with the functions that it names."""
    text = file.read_text(encoding="utf-8")
    functions: Any = boto3.client("lambda")
    iam: Any = boto3.client("iam")
    known = {each["FunctionName"] for each in functions.list_functions()["Functions"]}
    if not known:
        iam.create_role(RoleName="test", AssumeRolePolicyDocument="{}")
    role = iam.get_role(RoleName="test")["Role"]["Arn"]
    for name in set(re.findall(r"\$\{(\w+)\}", text)):
        if name not in known:
            functions.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Role=role,
                Handler="empty.handle",
                Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
            )
        arn = functions.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
        text = text.replace(f"${{{name}}}", arn)
    return text


def _stop_all(office: Office) -> None:
    client: Any = boto3.client("stepfunctions")
    for each in client.list_executions(stateMachineArn=office.workflow, statusFilter="RUNNING")[
        "executions"
    ]:
        client.stop_execution(executionArn=each["executionArn"])
