"""The settings of each function: written by `infra`, read by the function.

Infra passes an instance, whose values may be deploy-time tokens, and the function reads the same
class from its environment. A renamed field therefore fails at synthesis and in the type checker.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from casework.aws.services import public_keys, sign_in

DEPLOYED_CONTEXT: Final = "deployed"
"""In a validator's context: the values are real ones and no deploy-time tokens."""


class BaseFunctionSettings(BaseModel):
    """Base of all settings. Environment names are the field names in upper case."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    stage: str
    """Stage name: `local`, `dev` or `prod`."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The settings of this function; raises ValidationError with the missing or wrong
        fields."""
        present = {
            name: environment[name.upper()]
            for name in cls.model_fields
            if name.upper() in environment
        }
        return cls.model_validate(present, context=DEPLOYED_CONTEXT)

    def as_environment(self) -> dict[str, str]:
        """The same settings as environment variables."""
        return {name.upper(): str(value) for name, value in self.model_dump().items()}


class TableSettings(BaseFunctionSettings):
    """A function that reads or writes the table."""

    case_table: str
    """Name of the DynamoDB table."""


class PackSettings(TableSettings):
    """A function that reads the jurisdiction pack."""

    pack: str
    """Folder name of the jurisdiction pack under `jurisdictions/`."""


class IntakeSettings(PackSettings):
    """functions/intake: may put and read report items, seal boxes, open none."""

    address_secret: str
    """ARN of the secret with the permanent address key."""
    pepper_secret: str
    """ARN of the secret with the versioned peppers."""
    own_secret: str
    """ARN of the secret with the key that marks the reporter's own phone and e-mail."""
    digest_secret: str
    """ARN of the secret with the key that seals digests of files and pictures."""
    trial_secret: str
    """ARN of the secret with which the deployer marks a report as a trial."""
    contact_key: str
    """ARN of the KMS key that opens `contact` boxes."""
    contact_public_key: str
    """Its public half, which seals them, as `casework.aws.services.public_keys` writes it."""
    identity_key: str
    """ARN of the KMS key that opens `identity` boxes."""
    identity_public_key: str
    """Its public half, which seals them, as `casework.aws.services.public_keys` writes it."""
    drop: str
    """Name of the bucket that takes the files of reporters."""
    drop_key: str
    """ARN of the KMS key that encrypts it at rest."""
    origin_secret: str = ""
    """ARN of the secret that the public edge adds to each request; empty without an edge."""
    work_floor: int = 0
    """Hashes required of each report also without a flood; the operator may raise it."""
    address: str = ""
    """The public address of the portal; empty where it is not known yet."""
    operator: str = ""
    """The authority that runs the service; empty in a demonstration, which says so on each page."""
    seals: str = ""
    """Name of the bucket of seals, for proofs; without it no report can be proved."""

    @field_validator("contact_public_key", "identity_public_key")
    @classmethod
    def _is_a_key(cls, told: str, info: ValidationInfo) -> str:
        if info.context == DEPLOYED_CONTEXT:
            public_keys.parse_rsa_key(told)
        return told


class EvidenceSettings(TableSettings):
    """A function of functions/evidence: seals what reporters upload."""

    drop: str
    """Name of the bucket that takes the files of reporters."""


class ReceiveSettings(EvidenceSettings):
    """functions/evidence/receive: reads an upload, seals it and stores the ciphertext."""

    vault: str
    """Name of the bucket of ciphertexts, with Object Lock."""
    evidence_key: str
    """ARN of the KMS key that opens files."""
    evidence_public_key: str
    """Its public half, which seals them, as `casework.aws.services.public_keys` writes it."""
    digest_secret: str
    """ARN of the secret with the key that seals digests of files and pictures."""
    examiner: str
    """URL of the queue of the examiner."""
    scanner: str = "off"
    """`on` where a scanner for malware reads each upload."""

    @field_validator("evidence_public_key")
    @classmethod
    def _is_a_key(cls, told: str, info: ValidationInfo) -> str:
        if info.context == DEPLOYED_CONTEXT:
            public_keys.parse_rsa_key(told)
        return told


