"""The log of the local system says why a call failed."""

from __future__ import annotations

import pytest

from local.emulator import lambdas

TOLD = """{"level": "INFO", "message": "report accepted"}
{"level": "ERROR", "message": "request failed", "error": "KeyError", "places": ["texts.py:94"]}
[ERROR] Runtime.ImportModuleError: no module
"""


def test_what_a_function_says_of_a_failure_stands_in_the_log_of_the_system(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert lambdas.echo_failure_log(TOLD) == TOLD, "its own log has everything"
    written = capsys.readouterr().err.splitlines()
    assert written == TOLD.splitlines()[1:]
