"""The answer of a list of cases: its lines say what reports say only where it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import BaseModel

from casework.aws.http.api import Response
from casework.decisions.staff import StaffMember
from functions.desk import deployment
from functions.desk.queries.case_lines import CaseLines


def open_case_lines(member: StaffMember) -> CaseLines:
    """The lines of an answer to this member, now."""
    return CaseLines(
        deployment.desk_case_table(), deployment.desk_jurisdiction(), member, deployment.now()
    )


@dataclass(frozen=True)
class CaseListResponse(Response):
    """A list of cases before what their reports say is read."""

    lines: CaseLines | None = None

    @property
    def basis(self) -> str:
        """What its entity tag depends on beside the body."""
        return self.lines.revisions if self.lines is not None else ""

    def filled(self, tagged: Response) -> Response:
        """The tagged answer with what reports say, unless the client has it."""
        if tagged.status != 200 or self.lines is None or not isinstance(tagged.body, BaseModel):
            return tagged
        return replace(tagged, body=self.lines.fill(tagged.body))
