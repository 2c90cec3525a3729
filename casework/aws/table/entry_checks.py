"""Whether what stands beside the entries of a case is as people wrote it: differences, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework.aws.table import items, keys, particulars
from casework.aws.table.case_lines import index_lines
from casework.aws.table.checked_case import CheckedCase, is_recorded_erasure
from casework.aws.table.identity_request_table import (
    identity_request_from_item,
    identity_request_to_item,
    undecided_request_key,
)
from casework.aws.table.item_mapping import (
    question_to_item,
)
from casework.aws.table.messages import message_from_item, message_item, message_to_reporter_item
from casework.aws.table.number_opening_table import number_opening_to_line as opening_line
from casework.aws.table.public_timelines import telling_items
from casework.aws.table.wire import values_from_wire_item
from casework.case.history import (
    COMMITMENT_FIELD,
    PARTICULARS_FIELD,
    TOLD_IN_FIELD,
    CaseEvent,
)
from casework.case.lifecycle import Move, moves_where
from casework.case.rule_types import EntrySubject
from casework.case.value_objects import Question
from casework.decisions.identity_requests import RequestStanding
from casework.decisions.numbers import Judgement, number_opening_from_event


def find_question_mismatches(found: CheckedCase) -> Iterator[str]:
    for event in found.of(Move.ASK):
        reference, number = str(event.data["report"]), int(str(event.data["question"]))
        item = items.get_item(found.name, keys.question_key(reference, found.case.id, number))
        if item is None:
            if not is_recorded_erasure(found, reference):
                yield f"question {number} to report {reference} is gone"
            continue
        question = Question.model_validate({**item, "report": reference})
        as_written = values_from_wire_item(question_to_item(found.case.id, question))
        if as_written != item or question.commitment_hex != event.data[COMMITMENT_FIELD]:
            yield f"question {number} to report {reference} is not as it was put"


def find_message_mismatches(found: CheckedCase) -> Iterator[str]:
    """Every message is stored as it was sent, and beside each of its reports."""
    for event in found.of(Move.MESSAGE):
        told = event.data.get("reports")
        reports = [str(each) for each in told] if isinstance(told, list) else []
        item = items.get_item(found.name, keys.message_key(found.case.id, event.number))
        if item is None:
            alone = [is_recorded_erasure(found, each) for each in reports]
            if not found.gone and not (alone and all(alone)):
                yield f"message {event.number} is gone"
            continue
        message = message_from_item(item)
        as_written = _without_none(message_item(found.case.id, message))
        if as_written != item or message.commitment_hex != event.data[COMMITMENT_FIELD]:
            yield f"message {event.number} is not as it was sent"
        for each in reports:
            key = keys.reporter_message_key(each, found.case.id, event.number)
            beside = items.get_item(found.name, key)
            if beside != message_to_reporter_item(
                found.case.id, message, each
            ) and not is_recorded_erasure(found, each):
                yield f"message {event.number} is not beside report {each} as it was sent"


def find_identity_request_mismatches(found: CheckedCase) -> Iterator[str]:
    said: dict[int, CaseEvent] = {}
    for event in found.of(*moves_where(lambda law: law.about is EntrySubject.IDENTITY)):
        said[int(str(event.data["request"]))] = event
    for number, event in said.items():
        item = items.get_item(found.name, keys.identity_key(found.case.id, number))
        if item is None:
            yield f"identity request {number} is gone"
            continue
        request = identity_request_from_item(item)
        if request.standing is RequestStanding.ERASED:
            if not is_recorded_erasure(found, request.report):
                yield f"identity request {number} is not as it was left"
            continue
        if (
            _without_none(identity_request_to_item(request)) != item
            or request.commitment_hex != event.data[COMMITMENT_FIELD]
        ):
            yield f"identity request {number} is not as it was left"
        line = undecided_request_key(request)
        stands = items.get_item(found.name, line)
        if (stands == line) != (request.standing is RequestStanding.ASKED):
            yield f"identity request {number} does not wait as it says"


def find_particulars_mismatches(found: CheckedCase) -> Iterator[str]:
    """What entries are about in full is stored as it was written."""
    for event in found.events:
        if PARTICULARS_FIELD not in event.data:
            continue
        item = items.get_item(found.name, keys.particulars_key(found.case.id, event.number))
        if item is None:
            report = event.data.get(TOLD_IN_FIELD)
            if not found.gone and not (report and is_recorded_erasure(found, str(report))):
                yield f"what entry {event.number} is about is gone"
            continue
        about = particulars.particulars_from_item(item)
        as_written = particulars.particulars_to_item(found.case.id, event.number, about)
        bound = (about.commitment, about.report)
        if as_written != item or bound != (
            event.data[PARTICULARS_FIELD],
            event.data.get(TOLD_IN_FIELD),
        ):
            yield f"what entry {event.number} is about was changed"


def _index(found: CheckedCase) -> list[dict[str, Any]]:
    """The items by which its entries are found again: of entries of one name the last has it."""
    lines = (line for event in found.events for line in index_lines(found.case.id, event))
    return list({line[keys.SORT_KEY]: line for line in lines}.values())


def find_number_opening_mismatches(found: CheckedCase) -> Iterator[str]:
    """Each opening of a number waits for a person until one judged it, and not after that."""
    verdicts = {
        int(str(event.data["opening"])): event.data["verdict"]
        for event in found.of(Move.NUMBER_REVIEWED)
    }
    for event in found.of(Move.NUMBER_OPENED):
        opening = number_opening_from_event(found.case.id, event)
        if opening is None:
            continue
        verdict = verdicts.get(event.number)
        for unclear, waits in ((False, verdict is None), (True, verdict == Judgement.UNCLEAR)):
            line = opening_line(opening.model_copy(update={"unclear": unclear}))
            stands = items.get_item(
                found.name, {each: line[each] for each in (keys.PARTITION_KEY, keys.SORT_KEY)}
            )
            if stands != (line if waits else None):
                yield f"the opening {event.number} of a number does not wait as it says"


def find_items_without_entry(found: CheckedCase) -> Iterator[str]:
    """No item beside the case lacks an entry."""
    expected = {
        keys.message_key.begins: {
            keys.message_key(found.case.id, event.number)[keys.SORT_KEY]
            for event in found.of(Move.MESSAGE)
        },
        keys.identity_key.begins: {
            keys.identity_key(found.case.id, int(str(event.data["request"])))[keys.SORT_KEY]
            for event in found.of(*moves_where(lambda law: law.about is EntrySubject.IDENTITY))
        },
        keys.particulars_key.begins: {
            keys.particulars_key(found.case.id, event.number)[keys.SORT_KEY]
            for event in found.events
            if PARTICULARS_FIELD in event.data
        },
        keys.entry_index_key.begins: set(),
        keys.public_update_key.begins: {
            each[keys.SORT_KEY]
            for each in _timeline_items(found)
            if each[keys.PARTITION_KEY] == keys.case_key(found.case.id)[keys.PARTITION_KEY]
        },
    }
    for line in _index(found):
        expected[keys.entry_index_key.begins].add(line[keys.SORT_KEY])
        key = {name: line[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
        if items.get_item(found.name, key) != line:
            yield f"entry {line['number']} is not found again under its name"
    partition = keys.case_key(found.case.id)[keys.PARTITION_KEY]
    for begins, sorts in expected.items():
        for key in items.query_keys(found.name, partition, begins):
            if key[keys.SORT_KEY] not in sorts:
                yield f"{key[keys.SORT_KEY]} stands beside the case and no entry knows of it"


def find_timeline_mismatches(found: CheckedCase) -> Iterator[str]:
    """What reporters are told is what the entries say."""
    for telling in _timeline_items(found):
        key = {name: telling[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
        reference = keys.reference_from_partition(key[keys.PARTITION_KEY])
        to_all = key[keys.PARTITION_KEY] == keys.case_key(found.case.id)[keys.PARTITION_KEY]
        if items.get_item(found.name, key) != telling and (
            to_all or not is_recorded_erasure(found, reference)
        ):
            yield f"what {key[keys.SORT_KEY]} tells reporters is not what its entry says"


def _timeline_items(found: CheckedCase) -> Iterator[dict[str, Any]]:
    """What its entries tell: all who hear of the case, or the reporter who was asked."""
    asked: str | None = None
    for event in found.events:
        yield from telling_items(found.case.id, event, asked)
        asked = str(event.data["report"]) if event.move == Move.ASK else asked


def _without_none(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value is not None}
