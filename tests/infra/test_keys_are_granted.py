"""What functions may do with the table is written by the lines that make its keys."""

from __future__ import annotations

from casework.aws.table import desk_keys, keys, picture_keys
from casework.aws.table.key_template import Key, templates_of
from infra import data, statistics

GRANTS = {
    grant
    for module in (keys, desk_keys, picture_keys)
    for key in templates_of(module)
    if isinstance(key, Key)
    for grant in key.grants
}
GRANTED = {
    grant
    for module in (data, statistics)
    for value in vars(module).values()
    for grant in (value if isinstance(value, tuple) else (value,))
    if isinstance(grant, str) and grant in GRANTS
}
"""Those that functions of the stacks are granted by partition."""
UNGRANTED = {
    "RECOUNTS": "the deployer's own recount",
}


def test_the_stacks_grant_each_key_by_its_own_line() -> None:
    assert UNGRANTED.keys() == GRANTS - GRANTED
