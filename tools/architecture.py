"""The rooms of `casework/` and of the desk by floor: a room imports only from floors below its own.

`docs/architecture.md` draws the first table. A contract test checks the imports against both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LAYERS: Final[tuple[tuple[str, ...], ...]] = (
    ("errors",),
    ("text",),
    ("case", "credentials", "identifiers", "hash_lists"),
    ("pack", "aws.services"),
    ("report", "statistics"),
    ("moves", "analysis"),
    ("decisions", "linking"),
    ("views", "check_pack", "aws.table"),
    ("aws.http", "aws.steps"),
)
"""The lowest floor first."""

DESK_LAYERS: Final[tuple[tuple[str, ...], ...]] = (
    ("deployment", "queries"),
    ("shared",),
    ("cases", "oversight"),
    ("handler",),
)
"""The floors of `functions/desk`, likewise."""


@dataclass(frozen=True)
class NewcomerAnswer:
    """The file that answers a question of a newcomer."""

    question: str
    file: str
    words: tuple[str, ...]
    """Words in the first line of the file that give the answer."""


QUESTIONS: Final = (
    NewcomerAnswer("Who may see a case?", "casework/decisions/permissions.py", ("who may see",)),
    NewcomerAnswer(
        "What may a person do with a case now?", "casework/decisions/available_moves.py", ("open",)
    ),
    NewcomerAnswer("Who calls?", "casework/aws/http/authentication.py", ("who calls",)),
    NewcomerAnswer(
        "Which version is decided on?", "casework/aws/http/path_params.py", ("version",)
    ),
    NewcomerAnswer(
        "What was done on the duty desk?", "functions/desk/cases/duty_desk.py", ("duty desk",)
    ),
    NewcomerAnswer(
        "Which moves of a case are legal?", "casework/case/lifecycle.py", ("law", "move")
    ),
    NewcomerAnswer("When is a case late?", "casework/moves/deadlines.py", ("late",)),
    NewcomerAnswer(
        "What makes two reports one case?", "casework/linking/join_rules.py", ("report", "case")
    ),
    NewcomerAnswer("Which cases look alike?", "casework/linking/similarity.py", ("same facts",)),
    NewcomerAnswer("How is a telephone read?", "casework/identifiers/phones.py", ("telephones",)),
    NewcomerAnswer(
        "How is a bank account read?", "casework/identifiers/accounts.py", ("bank accounts",)
    ),
    NewcomerAnswer(
        "What is counted?", "casework/statistics/case_statistics.py", ("what is counted",)
    ),
    NewcomerAnswer("What is published?", "casework/statistics/publication.py", ("public",)),
    NewcomerAnswer("Which unit is competent?", "casework/pack/competence.py", ("which unit",)),
    NewcomerAnswer(
        "Which place does a text name?", "casework/pack/places.py", ("territory", "text")
    ),
    NewcomerAnswer("How urgent is a report?", "casework/analysis/priority_rules.py", ("priority",)),
    NewcomerAnswer(
        "Which language is a text in?", "casework/analysis/language.py", ("language", "text")
    ),
    NewcomerAnswer(
        "What is a reporter told?", "casework/report/public_timeline.py", ("reporter", "told")
    ),
    NewcomerAnswer("What opens the gate?", "casework/decisions/gate.py", ("opens the gate",)),
    NewcomerAnswer(
        "Who learns an identity?", "casework/decisions/identity_requests.py", ("who may learn",)
    ),
    NewcomerAnswer("How is money held back?", "casework/case/freezes.py", ("money held back",)),
    NewcomerAnswer(
        "Which reports did a person admit?", "casework/case/admission.py", ("belonging",)
    ),
    NewcomerAnswer(
        "How long is a case kept?", "casework/decisions/retention.py", ("how long", "kept")
    ),
    NewcomerAnswer(
        "Who can open a contact?", "casework/aws/services/sealed_boxes.py", ("contact", "sealed")
    ),
    NewcomerAnswer("What can a history prove?", "casework/case/history.py", ("never changed",)),
    NewcomerAnswer("What keys has the table?", "casework/aws/table/keys.py", ("all keys",)),
    NewcomerAnswer(
        "How is a refusal answered?", "casework/aws/http/problems.py", ("refusal", "answered")
    ),
    NewcomerAnswer(
        "Who is told of a case?", "casework/aws/services/notifications.py", ("who is told",)
    ),
    NewcomerAnswer(
        "Where does the text of the receipt stand?", "functions/intake/receipt_page.py", ("codes",)
    ),
    NewcomerAnswer("What acts on a deadline?", "functions/triage/sweep.py", ("deadlines",)),
    NewcomerAnswer(
        "What is answered when the table is throttled?",
        "casework/aws/services/service_errors.py",
        ("errors", "translated"),
    ),
    NewcomerAnswer("Which limits has an upload?", "casework/report/file_limits.py", ("how much",)),
    NewcomerAnswer(
        "What finds a file that is stuck?", "functions/evidence/repair.py", ("files", "stuck")
    ),
    NewcomerAnswer(
        "How is a report erased?", "casework/aws/table/erasure.py", ("erasing reports",)
    ),
    NewcomerAnswer("What repairs a crash?", "functions/triage/reconcile.py", ("crash",)),
    NewcomerAnswer("Who hears of an alarm?", "infra/alarms.py", ("alarm",)),
)
"""Questions of newcomers, and the files that answer them."""
