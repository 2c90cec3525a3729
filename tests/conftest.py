"""What every test stands on: the node of this environment, and no credentials of this machine."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from botocore import loaders

from local.synth import node

os.environ.setdefault("JSII_NODE", node())
os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"

# A mistake must never reach an account somebody is signed in to.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_ACCESS_KEY_ID"] = "test"
os.environ["AWS_SECRET_ACCESS_KEY"] = "test"
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


class Loader(loaders.Loader):
    """What botocore knows of the services; every session of a test process reads it once.

    Each test has sessions of its own, and reading is most of what a session costs.
    """

    _read: ClassVar[dict[Any, Any]] = {}

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._cache = self._read


loaders.Loader = Loader  # type: ignore[misc]  # the one place botocore makes loaders from
