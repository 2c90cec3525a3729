"""Lists of known material of a stage: which are in force, load one, withdraw one, ask again.

    python -m tools.known_lists --stage prod show
    python -m tools.known_lists --stage prod load --file hashes.txt --manifest list.toml [--go]
    python -m tools.known_lists --stage prod withdraw --name a-list [--go]
    python -m tools.known_lists --stage prod check
    python -m tools.known_lists --stage prod again [--go]
    python -m tools.known_lists --stage prod tidy [--go]

Without `--go` nothing is written or asked, and what would be is told. The manifest of a list, in
TOML: name, version, kind (sha256, md5 or pdq), about (an entry of the pack's known.json), source,
licence, dated (YYYY-MM-DD), count and sha256 of the file. The file has one hash to a line, in
hexadecimal; lines with # are passed over. No hash is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from casework.aws.services import hash_list_store as store
from casework.aws.services.clients import aws_client
from casework.aws.table import keys, picture_keys
from casework.aws.table.hash_lookup_table import LookupRecord, lookup_from_item
from casework.aws.table.wire import values_from_wire_item
from casework.case.times import format_minute
from casework.hash_lists.catalogue import (
    HashListCatalogue,
    HashListManifest,
    ListRejected,
    add_list,
    count_changes,
    iter_hashes,
    list_entry_from,
    parse_delivery,
    withdraw_list,
)
from casework.hash_lists.lookups import FILE_LIST_KINDS, PICTURE_LIST_KINDS
from casework.linking.picture_matching import PictureName, file_picture_name
from casework.pack.hash_list_subjects import load_hash_list_subjects
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.report.file_limits import FileState
from infra.errors import CannotSynthesise
from infra.stage import read_stage
from local.aws import AwsClients
from local.deploy import read_stack_outputs
from local.errors import UserError
from local.hold_release import use_aws
from local.places import state_folder
from local.system import LOCAL_STAGE_NAME, find_running_system
from tools.credential_errors import explain_error

REPORTS_PER_LOOKUP_CALL: Final = 25
"""Reports of one call of the function that asks again."""
NOTHING_WRITTEN_TEXT: Final = "Nothing was written. With GO=1 it is."


class Refused(UserError):
    """The command is not carried out; the message says why."""


@dataclass(frozen=True)
class ListStage:
    """A stage, as far as lists are concerned."""

    bucket: str
    table: str
    ask: Callable[[list[str]], list[str]]
    """Ask again for reports; those for which it failed."""
    pack: Jurisdiction


def show(place: ListStage) -> Iterator[str]:
    """The lists in force, and the versions that went."""
    catalogue = _catalogue(place)
    if not catalogue.lists:
        yield "No list is in force."
    for each in catalogue.lists:
        yield (
            f"{each.display_name}  {each.kind}  {each.rows:,} "
            f"hashes  of {each.dated}  {each.source}  "
            f"about {each.about}  loaded {each.loaded_at}"
        )
    for gone in catalogue.gone:
        yield f"{gone.display_name}  {gone.kind}  {gone.why} {gone.gone_at}"


def load_list_version(
    place: ListStage, file: Path, manifest: Path, at: datetime, *, go: bool
) -> Iterator[str]:
    """Put a version of a list in force; raises Refused."""
    said = _manifest(manifest)
    if said.about not in load_hash_list_subjects(place.pack.folder):
        raise Refused(f"about: the pack's known.json has no entry {said.about}")
    if said.dated > place.pack.facts.local_day(at).isoformat():
        raise Refused(f"dated: {said.dated} has not come")
    try:
        ready = parse_delivery(_bytes_of(file), said)
        new = list_entry_from(said, ready, format_minute(at))
        before = _catalogue(place)
        after = add_list(before, new)
    except ListRejected as refused:
        raise Refused(f"The list is not loaded. {refused}") from None
    yield (
        f"{new.display_name}: {new.rows:,} hashes of kind "
        f"{new.kind}, {new.packed_bytes:,} bytes packed"
    )
    if ready.twice:
        yield f"{ready.twice:,} stood there twice"
    if ready.plain:
        yield f"{ready.plain:,} are of blank pictures and left out: they resemble every blank one"
    old = before.find_list(new.name)
    if old is None:
        yield "No earlier version is in force."
    else:
        rows = iter_hashes(store.read_hash_list(place.bucket, old), old.kind)
        more, fewer = count_changes(rows, iter_hashes(ready.content, new.kind))
        yield f"Instead of {old.display_name}: {more:,} hashes more, {fewer:,} no longer"
        if said.dated < old.dated:
            yield f"Beware: it is of {said.dated}, and older than what is in force, of {old.dated}."
    if not go:
        yield NOTHING_WRITTEN_TEXT
        return
    store.put_hash_list(place.bucket, ready.content)
    store.read_hash_list(place.bucket, new)  # as the functions will
    store.put_catalogue(place.bucket, after)
    yield f"{new.display_name} is in force: within a minute each new file and picture is asked for."
    yield "What came before is asked for by DO=again."


def withdraw_list_version(place: ListStage, name: str, at: datetime, *, go: bool) -> Iterator[str]:
    """Take a list out of force; raises Refused."""
    before = _catalogue(place)
    try:
        after = withdraw_list(before, name, format_minute(at))
    except ListRejected as refused:
        raise Refused(f"Nothing is withdrawn. {refused}") from None
    old = before.find_list(name)
    yield f"{old.display_name if old else name} goes; histories still name it."
    if not go:
        yield NOTHING_WRITTEN_TEXT
        return
    store.put_catalogue(place.bucket, after)
    yield "It is withdrawn: within a minute no file or picture is asked for in it."
    yield "Pages say so of earlier matches after DO=again. DO=tidy removes its hashes."


def check(place: ListStage) -> Iterator[str]:
    """Read the catalogue and each list as the functions do; raises Refused at the first that
    fails."""
    catalogue = _catalogue(place)
    for each in catalogue.lists:
        try:
            store.read_hash_list(place.bucket, each)
        except store.HashListUnreadable:
            raise Refused(
                f"{each.display_name}: its hashes are not there, or "
                "not those that were loaded. Load this "
                "version again, or withdraw the list."
            ) from None
        if each.about not in load_hash_list_subjects(place.pack.folder):
            raise Refused(f"{each.display_name}: the pack's known.json has no entry {each.about}")
        yield f"good: {each.display_name}"
    yield f"Lists in force: {len(catalogue.lists)}. Each can be asked."


def repeat_missing_lookups(place: ListStage, *, go: bool) -> Iterator[str]:
    """Ask for what lacks the answer of a list in force; raises Refused where some of it failed."""
    left = sorted(find_unanswered_reports(_catalogue(place), _items(place.table)))
    yield f"{len(left):,} reports have a file or picture without the answer of a list in force."
    if not go or not left:
        yield "Nothing was asked." + (" With GO=1 it is." if left else "")
        return
    failed: list[str] = []
    for at in range(0, len(left), REPORTS_PER_LOOKUP_CALL):
        failed += place.ask(left[at : at + REPORTS_PER_LOOKUP_CALL])
    yield f"Asked again for {len(left) - len(failed):,} reports."
    if failed:
        raise Refused(f"It failed for {len(failed):,} reports: ask the saved query What failed")


def tidy(place: ListStage, *, go: bool) -> Iterator[str]:
    """Remove the hashes of versions that went."""
    names = store.find_orphaned_objects(place.bucket, _catalogue(place))
    yield f"Versions that went, and whose hashes are still here: {len(names)}."
    if not names:
        return
    if not go:
        yield NOTHING_WRITTEN_TEXT
        return
    for name in names:
        aws_client("s3").delete_object(Bucket=place.bucket, Key=name)
    yield "They are removed, and deleted for good after thirty days."


def find_unanswered_reports(
    catalogue: HashListCatalogue, items: Iterable[Mapping[str, Any]]
) -> set[str]:
    """The reports of which a file or picture lacks an answer of a list in force, or whose log lacks
    its mark; of those items of a table that tell."""
    there: set[tuple[PictureName, bool]] = set()
    answered: dict[tuple[PictureName, bool], LookupRecord] = {}
    for item in items:
        sort = str(item[keys.SORT_KEY])
        if sort.startswith(picture_keys.picture_key.begins):
            there.add((PictureName(*picture_keys.picture_key.of(item)), True))
        elif sort.startswith(picture_keys.asked_key.begins):
            asked = lookup_from_item(item)
            answered[asked.named, asked.look] = asked
        elif item.get("state") == FileState.KEPT:
            there.add((file_picture_name(*keys.file_key.of(item)), False))
    lists = {
        True: catalogue.lists_of_kinds(PICTURE_LIST_KINDS),
        False: catalogue.lists_of_kinds(FILE_LIST_KINDS),
    }
    left = set()
    for named, look in there:
        said = answered.get((named, look))
        if said is None:
            whole = not lists[look]
        else:
            marked = said.marked == said.answers.digest
            whole = marked and said.answers.answers_all(lists[look])
        if not whole:
            left.add(named.reference)
    return left


def _items(table: str) -> Iterator[dict[str, Any]]:
    """The files, pictures and answers of all reports."""
    pages = (
        aws_client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=table,
            FilterExpression=(
                "begins_with(pk, :report) AND "
                "(begins_with(sk, :picture) OR begins_with(sk, :known) OR begins_with(sk, :file))"
            ),
            ExpressionAttributeValues={
                ":report": {"S": keys.report_key.partition_begins},
                ":picture": {"S": picture_keys.picture_key.begins},
                ":known": {"S": picture_keys.asked_key.begins},
                ":file": {"S": keys.file_key.begins},
            },
        )
    )
    for page in pages:
        yield from map(values_from_wire_item, page["Items"])


def _catalogue(place: ListStage) -> HashListCatalogue:
    try:
        return store.read_catalogue(place.bucket)
    except store.HashListUnreadable:
        raise Refused(
            "The catalogue cannot be read: it was deleted, or is none. Restore its last version "
            f"(aws s3api list-object-versions --bucket {place.bucket} "
            f"--prefix {store.CATALOGUE_OBJECT_KEY})."
        ) from None


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(f"file: {error.strerror}") from None


def _manifest(file: Path) -> HashListManifest:
    try:
        said = tomllib.loads(_bytes_of(file).decode("utf-8"))
        # TOML has days of its own.
        manifest = HashListManifest.model_validate({**said, "dated": str(said.get("dated", ""))})
        date.fromisoformat(manifest.dated)
        return manifest
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(f"manifest: {error}") from None
    except ValidationError as error:  # a ValueError, too
        wrong = (f"{each['loc'][0]}: {each['msg']}" for each in error.errors())
        raise Refused("manifest: " + "; ".join(wrong)) from None
    except ValueError as error:
        raise Refused(f"manifest: dated: {error}") from None


def _run(asked: argparse.Namespace, place: ListStage) -> Iterator[str]:
    at = datetime.now(UTC)
    match asked.command:
        case "load" if not (asked.file and asked.manifest):
            raise Refused("load needs FILE= and MANIFEST=")
        case "load":
            return load_list_version(place, Path(asked.file), Path(asked.manifest), at, go=asked.go)
        case "withdraw":
            return withdraw_list_version(place, asked.name, at, go=asked.go)
        case "check":
            return check(place)
        case "again":
            return repeat_missing_lookups(place, go=asked.go)
        case "tidy":
            return tidy(place, go=asked.go)
    return show(place)


def _of(stage: str) -> tuple[AwsClients, ListStage]:
    """The services of a stage, and where its lists are; raises Trouble."""
    if stage == LOCAL_STAGE_NAME:
        system = find_running_system(state_folder())
        aws, outputs, pack = (
            system.aws,
            dict(system.outputs),
            open_pack(os.environ.get("PACK", "ma")),
        )
    else:
        there = read_stage(stage)
        aws = AwsClients(None, region=there.region)
        found = read_stack_outputs(aws, there.core_name)
        if found is None:
            raise Refused(f"Stage {stage} is not deployed.")
        outputs, pack = found, open_pack(there.pack)

    def ask(references: list[str]) -> list[str]:
        answer = aws.client("lambda").invoke(
            FunctionName=outputs["ReprocessFunction"],
            Payload=json.dumps({"references": references}).encode(),
        )
        if "FunctionError" in answer:
            return references
        outcome = json.loads(answer["Payload"].read())
        return [str(each) for each in outcome["failed"]]

    return aws, ListStage(outputs["ListsBucket"], outputs["CaseTable"], ask, pack)


def main(arguments: list[str] | None = None) -> int:
    """Run a command, and print what it did or would do."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stage", default=LOCAL_STAGE_NAME)
    parser.add_argument("--go", action="store_true", help="do it; without this it is only told")
    parser.add_argument("--file", default="", help="of load: one hash to a line")
    parser.add_argument("--manifest", default="", help="of load: what the list is, in TOML")
    parser.add_argument("--name", default="", help="of withdraw")
    parser.add_argument(
        "command", choices=("show", "load", "withdraw", "check", "again", "tidy"), default="show"
    )
    asked = parser.parse_args(arguments)
    try:
        aws, place = _of(asked.stage)
        with use_aws(aws):
            for line in _run(asked, place):
                print(line)
    except (UserError, CannotSynthesise) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(explain_error(error, asked.stage), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
