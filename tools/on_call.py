"""The page for the person on call: a section for each kind of alarm, from `infra.alarms`.

`tools.generate_docs` writes the sections into docs/on-call.md. With `--stage`, this prints the page
with the names of that stage in its commands:

    python -m tools.on_call --stage prod        # or: make on-call STAGE=prod
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.alarms import ALARM_SPECS, AlarmSpec
from infra.errors import CannotSynthesise
from tools.credential_errors import explain_error

ON_CALL_PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "on-call.md"
NO_ALARMS_TEXT: Final = (
    "a system on this machine rings no alarm. Its functions write to emulator.log in the folder of "
    "its state (STATE=, by default .local).\n→ of a deployed stage: make on-call STAGE=prod"
)
_PLACE: Final = re.compile(r"\{(\w+)\}")


def index() -> Iterator[str]:
    """All alarms by name, and whether they can wait for the morning."""
    yield "| alarm | when | what it means |"
    yield "|---|---|---|"
    for each in ALARM_SPECS:
        first, _, _ = each.means.partition(". ")
        yield f"| [`{each.name}`](#{_anchor(each)}) | {_when(each)} | {first.rstrip('.')} |"


def sections() -> Iterator[str]:
    """For each alarm: its meaning, the first command, and the way back."""
    for each in ALARM_SPECS:
        yield f"### `{each.name}`"
        yield ""
        yield f"**{_when(each).capitalize()}.** {each.means}"
        yield ""
        yield f"```sh\n{each.first}\n```"
        yield ""
        yield each.look
        yield ""
        yield f"*The way back:* {each.back}"
        yield ""


def _when(signal: AlarmSpec) -> str:
    return "in the morning" if signal.waits else "now"


def _anchor(signal: AlarmSpec) -> str:
    """The anchor that GitHub makes of the heading."""
    return re.sub(r"[^\w\- ]", "", signal.name.lower()).replace(" ", "-")


def fill_page(page: str, names: Mapping[str, str]) -> str:
    """The page with names in place of words in braces; a word without a name stays."""
    return _PLACE.sub(lambda found: names.get(found[1], found[0]), page)


def alarm_names(stage_name: str) -> dict[str, str]:
    """Outputs of a deployed stage, and what it is; raises CannotSynthesise."""
    from infra.stage import EDGE_REGION, read_stage  # what draws the page needs no CDK
    from local.aws import AwsClients
    from local.deploy import read_stack_outputs

    stage = read_stage(stage_name)
    if not stage.on_aws:
        raise CannotSynthesise(NO_ALARMS_TEXT)
    region = stage.region or EDGE_REGION
    names = {"stage": stage.name, "region": region}
    for stack, place in (
        (stage.core_name, region),
        (stage.units_name, region),
        (stage.edge_name, EDGE_REGION),
    ):
        names |= read_stack_outputs(AwsClients(None, region=place), stack) or {}
    return names


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stage", required=True)
    asked = parser.parse_args(arguments)
    unknown, why = 0, ""
    try:
        names = alarm_names(asked.stage)
    except CannotSynthesise as error:
        names, unknown, why = {}, 1, str(error)
    except (ClientError, BotoCoreError) as error:
        # What an alarm means is needed most where something is wrong with the account, too.
        names, why = {"stage": asked.stage}, explain_error(error, asked.stage)
    print(fill_page(ON_CALL_PAGE.read_text(encoding="utf-8"), names))
    if why:
        print(
            f"\nThe words in braces are names of {asked.stage}, not known: {why}", file=sys.stderr
        )
    return unknown


if __name__ == "__main__":
    sys.exit(main())
