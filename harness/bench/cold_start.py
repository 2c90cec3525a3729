"""Cold initialisation of each function, as a multiple of a bare interpreter.

Method: measure the CPU time (user and system, of the child alone) of a fresh interpreter that
imports the handler from its unzipped asset, layer and runtime (`harness.bench.runtime`), as the
service does before the first event, and then ends without taking anything down, because a process
of the service goes on. Measure the same interpreter doing nothing, to its end. All functions and
the bare one take turns within a round, for `COLD_START_ROUNDS` rounds after one that warms the file
cache. The figure is the median of the ratios within a round, beside minimum over minimum. Modules
are those in `sys.modules`.

botocore is imported with the first call, not at init, so the cost after init is measured too:
`cold_first_report` is the same measurement with one report sent to a stub on loopback, which
answers as the services do.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from statistics import median

from harness.bench.runtime import NotMeasurable, Runtime
from harness.bench.stub import Stub
from harness.bench.targets import FUNCTIONS, Figure

COLD_START_ROUNDS = 15
IMPORT = "import sys; sys.path[:0] = sys.argv[2:]; __import__(sys.argv[1])"
END = "; import os; os._exit({code})"
"""Takes nothing down: a process of a function that has started goes on."""
COUNT = IMPORT + "; print(len(sys.modules))"
COLD_START_PROGRAM = (
    "import sys, json; event = json.loads(sys.argv[1]); sys.path[:0] = sys.argv[2:];"
    "from functions.intake.handler import handle; answer = handle(event, None);"
    "wrong = answer['statusCode'] != 201" + END.format(code="wrong")
)
BARE = "pass"


def figures(runtime: Runtime, stub: Stub) -> Iterator[Figure]:
    """The figures of this file."""
    commands = {
        name: _imports(runtime, module, IMPORT + END.format(code=0))
        for name, module in FUNCTIONS.items()
    }
    first = [stub.event_text(), *runtime.path("intake")]
    commands["first_report"] = runtime.command(COLD_START_PROGRAM, *first)
    commands["bare"] = runtime.command(BARE)
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    environment = stub.environment()
    for number in range(COLD_START_ROUNDS + 1):
        for name, command in commands.items():
            spent = cpu_of(command, environment)
            if number:
                seconds[name].append(spent)
    for name, module in FUNCTIONS.items():
        yield Figure(f"cold_init_{name}", _paired(seconds[name], seconds["bare"]))
        yield Figure(f"cold_init_{name}_min", min(seconds[name]) / min(seconds["bare"]))
        counted = _imports(runtime, module, COUNT)
        done = subprocess.run(counted, env=environment, capture_output=True, check=True)
        yield Figure(f"modules_{name}", int(done.stdout.splitlines()[-1]))
    yield Figure("cold_first_report", _paired(seconds["first_report"], seconds["bare"]))


def cpu_of(command: list[str], environment: dict[str, str]) -> float:
    """CPU seconds of one child process; raises NotMeasurable when it fails."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise NotMeasurable("a function did not start; what it said stands above")
    return used.ru_utime + used.ru_stime


def _imports(runtime: Runtime, module: str, program: str) -> list[str]:
    return runtime.command(program, module, *runtime.path(module.split(".")[1]))


def _paired(these: list[float], those: list[float]) -> float:
    return median(one / other for one, other in zip(these, those, strict=True))
