"""The bench measures the functions as they are deployed."""

from __future__ import annotations

import ast
import importlib
from typing import Any

import pytest

from casework.aws.services import settings
from casework.aws.services.settings import BaseFunctionSettings
from harness.bench import first_calls, handler_cpu
from harness.bench.edge import Traffic, traffic
from harness.bench.stub import Stub
from harness.bench.targets import FUNCTIONS

SETTINGS = [
    each
    for each in vars(settings).values()
    if isinstance(each, type) and issubclass(each, BaseFunctionSettings)
]


@pytest.mark.parametrize("each", SETTINGS)
def test_a_function_finds_all_its_settings_against_the_stub(
    each: type[BaseFunctionSettings],
) -> None:
    each.from_environment(Stub(1).environment())


def test_the_first_call_of_each_function_is_measured() -> None:
    assert first_calls.first_events(Stub(1)).keys() == FUNCTIONS.keys()


KINDS = ("URL_REQUEST_START_JOB", "TCP_CONNECT", "HTTP_TRANSACTION_SEND_REQUEST",
         "SOCKET_BYTES_RECEIVED")  # fmt: skip
BEGIN, END = 1, 2


def a_log(*events: tuple[str, int, int, dict[str, Any]]) -> dict[str, Any]:
    """A NetLog with these events: kind, phase, source and parameters."""
    return {
        "constants": {
            "logEventTypes": {kind: number for number, kind in enumerate(KINDS)},
            "logEventPhase": {"PHASE_BEGIN": BEGIN, "PHASE_END": END},
        },
        "events": [
            {"type": KINDS.index(kind), "phase": phase, "source": {"id": source}, "params": told}
            for kind, phase, source, told in events
        ],
    }


def test_what_came_from_the_cache_or_from_elsewhere_is_no_request_of_the_edge() -> None:
    asked, cached, elsewhere = (1, 2, 3)
    log = a_log(
        ("URL_REQUEST_START_JOB", BEGIN, asked, {"url": "http://portal:1/ar/"}),
        ("HTTP_TRANSACTION_SEND_REQUEST", BEGIN, asked, {}),
        ("HTTP_TRANSACTION_SEND_REQUEST", END, asked, {}),
        ("URL_REQUEST_START_JOB", END, asked, {}),
        ("URL_REQUEST_START_JOB", BEGIN, cached, {"url": "http://portal:1/assets/x.js"}),
        ("URL_REQUEST_START_JOB", BEGIN, elsewhere, {"url": "http://portal:10/ar/"}),
        ("HTTP_TRANSACTION_SEND_REQUEST", BEGIN, elsewhere, {}),
        ("TCP_CONNECT", END, 4, {"remote_address": "portal:1"}),
        ("TCP_CONNECT", END, 5, {"remote_address": "portal:10"}),
        *(("SOCKET_BYTES_RECEIVED", 0, socket, {"byte_count": 700}) for socket in (4, 4, 5)),
    )
    assert traffic(log, "http://portal:1") == Traffic(requests=1, received=1_400)


PROGRAMS = {
    f"{module.__name__}.{name}": text
    for module in (handler_cpu, first_calls)
    for name, text in vars(module).items()
    if isinstance(text, str) and "\nimport " in text
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_measured_program_imports_what_there_is(program: str) -> None:
    """It is text, which no type checker reads, and it runs for minutes before it fails."""
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module or "")
            for each in node.names:
                if not hasattr(module, each.name):
                    importlib.import_module(f"{node.module}.{each.name}")
        elif isinstance(node, ast.Import):
            for each in node.names:
                importlib.import_module(each.name)
