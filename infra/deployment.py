"""The deployment file: region, account, addresses to notify.

A deployment may have `deployments/{stage}.toml`. All fields are optional:

    region = "eu-west-3"            # where the cases are kept; the law decides it
    second_region = "eu-south-1"    # copies of keys, secrets and backups; ask the law first
    account = "123456789012"
    domain = "signaler.example.org"     # its DNS points at the edge's `EdgeDomain` of the outputs
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/…"    # of that domain
    address = "https://d1….cloudfront.net"    # without a domain: the edge's `PublicUrl`, for staff
    distribution = "E2QWRUHAPOMQZL"     # the edge's `EdgeDistribution` output, once deployed
    pack = "ma"
    warm_writes = 12000             # write units a second from the first one on: docs/scale.md
    warm_reads = 12000              # read units; neither can be lowered again
    requests_per_second = 2500      # of the whole API, with bursts of twice as many
    intake_concurrency = 200        # the most reports that are accepted at one moment
    monthly_budget = 400            # US dollars of the whole account; mails go to alarms.emails
    work_floor = 50000              # hashes for each report, also in calm: docs/operations.md
    origin_version = "3f0c…"        # of the origin secret, once replaced: docs/operations.md
    trail = false                   # the account already has a trail of its management events
    gradual = false                 # a new version answers all calls at once: docs/operations.md

    [operator]                      # the authority that runs the service
    name = "Direction générale de…"
    contact = "service@example.org"
    privacy = "data-protection@example.org"     # for questions about personal data
    source = "https://code.example.org/iblagh"  # the source code of what runs; optional

    [restored]                      # after a disaster: docs/operations.md, Restore
    table = "Casework-prod-restored"
    stream = "arn:aws:dynamodb:…:table/Casework-prod-restored/stream/…"

    [alarms]
    emails = ["operations@example.org"]
    urls = ["https://pager.example.org/hook"]

    [reporters]                     # reporters with a contact are notified that there is news
    sender = "nouvelles@example.org"    # verified in SES; without it no e-mail is sent
    short_messages = true           # to reporters who left only a telephone
    short_messages_to = ["212"]     # calling codes; by default the jurisdiction's alone

    [units.pj-06-141]               # beside the unit's queue, which every unit has
    emails = ["duty@example.org"]
    urls = ["https://unit.example.org/cases"]
    reads_queue = false             # it works at the desk alone: no alarm for an unread queue

    [timestamps]                    # an authority that stamps the log of days (RFC 3161); optional
    url = "https://tsa.example.org/"
    certificate = '''-----BEGIN CERTIFICATE-----…'''     # its root, which a court must trust

    [units.witnesses]               # outside of this account: the digest of each day's seal
    emails = ["greffe@court.example"]

`duty` and `supervision` count as units, and so do `witnesses`, who receive digests and no case.
`infra.readiness` lists what a deployment for real people requires. The file holds addresses of
people, so it is kept out of the repository.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from infra.errors import DeploymentNotValid

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
LOCAL_SENDER = "nouvelles@casework.example"
"""The sender on a laptop, where nothing leaves the machine."""
LOCAL_ADDRESS = "http://127.0.0.1:8080"
"""The address of a laptop. Its port is chosen at the start; `local.origin` corrects it."""

SecureUrl = Annotated[str, Field(pattern=r"^https://[^\s]+$", max_length=2000)]


CERTIFICATE_PATTERN = r"^arn:aws:acm:us-east-1:\d{12}:certificate/[0-9a-f-]{36}$"
"""CloudFront takes certificates from us-east-1 only."""


class Endpoints(BaseModel):
    """Addresses beside a queue. HTTPS only, because notifications name cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    emails: tuple[Email, ...] = ()
    urls: tuple[SecureUrl, ...] = ()


class UnitEndpoints(Endpoints):
    """The addresses of a unit, which always has a queue."""

    reads_queue: bool = True
    """Whether a program of the unit reads its queue."""


class ReporterChannels(BaseModel):
    """How reporters who left a contact are notified of news."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sender: Email | None = None
    short_messages: bool = False
    short_messages_to: tuple[Annotated[str, Field(pattern=r"^[1-9]\d{0,2}$")], ...] = ()
    """Calling codes; by default the jurisdiction's alone."""


class Operator(BaseModel):
    """The authority that runs the service; not a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    contact: Email | None = None
    privacy: Email | None = None
    """The address for questions about personal data."""
    source: SecureUrl | None = None
    """Where the source code of what runs can be read."""


class Timestamps(BaseModel):
    """A time-stamping authority (RFC 3161), outside of the account and of the operator's hands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(pattern=r"^https?://[^\s@]+$", max_length=300)]
    """Authorities often answer without TLS. What is sent is public, and the answer is signed."""
    certificate: Annotated[str, Field(max_length=3_000)]
    """X.509 in PEM: the root to which the chain of its tokens leads. A function's environment takes
    4 KB in all."""

    @model_validator(mode="after")
    def _the_certificate_can_be_read(self) -> Self:
        x509.load_pem_x509_certificate(self.certificate.encode())
        return self

    @property
    def root(self) -> str:
        """The certificate as base64 of its DER, in one line."""
        read = x509.load_pem_x509_certificate(self.certificate.encode())
        return base64.b64encode(read.public_bytes(Encoding.DER)).decode()