class ExamineSettings(BaseFunctionSettings):
    """functions/examine: looks into uploads. It has no table and no key that opens."""

    drop: str
    """Name of the bucket that takes the files of reporters."""
    previews: str
    """Name of the bucket of sealed previews."""
    preview_key: str
    """ARN of the KMS key that opens previews."""
    preview_public_key: str
    """Its public half, which seals them, as `casework.aws.services.public_keys` writes it."""
    results: str
    """URL of the queue of the receiver, which stores results."""

    @field_validator("preview_public_key")
    @classmethod
    def _is_a_key(cls, told: str, info: ValidationInfo) -> str:
        if info.context == DEPLOYED_CONTEXT:
            public_keys.parse_rsa_key(told)
        return told


class RepairSettings(EvidenceSettings):
    """functions/evidence/repair: finds files that got stuck, and renews locks."""

    vault: str
    """Name of the bucket of ciphertexts, with Object Lock."""
    locks: str = "off"
    """`on` where their locks are renewed: in stages whose data outlive the stack."""

    queue: str
    """URL of the queue of uploads."""


class LinkSettings(PackSettings):
    """functions/triage: the stream consumer that links reports to cases."""

    workflow: str
    """ARN of the Step Functions state machine."""
    topic: str
    """ARN of the SNS topic of the units."""
    selector_secret: str
    """ARN of the secret with the key that marks identifiers."""
    own_secret: str
    """ARN of the secret with the key that marks the reporter's own phone and e-mail."""
    digest_secret: str
    """ARN of the secret with the key that seals digests of files and pictures."""
    lists: str = ""
    """Name of the bucket with the lists of known material; empty for a function that asks none."""


class ReporterUpdateSettings(PackSettings):
    """One Task state of the workflow."""

    topic: str
    """ARN of the SNS topic of the units."""


class ReferralSettings(ReporterUpdateSettings):
    """functions/notify: the Task state that brings a case to its unit."""

    desk: str = ""
    """The address of the page of staff; empty where the deployment does not know it yet."""


class ReconcileSettings(LinkSettings):
    """functions/triage: the scheduled reconciler."""


class SweepSettings(PackSettings):
    """functions/triage: the scheduled sweeper of deadlines."""

    workflow: str
    """ARN of the Step Functions state machine."""
    topic: str
    """ARN of the SNS topic of the supervisors."""
    without_queue: str = ""
    """Units and desks that use no queue, which the deployment says: their ids, between spaces."""


class StatisticsCountSettings(PackSettings):
    """functions/statistics: the stream consumer that counts."""


class StatisticsReadSettings(PackSettings):
    """functions/statistics: the public bilan."""

    origin_secret: str = ""
    """ARN of the secret that the public edge adds to each request; empty without an edge."""


class StaffSettings(PackSettings):
    """A function that staff call."""

    client_id: str
    """The Cognito app client of programs."""
    browser_client_id: str
    """The Cognito app client of the desk in a browser."""

    @property
    def clients(self) -> Mapping[str, str]:
        """The app clients whose access tokens are accepted, each with the required scope."""
        return {
            self.client_id: sign_in.PROGRAM_SCOPE,
            self.browser_client_id: sign_in.DESK_WORK_SCOPE,
        }


class DeskSettings(StaffSettings):
    """functions/desk: the API of staff."""

    workflow: str
    """ARN of the Step Functions state machine, for the next run of a retried case."""
    selector_secret: str
    """ARN of the secret with the key that marks identifiers, to find cases by them."""
    digest_secret: str
    """ARN of the secret with the key that seals digests of files and pictures."""
    packages: str
    """Name of the bucket of dossier packages."""
    packing: str
    """URL of the queue of the function that builds them."""
    seals: str = ""
    """Name of the bucket of seals, for the proofs of packages; without it they have none."""
    origin_secret: str = ""
    """ARN of the secret that the public edge adds to each request; empty without an edge."""


