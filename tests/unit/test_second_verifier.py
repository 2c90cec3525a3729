"""The second verifier knows the page and nothing of ours; it opens what we seal."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from casework.aws.services import file_sealing
from tests import second_verifier

ITS_OWN = {"__future__", "base64", "hashlib", "json", "typing", "zlib"}


def test_the_second_verifier_imports_nothing_of_the_project() -> None:
    tree = ast.parse(Path(second_verifier.__file__).read_text("utf-8"))
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            named.add(node.module or "")
    assert {each for each in named if not each.startswith("cryptography.")} <= ITS_OWN


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 1, 3 * 2**20])
def test_it_opens_a_ciphertext_of_the_vault_by_the_layout_that_is_told(size: int) -> None:
    content, key = os.urandom(size), os.urandom(32)
    bound = file_sealing._bound_to("ABCD-EFGH-IJKL-MNOP", 3)
    sealed = b"".join(file_sealing._sealed([content], key, bound))
    opened = second_verifier.open_ciphertext(sealed, key, "ABCD-EFGH-IJKL-MNOP", 3)
    assert opened == content
    with pytest.raises(InvalidTag):
        second_verifier.open_ciphertext(sealed, key, "ABCD-EFGH-IJKL-MNOP", 4)
