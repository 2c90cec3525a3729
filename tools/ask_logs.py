"""Run a saved query of CloudWatch Logs Insights from a terminal.

    python -m tools.ask_logs --stage prod --query "What failed" --hours 3
    python -m tools.ask_logs --stage prod --by reference --id 7K2M-…     # or: make logs …

The queries are those of `infra.queries`, deployed with the stack. It prints one line per entry.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import alarms
from infra.errors import CannotSynthesise
from infra.queries import PLACEHOLDER_BY_FIELD, follow_report_title
from infra.stage import EDGE_REGION, STAGES_BY_NAME, read_stage
from tools.credential_errors import explain_error

HOUR_SECONDS: Final = 3600
QUERY_PATIENCE_SECONDS: Final = 60
RUNS: Final = frozenset({"Scheduled", "Running"})


NO_LOGS_TEXT: Final = (
    "A system on this machine keeps no logs that a saved query can read: all of them are in "
    "emulator.log in the folder of its state (STATE=, by default .local), which `make run` names.\n"
    "→ of a deployed stage: make logs STAGE=prod"
)


class NoAnswer(Exception):
    """The query could not be run, or was not answered; the message says why."""


def ask_saved_query(
    logs: Any,
    name: str,
    hours: float,
    replaced: tuple[str, str] = ("", ""),
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[str]:
    """The lines that this saved query finds in the last hours; raises NoAnswer.

    `replaced` is a word of the query and the text in its place.
    """
    found = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    saved = next((each for each in found if each["name"] == name), None)
    if saved is None:
        raise NoAnswer(f"there is no saved query {name!r}; deploy the stage first")
    until = int(time.time())
    begun = logs.start_query(
        logGroupNames=saved["logGroupNames"],
        queryString=saved["queryString"].replace(*replaced),
        startTime=until - int(hours * HOUR_SECONDS),
        endTime=until,
    )
    yield from (_line(row) for row in _answered(logs, begun["queryId"], sleep))


def _answered(logs: Any, query: str, sleep: Callable[[float], None]) -> Any:
    for _ in range(QUERY_PATIENCE_SECONDS):
        answer = logs.get_query_results(queryId=query)
        if answer["status"] == "Complete":
            return answer["results"]
        if answer["status"] not in RUNS:
            raise NoAnswer(f"the query is {answer['status'].lower()}; ask for fewer hours")
        sleep(1)
    raise NoAnswer(f"no answer within {QUERY_PATIENCE_SECONDS} seconds; ask for fewer hours")


def _line(row: Sequence[dict[str, str]]) -> str:
    said = {each["field"]: each["value"] for each in row if each["field"] != "@ptr"}
    at = said.pop("@timestamp", "")
    return "  ".join([at, *(f"{name}={value}" for name, value in said.items())])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stage", required=True, choices=list(STAGES_BY_NAME))
    parser.add_argument("--query", default=alarms.FAILURES_QUERY, help="title of a saved query")
    parser.add_argument("--hours", type=float, default=3)
    parser.add_argument(
        "--by", choices=list(PLACEHOLDER_BY_FIELD), help="follow one report by this"
    )
    parser.add_argument("--id", default="", help="its value")
    asked = parser.parse_args(arguments)
    if bool(asked.by) != bool(asked.id) or '"' in asked.id:
        parser.error("BY and ID go together, and an ID holds no quotation mark")
    if not STAGES_BY_NAME[asked.stage].on_aws:
        print(NO_LOGS_TEXT, file=sys.stderr)
        return 1
    title = follow_report_title(asked.by) if asked.by else asked.query
    replaced = (PLACEHOLDER_BY_FIELD[asked.by], asked.id) if asked.by else ("", "")
    try:
        region = read_stage(asked.stage).region or EDGE_REGION
        logs: Any = boto3.client("logs", region_name=region)
        lines = list(
            ask_saved_query(logs, f"casework-{asked.stage}/{title}", asked.hours, replaced)
        )
    except (NoAnswer, CannotSynthesise, ClientError, BotoCoreError) as error:
        print(explain_error(error, asked.stage), file=sys.stderr)
        return 1
    print("\n".join(lines) if lines else f"nothing in the last {asked.hours:g} hours")
    return 0


if __name__ == "__main__":
    sys.exit(main())
