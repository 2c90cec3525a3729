"""cdk-nag's AwsSolutions rules, and the reason for each accepted finding.

`ACKNOWLEDGED_FINDINGS` has a row for every accepted finding. An unacknowledged error fails the
synthesis; a row without a finding fails a test.
"""

from __future__ import annotations

from typing import NamedTuple

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

from casework.aws.services import day_seal_store, transparency_log_store
from infra.history import CASE_PROOF_OBJECT_PREFIXES, PROOF_OBJECT_PREFIXES, SEALED_OBJECT_PREFIXES
from infra.stage import DeploymentStage
from infra.workflow import execution_arn_pattern


class AcknowledgedFinding(NamedTuple):
    """One accepted finding, at one place, for one reason."""

    place: str
    """`core`, `units` or `edge`, and the path of the construct below it."""
    rule: str
    reason: str


PERMANENT_KEY_REASON = (
    "The key is permanent: what was derived from it must be found again for as long as reports "
    "are kept. Rotating it would break receipts and replays."
)
DERIVED_PEPPER_REASON = (
    "Peppers are versioned inside the secret and a new one is added by hand, so that answers made "
    "with the old one stay the same; the service's rotation would replace it."
)
MARKS_ONLY_REASON = (
    "It marks reports as trials and opens nothing. An administrator can replace it at any time; "
    "intake reads the new value at its next cold start."
)
EDGE_PROOF_REASON = (
    "Edge and functions must change together or requests are turned away: it is replaced with a "
    "deployment, not on a calendar."
)
ENDS_HERE_REASON = (
    "It is a dead-letter queue: failed calls and stream records are sent to it by destination, "
    "which the rule does not see."
)
NO_ADDRESSES_REASON = "Such logs hold addresses of readers and reporters, which must not be kept."
PUBLIC_ROUTE_REASON = (
    "Reporters have no account, by design: a report may be anonymous. The function checks the "
    "receipt, and the gateway and the firewall limit the rate."
)
SEALS_ONLY_REASON = (
    "Two objects a night, written by one function, kept in every version; CloudTrail sees who else "
    "touches the bucket."
)
CIPHERTEXTS_REASON = (
    "Ciphertexts under names that say nothing; opening one needs a key that the table holds and "
    "KMS unwraps, and is an event of its case."
)
PLAIN_LOOPBACK_REASON = "Local stage only: the emulator is reached over plain loopback."
NO_TRACES_REASON = "Traces and execution data would copy what happens in cases to a second place."

