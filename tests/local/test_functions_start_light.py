"""A function does not import, as it starts, what its calls do not need: each import is a wait."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Final

import pytest

from harness.bench.targets import FUNCTIONS
from tests.contracts.test_imports_run_one_way import ROOT

NEVER: Final = ("boto3", "s3transfer")
"""Larger than everything of ours, and nothing here uses them: botocore makes the clients."""
ON_A_CALL: Final = (
    "botocore.client",
    "botocore.exceptions",
    "cryptography",
    "urllib3",
    "importlib.metadata",
)
"""Imported by the first call that needs a service or a box; the last one by nothing."""
READING: Final = (
    "casework.analysis",
    "casework.identifiers.extraction",
    "phonenumbers",
    "re2",
    "ada_url",
)
"""Reads what reporters wrote: for triage, and for some calls of the desk when they come."""
LINKING: Final = ("casework.linking.join_rules", "casework.linking.similarity")
"""Compares reports: for triage."""
DESK: Final = (
    "casework.views.lists",
    "casework.decisions.instructions",
    "casework.decisions.freezes",
)
"""The decisions of staff and their pages."""
PAGES: Final = ("segno", "casework.views.case_page")

NOT_IMPORTED: Final[dict[str, tuple[str, ...]]] = {
    "intake": (*READING, *DESK, *PAGES, *LINKING, "casework.case.case"),
    "desk": ("casework.analysis.assessment", *READING[1:], *LINKING, "segno"),
    "link": (*DESK, *PAGES),
    "steps": (*DESK, *PAGES),
    "reconcile": (*DESK, *PAGES),
    "sweep": (*DESK, *PAGES),
    "notify": (*READING, *DESK, *PAGES, *LINKING),
    "tell": (*READING, *DESK, *PAGES, *LINKING),
    "count": (*READING, *DESK, *PAGES, *LINKING),
    "bilan": (*READING, *DESK, *PAGES, *LINKING),
    "custody": (*READING, *DESK, *PAGES, *LINKING),
    "session": (*READING, *DESK, *PAGES, *LINKING, "casework.aws.table"),
    "seal_day": (*READING, *DESK, *PAGES, *LINKING),
    "verify_days": (*READING, *DESK, *PAGES, *LINKING),
    "rehash_vault": (*READING, *DESK, *PAGES, *LINKING),
    "receive": (*READING, *DESK, *PAGES, *LINKING),
    "repair": (*READING, *DESK, *PAGES, *LINKING),
    "opening": (*READING, *DESK, *PAGES, *LINKING),
    "examine": (
        *READING,
        *DESK,
        *PAGES,
        *LINKING,
        "casework.aws.table",
        "PIL",
        "pypdfium2",
        "tesserocr",
    ),
    "dossier": (*READING, *LINKING, *PAGES, "casework.aws.table", "typst"),
    "stamp": (*READING, *DESK, *PAGES, *LINKING, "casework.aws.table", "casework.case.case"),
    "public_keys": (
        *READING,
        *DESK,
        *PAGES,
        "casework.case",
        "casework.aws.table",
        "pydantic.main",
    ),
}
"""By the word of each function: what its start must not import."""
AT_EACH_CALL: Final[dict[str, tuple[str, ...]]] = {"stamp": ("cryptography",)}
"""What a function needs at each call, so that its start may import it: here, to check a token."""
START: Final = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
imported = sorted(sys.modules)
from pydantic import BaseModel
def below(model):
    for each in model.__subclasses__():
        yield each
        yield from below(each)
built = [
    each.__name__
    for each in below(BaseModel)
    if each.__module__.startswith(("casework.", "functions."))
    and each.__pydantic_complete__
    and each.__name__ != "RootModel[Any]"
]
print(json.dumps({"imported": imported, "built": built}))
"""


def test_every_function_has_a_row() -> None:
    assert NOT_IMPORTED.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", NOT_IMPORTED)
def test_a_start_imports_and_builds_nothing_that_only_a_call_may_need(name: str) -> None:
    """A model is built by the first call that reads or writes what it describes."""
    asked = [sys.executable, "-c", START, FUNCTIONS[name]]
    said = subprocess.check_output(asked, text=True, cwd=ROOT)
    started = json.loads(said.splitlines()[-1])
    on_a_call = set(ON_A_CALL) - set(AT_EACH_CALL.get(name, ()))
    left_out = (*NEVER, *on_a_call, *NOT_IMPORTED[name])
    assert not [each for each in started["imported"] if within(each, left_out)]
    assert started["built"] == []


def within(module: str, packages: tuple[str, ...]) -> bool:
    """Whether a module is one of these, or a part of one."""
    return any(module == each or module.startswith(f"{each}.") for each in packages)


@pytest.mark.parametrize("package", sorted({each for row in NOT_IMPORTED.values() for each in row}))
def test_what_a_start_leaves_out_exists(package: str) -> None:
    """Or a renamed module would be left out by every function, and nothing would tell."""
    assert find_spec(package) is not None
