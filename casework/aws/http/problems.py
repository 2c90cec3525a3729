"""How each refusal is answered over HTTP: one table of problem types (RFC 9457).

`docs/problems.md` is generated from it. A contract test checks that every refusal has a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from casework import errors
from casework.errors import Refusal

PROBLEM_TYPE = "urn:e-iblagh:problem:"
PROBLEM_MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """The answer to a refusal: the status, a stable title and what the caller can do next."""

    status: int
    title: str
    cure: str


PROBLEM_BY_REFUSAL: dict[type[Refusal], Problem] = {
    errors.NotValid: Problem(
        422,
        "The content is not acceptable",
        "Correct the fields listed in `errors` and send again.",
    ),
    errors.BodyTooLarge: Problem(
        413, "The request is too large", "Send at most 262,144 bytes; shorten the narrative."
    ),
    errors.NotJson: Problem(
        400, "The body is not one JSON document", "Send strict JSON in UTF-8 without repeated keys."
    ),
    errors.UnsupportedEncoding: Problem(
        415, "The content type is not accepted", "Send `application/json`, uncompressed."
    ),
    errors.ParameterUnknown: Problem(
        400,
        "The call has no such parameter",
        "Remove the parameters listed in `errors`; `detail` lists those that the call has.",
    ),
    errors.KeyMissing: Problem(
        400,
        "The Idempotency-Key is missing or not a UUID",
        "Make one random UUID for each thing you send, and send it again with every retry.",
    ),
    errors.KeyConflict: Problem(
        422,
        "This Idempotency-Key was used with other content",
        "Make a new key for new content; repeat the same content to get the same answer.",
    ),
    errors.Erased: Problem(
        410, "This report was erased", "It cannot be restored; send a new report if needed."
    ),
    errors.ReceiptMissing: Problem(
        401, "The receipt is missing", "Send `Authorization: Receipt <secret>`."
    ),
    errors.ReceiptNotRecognised: Problem(
        404,
        "No report is known by this reference and receipt",
        "Check the reference and the receipt; both were shown once, when the report was sent.",
    ),
    errors.NotSignedIn: Problem(
        401, "Sign in first", "Send the access token of an active staff account."
    ),
    errors.FreshSignInNeeded: Problem(
        401,
        "Sign in again for this",
        "Sign in again, with password and second factor, and repeat the request under its key "
        "within the seconds of `max_age` in the header `WWW-Authenticate`.",
    ),
    errors.SessionOver: Problem(
        401, "The session is over", "Open the page of the desk and sign in again."
    ),
    errors.SignInClosed: Problem(
        503,
        "Browsers cannot sign in yet",
        "Tell the operator of the service: the deployment has neither domain nor address.",
    ),
    errors.FromAnotherSite: Problem(
        403, "This request came from another site", "Open the page of the desk by its own address."
    ),
    errors.NotAllowed: Problem(
        403, "Your role does not include this", "Ask a person whose role includes it."
    ),
    errors.CaseNotFound: Problem(
        404, "No such case", "Check the case number; cases of other units are not shown."
    ),
    errors.CampaignNotFound: Problem(
        404, "No such campaign", "Read the list of campaigns, or the case, again."
    ),
    errors.RouteNotFound: Problem(
        404, "No such address", "See the API's reference page for the addresses."
    ),
    errors.MethodNotAllowed: Problem(
        405, "This address does not allow the method", "Use a method of the `Allow` header."
    ),
    errors.PreconditionMissing: Problem(
        428,
        "If-Match is missing",
        "Read the case, the identity request or the own settings, and send the ETag in `If-Match`.",
    ),
    errors.IfMatchUnreadable: Problem(
        400,
        "If-Match is not one ETag",
        'Send the ETag as it was answered, quotes included: `If-Match: "2"`. A weak one, `W/"2"`, '
        "is accepted as well.",
    ),
    errors.CaseChanged: Problem(
        412,
        "It has changed since it was read",
        "See how it is now (`current`), and decide again with its ETag.",
    ),
    errors.IllegalMove: Problem(
        409,
        "The status of the case does not allow this",
        "Read the case. Its status, freezes, suspects and identity requests show the next step.",
    ),
    errors.AuthorisationAwaited: Problem(
        409,
        "The prosecutor's authorisation comes first",
        "Record the authorisation as an instruction, accept a reporter's identity that you opened, "
        "or pass the gate with the imminent danger and its ground.",
    ),
    errors.SecondLookOwed: Problem(
        409,
        "A second person must look",
        "Ask a colleague: another person decides it as well, or admits what you asked for.",
    ),
    errors.HeldByAnother: Problem(
        409,
        "A colleague works on this",
        "Take another item, or return when their time is over (`hold` of the case has the time). "
        "A supervisor can break the hold.",
    ),
    errors.HeldLongEnough: Problem(
        409,
        "Other people come first now",
        "Take another item; after a quarter of an hour you can take this one again. A decision "
        "needs no hold.",
    ),
    errors.TakenByAnother: Problem(
        409,
        "A colleague has this case",
        "See who has it (`taken` of `current`). To have it in their place, name them in "
        "`instead_of`.",
    ),
    errors.DangerStands: Problem(
        409,
        "Danger is imminent in this case",
        "Keep the priority. Where you see no danger, decide that first: `no_danger`, with your "
        "reason.",
    ),
    errors.CannotWait: Problem(
        409,
        "This case waits for no answer",
        "Write to its reporters with a message instead: they can add to their reports, and the "
        "case stays where it is, with its clock.",
    ),
    errors.ReportsUnseen: Problem(
        409,
        "The case has reports that were not admitted",
        "Read the reports of the case from the named one on. Take out what does not belong to it. "
        "Then send the number of the last report that you saw as `shown`: all reports up to it are "
        "admitted, and their reporters are told what becomes of the case.",
    ),
    errors.NewsUnseen: Problem(
        409,
        "The case has news since you read it",
        "Read the case again, and decide with its `last_entry` as `seen`. To say that no danger is "
        "imminent, also send its `dangers`.",
    ),
    errors.OtherCaseUnfit: Problem(
        409, "The other case cannot be used for this", "Name another case that is still open."
    ),
    errors.NotAlike: Problem(
        409,
        "The case is not decided together with others",
        "Open it, and decide on it by itself, without `batch`. `reason` is `immediate`, `minors`, "
        "`unglanced` (nobody has looked at the report) or `undisplayed` (words, files or reports "
        "that no line shows).",
    ),
    errors.NoTransfer: Problem(
        409,
        "No payment is known",
        "Ask the reporter when, how and to whom the money went, or enter the payment "
        "(`POST /v1/desk/cases/{id}/payments`); then try again.",
    ),
    errors.SuspectNotFound: Problem(
        404, "No such suspect", "Read the case; its suspects are numbered from 1."
    ),
    errors.FreezeNotFound: Problem(
        404, "No such freeze", "Read the case; its freezes are numbered from 1."
    ),
    errors.EntryNotFound: Problem(
        404,
        "No such entry",
        "Read the history of the case, and name the number of an entry about this.",
    ),
    errors.TooMany: Problem(
        409,
        "The limit is reached",
        "Use the existing entries; the detail says how many a case or a report can have.",
    ),
    errors.TooManyAdditions: Problem(
        409,
        "This report takes no more additions",
        "Send the rest as another report; it is linked to the same case.",
    ),
    errors.TooManyFiles: Problem(
        409,
        "This report takes no more files",
        "Choose the files that show most; describe the others, or their address, in an addition.",
    ),
    errors.FilesNotTaken: Problem(
        403,
        "Of this kind of content only the address is taken",
        "Send the address where it can be seen, as an addition. Do not copy or keep the material: "
        "a copy harms the child again. A report of the victim may have files.",
    ),
    errors.FileNotFound: Problem(
        404,
        "No such file",
        "Read the case, or the files of the report: its list has the numbers.",
    ),
    errors.FileCame: Problem(
        409,
        "The file has come",
        "It is kept with the report. Say in an addition that it does not belong to it.",
    ),
    errors.PackageNotFound: Problem(
        404, "No such package", "Ask for the package again; it can be downloaded for an hour."
    ),
    errors.DossierTooLarge: Problem(
        409,
        "The case is too large for one package",
        "Read the dossier page by page (`GET /v1/desk/cases/{id}/dossier`).",
    ),
    errors.NoIdentity: Problem(
        409, "This report holds no identity", "Work with the facts; the reporter chose no name."
    ),
    errors.IdentityNotReleased: Problem(
        409,
        "The identity is not released to you",
        "Ask for it with a motive; a release shows it for a limited time.",
    ),
    errors.RequestNotFound: Problem(
        404, "No such identity request", "Read the requests of the case; they count from 1."
    ),
    errors.NumberNotOpened: Problem(
        409,
        "The reporter's number is not opened to you",
        "Take the case, and record the danger; where there is no number, write a message: the "
        "reporter reads it on the follow-up page.",
    ),
    errors.OpeningNotFound: Problem(
        404,
        "No such opening waits",
        "Read the openings that wait; another person may have judged this one.",
    ),
    errors.BoxNotOpened: Problem(
        500,
        "The sealed box does not open",
        "Tell the custodian: the box may have been exchanged. An alarm was raised.",
    ),
    errors.NotThroughTheEdge: Problem(
        403, "Use the public address", "Send the request to the published address of the service."
    ),
    errors.TrialMarkRefused: Problem(
        403,
        "The trial mark is not valid",
        "Sign this request with the trial secret of the stage and send it within five minutes. "
        "Send no header `Trial` with real reports.",
    ),
    errors.WorkWanted: Problem(
        429,
        "A short calculation is required",
        "Solve `work` and repeat the same request with the solution in the header `Work`.",
    ),
    errors.Busy: Problem(
        503, "The service is busy", "Wait for `Retry-After` seconds and repeat with the same key."
    ),
}

INTERNAL_ERROR_PROBLEM = Problem(
    500,
    "Something went wrong on our side",
    "Repeat with the same Idempotency-Key; the content is stored once.",
)


def problem_template(kind: type[Refusal]) -> dict[str, str | int]:
    """The document of a refusal, without the parts that differ between two answers."""
    problem = PROBLEM_BY_REFUSAL[kind]
    return {
        "type": PROBLEM_TYPE + kind.problem,
        "title": problem.title,
        "status": problem.status,
        "cure": problem.cure,
    }


def nearest_mapped_refusal(refusal: Refusal) -> type[Refusal]:
    """The row of `PROBLEM_BY_REFUSAL` for a refusal: its own, or that of its nearest base class."""
    return next(kind for kind in type(refusal).__mro__ if kind in PROBLEM_BY_REFUSAL)
