"""First glance: a person reads one new report within minutes, and says in a word how urgent it is.

The four verdicts, and what they do beside being recorded:

| verdict | the case | the report |
|---|---|---|
| `nothing_urgent` | stays as it is | is looked at |
| `danger_now` | as where a unit records danger: immediate, clocks, alert, the gate | same |
| `look_soon` | is urgent, if it was less | same |
| `cannot_tell` | stays as it is | is shown to a second person, in its place |
| the second `cannot_tell`, of another person | is urgent, if it was less | is looked at |

Where two people cannot tell, a third would not either: somebody has to work on the case, soon.

A report that needs no glance any more (a colleague was faster, or its case was decided) takes no
verdict but `danger_now`: danger that a person sees is never lost.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.case.first_glance import OwedGlance, Verdict


class GlanceVerdict(BaseModel):
    """The body of `POST /v1/desk/glance`: what a person saw in a report."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    report: Annotated[str, StringConstraints(max_length=40)]
    """Reference of the report."""
    verdict: Annotated[Verdict, Field(strict=False)]
    copies: bool = False
    """Also of the exact copies of the report that came until now and have nothing of their own: the
    same words and ticks, to the letter. No other report of its group is meant."""


def is_verdict_accepted(verdict: Verdict, owed: OwedGlance | None, by: str) -> bool:
    """Whether a verdict is taken; `owed` is None for a report that needs no glance any more."""
    if verdict is Verdict.DANGER_NOW:
        return True
    twice = owed is not None and verdict is Verdict.CANNOT_TELL and owed.unsure == by
    return owed is not None and not twice


def needs_second_glance(verdict: Verdict, owed: OwedGlance | None) -> bool:
    """Whether the report stays in the list, for a second person."""
    return verdict is Verdict.CANNOT_TELL and owed is not None and owed.unsure is None


def effective_verdict(verdict: Verdict, owed: OwedGlance | None) -> Verdict:
    """The verdict that follows for the case."""
    twice = verdict is Verdict.CANNOT_TELL and owed is not None and owed.unsure is not None
    return Verdict.LOOK_SOON if twice else verdict
