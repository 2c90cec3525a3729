"""What every test stands on: the node of this environment, no credentials of this machine, and no
chance: a test that passed passes again.
"""

from __future__ import annotations

import gc
import os
import sys

import pytest
from hypothesis import HealthCheck, settings

from local.synth import node_executable
from tests.known import remember
from tests.shared import LOADED_BY_COLLECTION

os.environ.setdefault("JSII_NODE", node_executable())
os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"

# A mistake must never reach an account somebody is signed in to.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_ACCESS_KEY_ID"] = "test"
os.environ["AWS_SECRET_ACCESS_KEY"] = "test"
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

# The same examples each time, and however long one takes: a machine that is slow is no mistake, and
# what nobody changed must not fail today. `--hypothesis-profile=seeking` looks for others.
settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "seeking", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=1_000
)
settings.load_profile("steady")

remember()

# The collector would pass over all that was imported again and again: a fifteenth of the
# processor time of the fast tests. What is there before the first test stays to the end, and
# garbage of tests can wait.
gc.set_threshold(10_000, 10, 10)


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of later passes of the collector."""
    LOADED_BY_COLLECTION.update(sys.modules)
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker have all tests of a group, which share what is made once.

    xdist 3.8 writes the group into a name that pytest 9.2 no longer reads.
    """
    for item in items:
        if "_nodeid" in vars(item):
            item._id = type(item._id).parse(vars(item)["_nodeid"])