ACKNOWLEDGED_FINDINGS = (
    AcknowledgedFinding(
        "core",
        "AwsSolutions-L1",
        "3.13 is supported and starts faster than 3.14; one constant changes it everywhere.",
    ),
    AcknowledgedFinding("core/Data/Address", "AwsSolutions-SMG4", PERMANENT_KEY_REASON),
    AcknowledgedFinding("core/Data/Pepper", "AwsSolutions-SMG4", DERIVED_PEPPER_REASON),
    AcknowledgedFinding("core/Data/Selector", "AwsSolutions-SMG4", PERMANENT_KEY_REASON),
    AcknowledgedFinding("core/Data/Own", "AwsSolutions-SMG4", PERMANENT_KEY_REASON),
    AcknowledgedFinding("core/Data/Digest", "AwsSolutions-SMG4", PERMANENT_KEY_REASON),
    AcknowledgedFinding(
        "core/Session/Key",
        "AwsSolutions-SMG4",
        "Another value signs all staff out: it is replaced on purpose, not by a calendar.",
    ),
    AcknowledgedFinding("core/Data/Trial", "AwsSolutions-SMG4", MARKS_ONLY_REASON),
    AcknowledgedFinding("core/Origin", "AwsSolutions-SMG4", EDGE_PROOF_REASON),
    AcknowledgedFinding(
        "core/People/Pool",
        "AwsSolutions-COG8",
        "The plus plan profiles the devices of staff and is paid per person: the deployment's "
        "choice. A second factor is required in any case.",
    ),
    AcknowledgedFinding(
        "core/People/Pool",
        "AwsSolutions-COG2",
        "Local stage only: demo staff on a laptop sign in without a telephone.",
    ),
    AcknowledgedFinding("core/Triage/DeadLetters", "AwsSolutions-SQS3", ENDS_HERE_REASON),
    AcknowledgedFinding("core/Statistics/DeadLetters", "AwsSolutions-SQS3", ENDS_HERE_REASON),
    AcknowledgedFinding(
        "core/Statistics/CountRole",
        "AwsSolutions-IAM5[Resource::*]",
        "Listing streams takes no resource. Reading is allowed on the table's own stream only.",
    ),
    AcknowledgedFinding(
        "core/Triage/LinkRole",
        "AwsSolutions-IAM5[Resource::*]",
        "Listing streams takes no resource. Reading is allowed on the table's own stream only.",
    ),
    AcknowledgedFinding(
        "core/Triage/ReconcileRole",
        "AwsSolutions-IAM5[Resource::{executions}]",
        "Executions of this one state machine, whose names are known only when they are started.",
    ),
    AcknowledgedFinding(
        "core/Triage/SweepRole",
        "AwsSolutions-IAM5[Resource::*]",
        "Reading metrics takes no resource. They are numbers: here the ages of unread messages.",
    ),
    AcknowledgedFinding(
        "core/Workflow/Role",
        "AwsSolutions-IAM5[Resource::*]",
        "Delivering the log of a state machine takes no resource.",
    ),
    AcknowledgedFinding("core/Workflow/Machine", "AwsSolutions-SF1", NO_TRACES_REASON),
    AcknowledgedFinding("core/Workflow/Machine", "AwsSolutions-SF2", NO_TRACES_REASON),
    AcknowledgedFinding(
        "core/Reporters/TellRole",
        "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:"
        "identity/*]",
        "The service checks the verified domain and the address alike; a condition names the one "
        "address that may be used.",
    ),
    AcknowledgedFinding(
        "core/Reporters/TellRole",
        "AwsSolutions-IAM5[Resource::*]",
        "Local stage only: the emulator names no resource for the sending of e-mail.",
    ),
    AcknowledgedFinding("core/Uploads/Drop", "AwsSolutions-S1", NO_ADDRESSES_REASON),
    AcknowledgedFinding("core/Evidence/Vault", "AwsSolutions-S1", CIPHERTEXTS_REASON),
    AcknowledgedFinding("core/Uploads/Drop", "AwsSolutions-S10", PLAIN_LOOPBACK_REASON),
    AcknowledgedFinding("core/Evidence/Vault", "AwsSolutions-S10", PLAIN_LOOPBACK_REASON),
    AcknowledgedFinding("core/Looking/Previews", "AwsSolutions-S1", CIPHERTEXTS_REASON),
    AcknowledgedFinding("core/Looking/Previews", "AwsSolutions-S10", PLAIN_LOOPBACK_REASON),
    AcknowledgedFinding("core/Packages/Bucket", "AwsSolutions-S10", PLAIN_LOOPBACK_REASON),
    AcknowledgedFinding("core/Known/Lists", "AwsSolutions-S10", PLAIN_LOOPBACK_REASON),
    AcknowledgedFinding(
        "core/Known/Lists",
        "AwsSolutions-S1",
        "Functions read each list once in a process; a log would say nothing of what was asked.",
    ),
    *(
        AcknowledgedFinding(
            f"core/Triage/{role}",
            "AwsSolutions-IAM5[Resource::<KnownLists717F180F.Arn>/lists/*]",
            "The lists in force, named by their digest; it writes none.",
        )
        for role in ("LinkRole", "ReprocessRole")
    ),
    AcknowledgedFinding(
        "core/Intake/HandleRole",
        "AwsSolutions-IAM5[Resource::<UploadsDrop7F17EF93.Arn>/in/*]",
        "Uploads of all reports; the form of a slot names one of them.",
    ),
    AcknowledgedFinding(
        "core/Evidence/ReceiveRole",
        "AwsSolutions-IAM5[Resource::<UploadsDrop7F17EF93.Arn>/in/*]",
        "Every upload is read once, to be sealed.",
    ),
    AcknowledgedFinding(
        "core/Evidence/ReceiveRole",
        "AwsSolutions-IAM5[Resource::<EvidenceVaultF44A4025.Arn>/*]",
        "The ciphertexts of all files, in the bucket made for them. It opens none.",
    ),
    AcknowledgedFinding(
        "core/Evidence/RepairRole",
        "AwsSolutions-IAM5[Resource::<EvidenceVaultF44A4025.Arn>/*]",
        "The locks of all ciphertexts, which it prolongs; it reads and writes none.",
    ),
    AcknowledgedFinding(
        "core/Evidence/OpenRole",
        "AwsSolutions-IAM5[Resource::<EvidenceVaultF44A4025.Arn>/*]",
        "The ciphertexts of all files; which one is opened is an event of its case.",
    ),
    AcknowledgedFinding(
        "core/Evidence/OpenRole",
        "AwsSolutions-IAM5[Resource::<LookingPreviewsDDA59CC7.Arn>/*]",
        "The sealed previews of all files; which one is seen is a mark of its case.",
    ),
    AcknowledgedFinding(
        "core/Examine/HandleRole",
        "AwsSolutions-IAM5[Resource::<LookingPreviewsDDA59CC7.Arn>/*]",
        "Pages are written under names that are drawn anew. It reads none.",
    ),
    AcknowledgedFinding(
        "core/Examine/HandleRole",
        "AwsSolutions-IAM5[Resource::<UploadsDrop7F17EF93.Arn>/in/*]",
        "Every upload is looked into once; it lists none, and they expire within two days.",
    ),
    AcknowledgedFinding(
        "core/Examine/ScannerRole",
        "AwsSolutions-IAM5[Resource::<UploadsDrop7F17EF93.Arn>/in/*]",
        "Every upload is scanned once, by the service.",
    ),
    AcknowledgedFinding(
        "core/Examine/ScannerRole",
        "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:"
        "rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*]",
        "The service names its own rule; a condition binds the right to the service.",
    ),
    *(
        AcknowledgedFinding(
            f"core/{place}/HandleRole",
            f"AwsSolutions-IAM5[Resource::<PackagesBucket3210E67E.Arn>/{prefix}/*]",
            "Names of drafts and packages are digests; they expire within a day or two.",
        )
        for place in ("Desk", "Dossier")
        for prefix in ("drafts", "packages", "results")
    ),
    AcknowledgedFinding(
        "core/Packages/Bucket",
        "AwsSolutions-S1",
        "Who takes a package is an entry of its case; a log of the bucket would say less.",
    ),
    AcknowledgedFinding("core/History/Seals", "AwsSolutions-S1", SEALS_ONLY_REASON),
    AcknowledgedFinding(
        "core/Trail/Records",
        "AwsSolutions-S1",
        "It records the changes of the account; a log of its readers would need storage and "
        "readers of its own.",
    ),
    AcknowledgedFinding(
        "core/History/Seals",
        "AwsSolutions-S10",
        PLAIN_LOOPBACK_REASON,
    ),
    *(
        AcknowledgedFinding(
            f"core/History/{role}",
            f"AwsSolutions-IAM5[Resource::<HistorySeals15EE2811.Arn>/{prefix}*]",
            "The seals of all days and the files of their log, in the bucket made for them.",
        )
        for role in ("SealDayRole", "VerifyDaysRole")
        for prefix in SEALED_OBJECT_PREFIXES
    ),
    AcknowledgedFinding(
        "core/History/RehashVaultRole",
        "AwsSolutions-IAM5[Resource::<EvidenceVaultF44A4025.Arn>/*]",
        "The ciphertexts of all files, which it reads in rotation. It opens none.",
    ),
    AcknowledgedFinding(
        "core/History/RehashVaultRole",
        f"AwsSolutions-IAM5[Resource::<HistorySeals15EE2811.Arn>/{day_seal_store.SEAL_OBJECT_PREFIX}*]",
        "The heads of all days name the cases whose files are read in rotation.",
    ),
    *(
        AcknowledgedFinding(
            "core/History/StampRole",
            f"AwsSolutions-IAM5[Resource::<HistorySeals15EE2811.Arn>/{prefix}*]",
            "Every signed checkpoint is read, and gets one time stamp under its own number.",
        )
        for prefix in (
            transparency_log_store.CHECKPOINT_OBJECT_PREFIX,
            transparency_log_store.STAMP_OBJECT_PREFIX,
        )
    ),
    *(
        AcknowledgedFinding(
            "core/Intake/HandleRole",
            f"AwsSolutions-IAM5[Resource::<HistorySeals15EE2811.Arn>/{prefix}*]",
            "The proof of any report is made from the files of its day, which are read alone.",
        )
        for prefix in PROOF_OBJECT_PREFIXES
    ),
    *(
        AcknowledgedFinding(
            "core/Desk/HandleRole",
            f"AwsSolutions-IAM5[Resource::<HistorySeals15EE2811.Arn>/{prefix}*]",
            "The proof of any case in its package is made from the seal of a day and the log.",
        )
        for prefix in CASE_PROOF_OBJECT_PREFIXES
    ),
    AcknowledgedFinding("core/Api/Http", "AwsSolutions-APIG4", PUBLIC_ROUTE_REASON),
    AcknowledgedFinding("core/Api/Elsewhere", "AwsSolutions-APIG4", PUBLIC_ROUTE_REASON),
    AcknowledgedFinding(
        "core/Gradual/Role",
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
        "AWSCodeDeployRoleForLambdaLimited]",
        "The service keeps this policy as its own needs change; it moves aliases and reads alarms.",
    ),
    AcknowledgedFinding(
        "copies/Plan/Table/Role",
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
        "AWSBackupServiceRolePolicyForBackup]",
        "The service keeps this policy as its own needs change; it reads what the plan names.",
    ),
    AcknowledgedFinding("edge/Site", "AwsSolutions-S1", NO_ADDRESSES_REASON),
    AcknowledgedFinding("edge/Distribution", "AwsSolutions-CFR3", NO_ADDRESSES_REASON),
    AcknowledgedFinding(
        "edge/Distribution",
        "AwsSolutions-CFR1",
        "Reports also come from abroad: no reporter is refused for their location.",
    ),
    AcknowledgedFinding(
        "edge/Distribution",
        "AwsSolutions-CFR4",
        "Holds for the service's own domain name. A deployment brings its name and certificate.",
    ),
)


def check_nag_findings(app: cdk.App, stage: DeploymentStage) -> None:
    """Check the app during synthesis; an unjustified finding fails it."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stacks = {
        "core": stage.core_name,
        "units": stage.units_name,
        "edge": stage.edge_name,
        "second": stage.second_name,
        "copies": stage.copies_name,
    }
    of_cases = execution_arn_pattern(stage, "<AWS::Partition>", "<AWS::Region>", "<AWS::AccountId>")
    for entry in ACKNOWLEDGED_FINDINGS:
        rule = entry.rule.format(executions=of_cases)
        stack, *path = entry.place.split("/")
        construct = _found(app, [stacks[stack], *path])
        if construct is not None:
            cdk.Validations.of(construct).acknowledge(
                cdk.Acknowledgment(id=rule, reason=entry.reason)
            )


def _found(app: cdk.App, path: list[str]) -> IConstruct | None:
    """The construct at `path`; None when this stage does not have it."""
    construct: IConstruct | None = app
    for name in path:
        if construct is None:
            return None
        construct = construct.node.try_find_child(name)
    return construct
