"""The upstream modules, imported once with the necessary settings, and checks of their shape."""

from __future__ import annotations

import importlib.metadata
import os
from types import ModuleType
from typing import Any

# Upstream reads these at import; its own defaults listen on every interface.
os.environ["BIND_HOST"] = "127.0.0.1"
os.environ["IOT_MTLS_ENABLED"] = "0"
os.environ["SFTP_ENABLED"] = "0"
os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
# Workers inherit the environment, and Powertools would use this variable.
os.environ["LOG_LEVEL"] = os.environ.pop("EMULATOR_LOG_LEVEL", "WARNING")

import ministack.app as app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, persistence
from ministack.services import dynamodb, lambda_svc, s3, secretsmanager, stepfunctions
from ministack.services.cloudformation import custom_resource, provisioners

del os.environ["LOG_LEVEL"]

__all__ = [
    "PINNED_VERSION",
    "EmulatorChanged",
    "app",
    "custom_resource",
    "dynamodb",
    "iam_actions",
    "iam_evaluator",
    "lambda_runtime",
    "lambda_svc",
    "persistence",
    "provisioners",
    "require_pinned",
    "require_upstream",
    "require_upstream_attributes",
    "resource_handler",
    "s3",
    "secretsmanager",
    "stepfunctions",
]

PINNED_VERSION = "1.5.33"


class EmulatorChanged(RuntimeError):
    """Upstream no longer has the shape a correction expects."""


def require_upstream(condition: bool, what: str) -> None:
    """Raise EmulatorChanged unless `condition`; unlike assert, also under `python -O`."""
    if not condition:
        raise EmulatorChanged(f"ministack is not as expected: {what}")


def require_upstream_attributes(owner: ModuleType | type, *names: str) -> None:
    """Raise EmulatorChanged unless `owner` has every name."""
    for name in names:
        require_upstream(hasattr(owner, name), f"{owner.__name__}.{name} is missing")


def require_pinned() -> None:
    """Raise EmulatorChanged unless the installed release is the pinned one."""
    found = importlib.metadata.version("ministack")
    require_upstream(
        found == PINNED_VERSION,
        f"version {found}, the corrections were written for {PINNED_VERSION}",
    )


def resource_handler(resource_type: str) -> dict[str, Any]:
    """The create, update and delete functions of CloudFormation for one type."""
    handlers: dict[str, dict[str, Any]] = provisioners._RESOURCE_HANDLERS
    require_upstream(resource_type in handlers, f"no provisioner for {resource_type}")
    require_upstream("create" in handlers[resource_type], f"no create for {resource_type}")
    return handlers[resource_type]
