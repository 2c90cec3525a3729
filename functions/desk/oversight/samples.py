"""The calls of quality samples: closed reviews that a second person reads again, blind."""

from __future__ import annotations

from typing import Final

from casework.aws.http.http import CURSOR, IDEMPOTENCY_KEY, Answer, Parameter, Request
from casework.aws.services import observe
from casework.aws.table import log
from casework.aws.table import samples as sample_table
from casework.aws.table.case_table import Deed
from casework.aws.table.samples import Sample
from casework.case.case import Case
from casework.case.history import Event
from casework.case.index import of_key
from casework.case.lifecycle import Move
from casework.case.sampling import OF, compared
from casework.decisions.pack_names import find_unknown_names
from casework.decisions.permissions import Call, permit
from casework.decisions.sample import ConfirmAgain, ReadAgain, RejectAgain
from casework.decisions.staff import StaffMember
from casework.errors import (
    Finding,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotAllowed,
    NotValid,
)
from casework.moves.sampling import read_again
from casework.views.sample import Sampled, SamplePage
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import READING, limit_of, listing, route
from functions.desk.entry.deciding import event_of
from functions.desk.shown import samples

LIMIT: Final = Parameter(
    "limit",
    "query",
    f"How many at most; {samples.USUAL} if left out.",
    {"type": "integer", "minimum": 1, "maximum": samples.MOST},
)


@listing(
    "read_samples",
    "samples",
    summary="Closed reviews to read again",
    answer=SamplePage,
    lines=lambda page: len(page.samples),
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
)
def read_samples(request: Request) -> Answer:
    """Closed reviews that wait for a second person, the oldest first, with what was told and
    nothing of what was decided or proposed.

    The pack says how many reviews are read again. Which ones is decided by a keyed digest: nobody
    can tell beforehand, or choose. The caller's own reviews are not among them.
    """
    member = caller(request, Call.SAMPLE)
    table, at = deployment.table(), deployment.now()
    limit = limit_of(request, samples.USUAL, samples.MOST)
    cursor = request.query.get("cursor")
    page, cases = samples.page(table, member, deployment.pack(), at, limit, cursor)
    for case_id in cases:
        log.mark_person(table.name, case_id, at, log.VIEW, member.subject)
    return Answer(200, page)


@route(
    "read_sample_again",
    "POST",
    "samples",
    summary="Say what you would have decided",
    body=ReadAgain,
    answers={200: Sampled},
    refusals=(*READING, IllegalMove, KeyMissing, KeyConflict),
    parameters=(IDEMPOTENCY_KEY,),
)
def read_sample_again(request: Request) -> Answer:
    """Say what you would have decided on a closed review: an entry of its case that changes nothing
    there. The figures tell how often two people agree; supervisors see the cases on which they do
    not.

    A sample that a colleague read meanwhile takes no second answer: `taken` says so. The same
    request again gets the same answer.
    """
    member = caller(request, Call.SAMPLE)
    key = key_of(request)
    said = request.read(ReadAgain).root
    if findings := find_unknown_names(said, deployment.pack()):
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    table, at, by = deployment.table(), deployment.now(), member.subject
    sample = _sample(member, said.sample)
    if by in sample.deciders:
        raise NotAllowed("You decided on this case: another person reads it again.")

    def take(case: Case) -> Deed[bool]:
        permit(member, Call.SAMPLE, case)
        if (before := table.named(case.id, of_key(by, key))) is not None:
            return Deed(None, _repeats(before, sample, said))
        if not _sample(member, said.sample).waits:
            return Deed(None, False)
        change = read_again(case, at, by, of=sample.number, said=said.said, key=key)
        again = event_of(change)
        reviewed = table.event(case.id, sample.number)
        if reviewed is None:
            raise TypeError("a sample of no entry")
        differs = not all(same for _, same in compared(reviewed, again))
        also = sample_table.reading(table.name, sample, again.number, at, differs=differs)
        return Deed(change, True, also)

    case, deed = table.carry_out(sample.case_id, take)
    observe.fact("read again", case_id=case.id, correlation_id=case.correlation_id)
    return Answer(200, Sampled(sample=said.sample, taken=deed.result))


def _sample(member: StaffMember, name: str) -> Sample:
    """The sample of a name; raises NotValid, also for one of another realm."""
    found = sample_table.one(deployment.table().name, member.realm, name)
    if found is None:
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding("#/sample", "sample.unknown", "No review has this name.")],
        )
    return found


def _repeats(event: Event, sample: Sample, said: ConfirmAgain | RejectAgain) -> bool:
    """That an entry records this very reading; raises KeyConflict."""
    told = {OF: sample.number, **said.said}
    if event.move != Move.SAMPLE or any(event.data.get(name) != it for name, it in told.items()):
        raise KeyConflict
    return True