class RestoredTable(BaseModel):
    """A table restored from a backup, which replaces the stack's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
    stream: Annotated[str, Field(pattern=r"^arn:aws:dynamodb:[^:]+:\d{12}:table/[^/]+/stream/.+$")]
    """ARN of its own stream, which an administrator turned on."""

    @model_validator(mode="after")
    def _the_stream_is_its_own(self) -> Self:
        if f":table/{self.table}/stream/" not in self.stream:
            raise ValueError("stream is that of table")
        return self


class DeploymentFile(BaseModel):
    """The file as values; see the module for each field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] | None = None
    account: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    second_region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] | None = None
    """None: nothing leaves the region. Moroccan law 05-20 keeps sensitive data of entities of vital
    importance on the national territory."""
    domain: (
        Annotated[
            str, Field(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$", max_length=253)
        ]
        | None
    ) = None
    """Without a domain the edge has the name that CloudFront gives it, which accepts old TLS."""
    certificate: Annotated[str, Field(pattern=CERTIFICATE_PATTERN)] | None = None
    """ARN of the domain's certificate."""
    address: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+$", max_length=200)] | None = None
    """The address of a service without a domain, known after the edge was deployed. The sign-in
    page sends staff back there."""
    distribution: Annotated[str, Field(pattern=r"^E[A-Z0-9]{6,30}$")] | None = None
    """The id of the edge's distribution, known after it was deployed: the public files of the log
    are then read through it alone. Until then any distribution of the account may read them."""
    pack: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")] = "ma"
    warm_writes: Annotated[int, Field(ge=4_000)] | None = None
    """A new table takes 4,000 write units a second and 12,000 read units, and grows while it is
    busy. AWS charges once for what is more, and nothing of it can be taken back."""
    warm_reads: Annotated[int, Field(ge=12_000)] | None = None
    requests_per_second: Annotated[int, Field(ge=1)] | None = None
    """Of the whole API; beyond it the gateway answers 429."""
    intake_concurrency: Annotated[int, Field(ge=1)] | None = None
    monthly_budget: Annotated[int, Field(ge=1)] | None = None
    """US dollars; without a budget no mail about costs is sent."""
    work_floor: Annotated[int, Field(ge=0, le=400_000)] = 0
    origin_version: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{32,64}$")] | None = None
    trail: bool = True
    gradual: bool = True
    restored: RestoredTable | None = None
    operator: Operator = Operator()
    alarms: Endpoints = Endpoints()
    reporters: ReporterChannels = ReporterChannels()
    timestamps: Timestamps | None = None
    """None: no authority is asked, and the log of days has no time stamps."""
    units: Mapping[str, UnitEndpoints] = Field(default_factory=dict)

    @property
    def without_queue(self) -> list[str]:
        """The ids of the units and desks that use no queue."""
        return sorted(each for each, of in self.units.items() if not of.reads_queue)

    @model_validator(mode="after")
    def _a_domain_has_its_certificate(self) -> Self:
        if (self.domain is None) != (self.certificate is None):
            raise ValueError("domain and certificate come together")
        return self

    @model_validator(mode="after")
    def _a_budget_is_told_to_somebody(self) -> Self:
        if self.monthly_budget and not 1 <= len(self.alarms.emails) <= 10:
            raise ValueError("monthly_budget is told to alarms.emails: name one to ten addresses")
        return self

    @model_validator(mode="after")
    def _there_is_one_address(self) -> Self:
        if self.domain and self.address:
            raise ValueError("address is for a deployment without a domain")
        return self

    @property
    def reached_at(self) -> str:
        """The public address; empty where it is not known yet."""
        return f"https://{self.domain}" if self.domain else self.address or ""


def read_deployment(path: Path) -> DeploymentFile:
    """The deployment's file, or the defaults when there is none; raises DeploymentNotValid."""
    if not path.exists():
        return DeploymentFile()
    try:
        return DeploymentFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise DeploymentNotValid(f"{path.name}: not TOML: {error}") from error
    except ValidationError as error:
        findings = "; ".join(
            f"{'.'.join(str(part) for part in entry['loc'])}: {entry['msg']}"
            for entry in error.errors(include_input=False, include_url=False)
        )
        raise DeploymentNotValid(f"{path.name}: {findings}") from error
