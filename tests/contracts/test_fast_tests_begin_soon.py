"""What `make check` runs starts no process of the CDK: tests of templates are in tests/infra."""

from __future__ import annotations

import pytest

from tests.shared import LOADED_BY_COLLECTION

FAST = {"tests/unit", "tests/contracts"}
"""What `make check` runs; with other tests beside them, the CDK may be there."""


def test_the_fast_tests_begin_without_the_cdk(pytestconfig: pytest.Config) -> None:
    assert "tests.shared" in LOADED_BY_COLLECTION
    assert not {*pytestconfig.args} <= FAST or "aws_cdk" not in LOADED_BY_COLLECTION