class DossierSettings(BaseFunctionSettings):
    """functions/dossier: sets and signs packages. It has no table."""

    pack: str
    """Folder name of the jurisdiction pack under `jurisdictions/`."""
    packages: str
    """Name of the bucket of packages."""
    dossier_key: str
    """ARN of the asymmetric KMS key (ECC_NIST_P256) that signs manifests."""


class CustodySettings(StaffSettings):
    """functions/custody: opens released identities."""

    identity_key: str
    """ARN of the KMS key that opens identity boxes."""
    own_secret: str
    """ARN of the key of reporters' own contacts."""
    origin_secret: str = ""
    """ARN of the secret that the public edge adds to each request; empty without an edge."""


class OpeningSettings(StaffSettings):
    """functions/evidence/opening: gives the key of a file to a person with a motive."""

    vault: str
    """Name of the bucket of ciphertexts."""
    evidence_key: str
    """ARN of the KMS key that opens files."""
    previews: str
    """Name of the bucket of sealed previews."""
    preview_key: str
    """ARN of the KMS key that opens previews."""
    digest_secret: str
    """ARN of the secret with the key that seals digests of files and pictures."""
    origin_secret: str = ""
    """ARN of the secret that the public edge adds to each request; empty without an edge."""


class NoticeSettings(PackSettings):
    """functions/notify: notifies reporters who left a contact that there is news."""

    queue: str
    """URL of the queue of news; the rest of a large case goes back into it."""
    contact_key: str
    """ARN of the KMS key that opens contact boxes."""
    sender: str = ""
    """Address of the sender of e-mail, verified in SES; empty where no e-mail is sent."""
    short_messages: str = "off"
    """`on` where short messages are sent to reporters who left only a telephone."""
    short_messages_to: str = ""
    """Calling codes of the allowed countries, separated by spaces; the jurisdiction's alone where
    empty."""


class SessionSettings(BaseFunctionSettings):
    """functions/session: signs staff in and out of the desk in a browser. It has no table."""

    browser_client_id: str
    """The Cognito app client of the desk in a browser."""
    session_secret: str
    """ARN of the secret with the key that signs what cookies hold."""
    address: str
    """The public address of the desk, such as `https://desk.example.org`. It is empty where the
    deployment names none, and browsers cannot sign in there."""
    sign_in: str = ""
    """The address of managed login; empty on a laptop, where it is the desk's own."""
    origin_secret: str = ""
    """ARN of the secret that the public edge adds to each request; empty without an edge."""


class SealSettings(TableSettings):
    """A function of functions/history: signs heads of chains, or verifies them."""

    signing_key: str
    """ARN of the asymmetric KMS key (ECC_NIST_P256) that signs."""
    log_key: str
    """ARN of the asymmetric KMS key (ECC_NIST_EDWARDS25519) that signs the log of days."""
    bucket: str
    """Name of the Object-Lock bucket of the seals."""
    in_processes: bool = False
    """Whether cases are read in several processes; not where the table is in this one."""


class RehashSettings(TableSettings):
    """functions/history/rehash_vault: reads the vault in rotation. It opens and signs nothing."""

    bucket: str
    """Name of the Object-Lock bucket of the seals."""
    vault: str
    """Name of the Object-Lock bucket of ciphertexts."""


class StampSettings(BaseFunctionSettings):
    """functions/stamps: has the checkpoints of the log of days stamped. It signs nothing."""

    bucket: str
    """Name of the Object-Lock bucket of the seals."""
    authority: str
    """URL of a time-stamping authority (RFC 3161)."""
    certificate: str
    """Base64 of the X.509 certificate (DER) to which the chain of its tokens leads."""


class SealDaySettings(SealSettings):
    """functions/history/seal_day: signs, and notifies the witnesses."""

    topic: str
    """ARN of the topic of the witnesses."""
    dossier_key: str
    """ARN of the asymmetric KMS key that signs dossiers, whose public half is published."""
    log_origin: str
    """The name of a log that begins now; a log keeps the name it began with."""
    pack: str
    """The jurisdiction, whose figures are published."""
