"""What each function must be told: written by `infra`, read by the function.

Infra passes an instance, whose values may be deploy-time tokens, and the function reads the same
class from its environment: a renamed field fails at synth and in the type checker, not at night.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from casework.aws.services import public_keys, sign_in

DEPLOYED: Final = "deployed"
"""What a validator finds in its context where values are those of a deployment and no tokens."""


class Settings(BaseModel):
    """Base of all settings. Environment names are the field names in upper case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str
    """Stage name: `local`, `dev` or `prod`."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The settings of this function; raises ValidationError naming what is missing or wrong."""
        present = {
            name: environment[name.upper()]
            for name in cls.model_fields
            if name.upper() in environment
        }
        return cls.model_validate(present, context=DEPLOYED)

    def as_environment(self) -> dict[str, str]:
        """The same settings as environment variables."""
        return {name.upper(): str(value) for name, value in self.model_dump().items()}


class TableSettings(Settings):
    """A function that reads or writes the table."""

    case_table: str
    """Name of the DynamoDB table that holds everything."""


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
    trial_secret: str
    """ARN of the secret by which whoever deploys marks a report as a trial."""
    contact_key: str
    """ARN of the KMS key that opens `contact` boxes."""
    contact_public_key: str
    """Its public half, which seals them, as `casework.aws.services.public_keys` writes it."""
    identity_key: str
    """ARN of the KMS key that opens `identity` boxes."""
    identity_public_key: str
    """Its public half, which seals them, as `casework.aws.services.public_keys` writes it."""
    origin_secret: str = ""
    """ARN of the secret the public edge adds to each request; empty where there is no edge."""
    work_floor: int = 0
    """Hashes asked of each report even in calm; people who run the service may raise it."""

    @field_validator("contact_public_key", "identity_public_key")
    @classmethod
    def _is_a_key(cls, told: str, info: ValidationInfo) -> str:
        if info.context == DEPLOYED:
            public_keys.rsa(told)
        return told


class LinkSettings(PackSettings):
    """functions/triage: the stream consumer that links reports to cases."""

    workflow: str
    """ARN of the Step Functions state machine."""
    topic: str
    """ARN of the SNS topic units listen to."""
    selector_secret: str
    """ARN of the secret with the key that marks identifiers."""
    own_secret: str
    """ARN of the secret with the key that marks the reporter's own phone and e-mail."""


class StepSettings(PackSettings):
    """One Task state of the workflow that reads and writes the case."""


class TellSettings(PackSettings):
    """One Task state of the workflow that also tells somebody."""

    topic: str
    """ARN of the SNS topic units listen to."""


class ReconcileSettings(LinkSettings):
    """functions/triage: the scheduled reconciler."""


class SweepSettings(PackSettings):
    """functions/triage: the scheduled sweeper of deadlines."""

    workflow: str
    """ARN of the Step Functions state machine."""
    topic: str
    """ARN of the SNS topic supervisors listen to."""


class CountSettings(PackSettings):
    """functions/statistics: the stream consumer that counts."""


class BilanSettings(PackSettings):
    """functions/statistics: the public bilan."""

    origin_secret: str = ""
    """ARN of the secret the public edge adds to each request; empty where there is no edge."""


class StaffSettings(PackSettings):
    """A function that staff call."""

    client_id: str
    """The Cognito app client of programs."""
    browser_client_id: str
    """The Cognito app client of the desk in a browser."""

    @property
    def clients(self) -> Mapping[str, str]:
        """The app clients whose access tokens are taken, each with the scope a token must have."""
        return {
            self.client_id: sign_in.OF_PROGRAMS,
            self.browser_client_id: sign_in.SCOPE,
        }


class DeskSettings(StaffSettings):
    """functions/desk: the API of staff."""

    workflow: str
    """ARN of the Step Functions state machine: a case that goes again gets its next run."""
    origin_secret: str = ""
    """ARN of the secret the public edge adds to each request; empty where there is no edge."""


class CustodySettings(StaffSettings):
    """functions/custody: opens released identities."""

    identity_key: str
    """ARN of the KMS key that opens identity boxes."""
    origin_secret: str = ""
    """ARN of the secret the public edge adds to each request; empty where there is no edge."""


class NoticeSettings(PackSettings):
    """functions/notify: tells reporters who left a contact that there is news."""

    queue: str
    """URL of the queue the news comes from; what is left of a large case goes back into it."""
    contact_key: str
    """ARN of the KMS key that opens contact boxes."""
    sender: str = ""
    """Address that e-mail is sent from, verified in SES; empty where none is sent."""
    short_messages: str = "off"
    """`on` where short messages are sent to reporters who left a telephone only."""
    short_messages_to: str = ""
    """Calling codes of the countries they are sent to, apart by spaces; the jurisdiction's alone
    where empty."""


class SessionSettings(Settings):
    """functions/session: signs staff in and out of the desk in a browser. It has no table."""

    browser_client_id: str
    """The Cognito app client of the desk in a browser."""
    session_secret: str
    """ARN of the secret with the key that signs what cookies hold."""
    address: str
    """The public address of the desk, as `https://desk.example.org`; empty where a deployment has
    not told it, and nobody can sign in by a browser."""
    sign_in: str = ""
    """The address of managed login; empty on a laptop, where it is the desk's own."""
    origin_secret: str = ""
    """ARN of the secret the public edge adds to each request; empty where there is no edge."""


class SealSettings(TableSettings):
    """A function of functions/history: signs heads of chains, or verifies what was signed."""

    signing_key: str
    """ARN of the asymmetric KMS key (ECC_NIST_P256) that signs."""
    bucket: str
    """Name of the Object-Lock bucket that keeps what was signed."""


class SealDaySettings(SealSettings):
    """functions/history/seal_day: signs, and has witnesses told of what it signed."""

    topic: str
    """ARN of the topic that witnesses hear of."""
