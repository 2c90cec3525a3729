"""The page for people on call has every alarm, and each of its commands can be run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

import botocore.session
import pytest
from botocore import xform_name

from infra.assets import ROOT
from infra.queries import PLACEHOLDER_BY_FIELD, SAVED_QUERIES, follow_report_title
from tests.infra.assembly import Assembly
from tools.generate_docs import render_page_parts
from tools.on_call import ON_CALL_PAGE, fill_page

TEXT: Final = ON_CALL_PAGE.read_text("utf-8")
SECTIONS: Final = re.findall(r"^### `([^`]+)`$", TEXT, re.MULTILINE)
OF_THE_COMMAND_LINE: Final = {
    *("query", "region", "output", "profile", "cli-read-timeout", "cli-binary-format"),
    *("max-items", "starting-token", "page-size"),
}
"""Options of the AWS command line itself (AWS CLI, "Command line options")."""
AWS: Final = botocore.session.get_session()


def commands(text: str) -> Iterator[list[str]]:
    """The commands of the page, in a block or in a line."""
    blocks = re.findall(r"```sh\n(.*?)\n```", text, re.DOTALL)
    for each in [*blocks, *re.findall(r"`((?:aws|make) [^`]+)`", text)]:
        yield shlex.split(each)


def unknown(command: list[str]) -> str:
    """The parts of a command that do not exist; empty if all exist."""
    return _of_make(command[1:]) if command[0] == "make" else _of_aws(command[1:])


def _of_make(words: list[str]) -> str:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = re.search(
        rf"^{re.escape(words[0])}:.*?(?=\n\S|\Z)", makefile, re.DOTALL | re.MULTILINE
    )
    if recipe is None:
        return words[0]
    for name in (word.partition("=")[0] for word in words[1:]):
        if f"$({name})" not in recipe[0]:
            return name
    return ""


def _of_aws(words: list[str]) -> str:
    service, operation, *rest = words
    service = {"s3api": "s3"}.get(service, service)  # the command line has two ways to one service
    if service not in AWS.get_available_services():
        return service
    model = AWS.get_service_model(service)
    found = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in found:
        return f"{service} {operation}"
    shape: Any = model.operation_model(found[operation]).input_shape
    taken = {xform_name(name, "-") for name in (shape.members if shape else {})}
    for word in rest:
        if word.startswith("--") and word[2:] not in taken | OF_THE_COMMAND_LINE:
            return word
    return ""


def test_every_alarm_of_every_stage_has_its_row_and_no_row_is_without_an_alarm(
    each_stage: Assembly,
) -> None:
    names = [each["AlarmName"] for each in each_stage.properties("AWS::CloudWatch::Alarm")]
    told = {name: name.partition("core-")[2] or name.partition("units-")[2] for name in names}
    for name, rest in told.items():
        assert any(fnmatchcase(rest, section) for section in SECTIONS), name
    first = {
        next(section for section in SECTIONS if fnmatchcase(rest, section))
        for rest in told.values()
    }
    assert first == set(SECTIONS)
    assert len(SECTIONS) == len(set(SECTIONS))
    for section in SECTIONS:
        assert f"| [`{section}`](#" in TEXT


def test_the_page_is_as_the_alarms_are() -> None:
    assert render_page_parts(TEXT) == TEXT, "run `make docs`"


def test_every_row_gives_the_moment_the_first_step_and_the_way_back() -> None:
    for section in re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]:
        body = section.partition("## ")[0]
        assert re.search(r"^\*\*(Now|In the morning)\.\*\* \S", body, re.MULTILINE), section
        assert body.count("```sh") == 1, section
        assert re.search(r"^\*The way back:\* \S", body, re.MULTILINE), section


def test_every_command_on_the_page_exists() -> None:
    found = list(commands(TEXT))
    assert len(found) > len(SECTIONS)
    assert {" ".join(each): unknown(each) for each in found if unknown(each)} == {}


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("make retell STAGE=prod", "retell"),
        ("make logs WHERE=prod", "WHERE"),
        ("aws queue purge-queue", "queue"),
        ("aws sqs empty-queue", "sqs empty-queue"),
        ("aws sqs purge-queue --queue-name a", "--queue-name"),
        ("aws sqs purge-queue --queue-url a --region b", ""),
    ],
)
def test_a_command_that_does_not_exist_is_found(command: str, wrong: str) -> None:
    assert unknown(shlex.split(command)) == wrong


def test_every_word_in_braces_is_an_output_of_the_stage(each_stage: Assembly) -> None:
    outputs = {name for each in each_stage.templates.values() for name in each.get("Outputs", {})}
    places = set(re.findall(r"\{([A-Za-z]+)\}", TEXT))
    assert places - {"stage", "region"} <= outputs
    assert places & outputs
    names = dict.fromkeys(places, "there")
    assert "{" not in re.sub(r"\{\"\w+\": .*?\}", "", fill_page(TEXT, names))


def test_the_page_names_every_saved_query_and_no_other() -> None:
    asked = set(re.findall(r"QUERY='([^']+)'", TEXT))
    followed = {follow_report_title(field) for field in PLACEHOLDER_BY_FIELD}
    assert asked == SAVED_QUERIES.keys() - followed
    for field in PLACEHOLDER_BY_FIELD:
        assert f"BY={field}" in TEXT
        assert follow_report_title(field) in TEXT
