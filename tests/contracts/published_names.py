"""The names that callers, clients, logs and stored histories know, as they were published.

A class, a function or a module may be renamed, and none of these may: they go with a version alone.
What came later says its name in the code, and needs no line here.
"""

from __future__ import annotations


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPERATIONS = _listed(
    """
acknowledge_case add_file add_suspect add_to_report admit_reports answer_asking ask_for_file
ask_for_identity ask_for_package attend_to_case begin_freeze believe_identity break_hold
change_settings change_suspect close_case compare_contacts confirm_receipt correct_closure
correct_suspect decide_identity_request decide_on_danger decide_retention draft_freeze_request
end_session end_sign_in enter_instruction enter_payment enter_step find_cases follow_report
give_back_case give_case give_notice glance_at_report hand_over hold_case inform_prosecutor
keep_apart look_at_case open_file open_identity open_number prove_report read_alike read_askings
read_board read_case read_colleagues read_decisions read_decisions_of_a_day read_dossier read_duty
read_files read_full_statistics read_glances read_group read_handovers read_history read_holds
read_identity_requests read_me read_my_decisions read_openapi read_openings read_package read_part
read_pulse read_queue read_reference read_roster read_sample_again read_samples read_searches
read_seen read_staff read_statistics read_waiting_identity_requests read_watchers reassign_case
renew_session retry_case review_case review_opening see_page send_message send_report
start_session take_case take_duty take_next take_package take_report_out try_to_reach waive_money
withdraw_end withdraw_file withdraw_notice write_note
"""
)
"""The ids of the operations of the API."""
PROBLEMS = _listed(
    """
authorisation-awaited body-too-large box-not-opened busy cannot-wait case-changed case-not-found
danger-stands dossier-too-large entry-not-found erased file-came file-not-found files-not-taken
freeze-not-found fresh-sign-in-needed from-another-site held-by-another held-long-enough
identity-not-released if-match-unreadable illegal-move internal key-conflict key-missing
method-not-allowed news-unseen no-identity no-transfer not-allowed not-json not-signed-in
not-alike not-through-the-edge not-valid number-not-opened opening-not-found other-case-unfit
package-not-found parameter-unknown precondition-missing receipt-missing receipt-not-recognised
reports-unseen request-not-found route-not-found second-look-owed session-over sign-in-closed
suspect-not-found taken-by-another too-many too-many-additions too-many-files trial-mark-refused
unsupported-encoding work-wanted
"""
)
"""The last parts of the problem types."""
SCHEMAS = _listed(
    """
Abroad Accept Accepted Acknowledgement Added AddedView Addition AdditionKind AdditionView
Admission AdmittedReports AdmittedView AdviceView AlikePage AlikeView Alternative Annul
AnnulledView Anonymous AppealHint Ask AskAuthorisation AskLifting AskedFile AskingStanding
AskingView Askings AttendedView Attention Authorise Believed Bilan Board Bond BoundPart BreakHold
BriefLine CallNow Care CaseLine CaseState CaseView ChainedEvent Choice Claims Clock ClockView
CloseCase CloseReason Closure ClosureCorrection Colleague Colleagues ComparedContacts
CompetenceView Confidential Confirm ConfirmAgain ConfirmReceipt Contact Contest Corrected
Correction CourtHoldView CustodyDecision DangerDecision DangerKind DangerSaid DangerView
DeadlineView Decided DecidedCase DecidedOn DecidedThen DecisionPage Decline DeclineReason
DescribedPlace DifferenceView Document DocumentView Dossier DossierPackage Doubted Duty DutyDesk
Emergency EmergencyNumberView EndWithdrawal Erase EventView Facts FigureRow FileAnswer FileOpening
FilePart FileSlot FileState FileType FileView FileWish Find FloodView Found FoundCase FreezeEntry
FreezeEntryView FreezeRequest FreezeView FreezingStep GiveNotice Given GlancePage GlanceVerdict
GlanceView Glanced Glances Gone GroupView Guide HandOver HandOvers HandedOver HashView History
HoldForCourt HoldView Identified IdentifiedPerson Identity IdentityRequestView IdentityRequests
IdentityVerdict IdentityWish InTheLog Inform InformedView Inquire InstitutionAnswer
InstructionEntry InstructionView JoinCases JsonValue Judgement Keep KeepApart KeptApart KnownView
Later LaterDay Licence Lift LiftForCourt ListKind Location LocationKind Look Many Mark Me Means
Merge Message MessageView MoneyLost Move Named NamedBy NamedContact NamedIdentifier NewFile
NewFreeze NewSuspect NoDanger NotPursued Note Noted Nothing NoticeWithdrawal NumberToCall
NumberWish OfAFile OnDuty OnList OpenedFile OpenedIdentity OpenedNumber Opener Opening
OpeningReview OpeningView Openings OrderChecks OutcomeEntryView OwnBytes OwnIdentifier OwnReport
OwnSettings Ownership PackagePart PackageState PackageWish PassGate Payment PersonLoad PhoneView
PickedPlace Place PopulationSource Post PowerView Preview PreviewPage Priority Progress Proof
ProposalsKept PublicStatus PublishedTime Pulse QuestionView QueuePage ReadAgain ReadAs Reassign
ReferenceEntry ReferralView RefuseLifting Reject RejectAgain ReleaseRule Reopen Report ReportFiles
ReportHappening ReportProof ReportView ReporterRole RequestStanding Result RetentionDecision Retry
ReviewDecision ReviewedOpening Role Roster SafeWay SameView SamplePage SampleView Sampled
SamplesOnBoard SavedView Scan SearchGround SearchPage Searched SeenLine SeenPage SendFile
SendNotice SendOrder Sent SentFile SentLater SessionState SignedOut SigningOut Split StaffPage
StaffPerson Status Suggested SuggestionView SuspectEvent SuspectHappening SuspectStanding
SuspectView Take TakeDuty TakeNext TakeOut TakenView ToCall ToldTransfer Transfer Tried TryView
TurnView Turned UnitBoard UnreadView Uphold UploadForm Verdict WaitView WaitingView Watcher
Watchers Whom WhyRefused WithdrawDanger Withheld WrittenAuthorisation
"""
)
"""The schemas of the API and of dossiers, but those written by hand."""
ERRORS = _listed(
    """
AlreadyOpen BrokenBox BrokenDigest DecodersBroken DrawingCut GivenUp ListNotReadable ListRefused
Misfitting NotACheckpoint NotAPublicKey NotAReference NotASpokenNumber NotAnswered NotGranted
NotOurs NotOver NotRead NotReadable NotShown NotStamped OutOfTime PackError PartFailed PoolIsFull
SignedMeanwhile Silent StepFailed UnusableSecret UploadGone WrittenMeanwhile _Repeated
"""
)
"""The codes of our own exceptions that are no refusals, in logs and failed steps."""
