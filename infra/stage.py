"""All differences between the laptop and the cloud. Everything else is the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from infra.deployment import LOCAL_ADDRESS, DeploymentFile, RestoredTable, read_deployment
from infra.errors import CannotSynthesise

if TYPE_CHECKING:
    from aws_cdk import RemovalPolicy

PYTHON_VERSION = "3.13"
"""The one Python version: Lambda's, the layer's wheels and the bytecode's. Debian ships it too, so
builders can make the bytecode; 3.14 starts more slowly (docs/decisions)."""


DEPLOYMENTS_FOLDER = Path(__file__).resolve().parent.parent / "deployments"
"""The folder of deployment files, one for each stage."""
EDGE_REGION = "us-east-1"
"""CloudFront takes its firewall from us-east-1 only."""


@dataclass(frozen=True)
class DeploymentStage:
    """One way to run the system."""

    name: str
    """`local`, `dev` or `prod`."""
    on_aws: bool
    """Edge, layer, MFA and the origin secret, which an emulator on a laptop cannot have."""
    keep: bool
    """Whether data outlive the stack: RETAIN and deletion protection."""
    log_days: int
    memory_mb: int
    """Memory of each function that reads no reports; CPU is proportional to it."""
    region: str | None = None
    """None: the template fits any account and region."""
    account: str | None = None
    requests_per_second: int = 200
    """Of the whole API; beyond it the gateway answers 429."""
    burst: int = 400
    counting_window: int = 300
    """Seconds for which facts wait to be counted together. Queues do not read counters, so figures
    may be minutes behind; a laptop shows them at once."""
    pack: str = "ma"
    deployment: DeploymentFile = field(default_factory=DeploymentFile)

    @property
    def edge(self) -> bool:
        """CloudFront and WAF in front, and an API that refuses requests from elsewhere."""
        return self.on_aws

    @property
    def layer(self) -> bool:
        """Dependencies as a layer. The emulator runs handlers in this machine's environment, which
        has them; an arm64 layer would hide them and fail to import."""
        return self.on_aws

    @property
    def mfa(self) -> bool:
        """Staff must have a second factor."""
        return self.on_aws

    @property
    def scanner(self) -> bool:
        """A scanner for malware that reads each upload; an emulator has none."""
        return self.on_aws

    @property
    def trail(self) -> bool:
        """Whether the stage has a trail of the account's changes."""
        return self.on_aws and self.keep and self.deployment.trail

    @property
    def gradual(self) -> bool:
        """Whether a new version first answers a part of the calls."""
        return self.on_aws and self.keep and self.deployment.gradual

    @property
    def address(self) -> str:
        """The public address; empty where it is not known yet."""
        return self.deployment.reached_at if self.on_aws else LOCAL_ADDRESS

    @property
    def empties_itself(self) -> bool:
        """Whether buckets are emptied with the stack. A bucket with objects cannot be deleted, and
        would stop `cdk destroy` of a trial. An emulator is deleted as a whole."""
        return self.on_aws and not self.keep

    @property
    def removal(self) -> RemovalPolicy:
        """What happens to data when the stack is deleted.

        A failed creation deletes what it made. Names of queues and secrets would otherwise stay
        taken and block the next try.
        """
        policy = _removal_policy()
        return policy.RETAIN_ON_UPDATE_OR_DELETE if self.keep else policy.DESTROY

    @property
    def removal_of_protected(self) -> RemovalPolicy:
        """The same for resources that refuse deletion: an attempt would make the rollback fail.

        After a failed creation these are empty and have no fixed name.
        """
        policy = _removal_policy()
        return policy.RETAIN if self.keep else policy.DESTROY

    @property
    def restored(self) -> RestoredTable | None:
        """The table that replaces the stack's own after a disaster."""
        return self.deployment.restored if self.on_aws else None

    @property
    def second_region(self) -> str | None:
        """The region of copies of keys, secrets and backups; None without copies."""
        return self.deployment.second_region if self.on_aws else None

    @property
    def second_name(self) -> str:
        """The stack in the second region."""
        return f"{self.core_name}-second"

    @property
    def copies_name(self) -> str:
        """The stack with the plan that sends copies there."""
        return f"{self.core_name}-copies"

    @property
    def core_name(self) -> str:
        """The stack with the whole way of a case."""
        return f"Casework-{self.name}"

    @property
    def units_name(self) -> str:
        """The stack with the topics and queues of units."""
        return f"{self.core_name}-units"

    @property
    def edge_name(self) -> str:
        """The stack with the public address."""
        return f"{self.core_name}-edge"

    @property
    def workflow_name(self) -> str:
        """The name of the state machine, for the permission to see its executions."""
        return f"casework-{self.name}-case"

    @property
    def origin_secret_name(self) -> str:
        """Fixed, because the edge finds its replica by name in another region."""
        return f"casework-{self.name}-origin"


def _removal_policy() -> type[RemovalPolicy]:
    """Imported late: the CDK takes seconds to start, and most programs only ask for a name."""
    from aws_cdk import RemovalPolicy

    return RemovalPolicy


STAGES_BY_NAME = {
    "local": DeploymentStage(
        name="local",
        on_aws=False,
        keep=False,
        log_days=7,
        memory_mb=512,
        requests_per_second=2000,
        burst=4000,
        counting_window=1,
    ),
    "dev": DeploymentStage(
        name="dev", on_aws=True, keep=False, log_days=14, memory_mb=512, region="eu-west-3"
    ),
    "prod": DeploymentStage(
        name="prod",
        on_aws=True,
        keep=True,
        log_days=90,
        memory_mb=512,
        region="eu-west-3",
        requests_per_second=500,
        burst=1000,
    ),
}


def stage_with_deployment(name: str, deployment: DeploymentFile) -> DeploymentStage:
    """The stage of this name with its deployment file; raises CannotSynthesise."""
    if name not in STAGES_BY_NAME:
        raise CannotSynthesise(f"STAGE is one of {', '.join(STAGES_BY_NAME)}; {name!r} is not.")
    stage = STAGES_BY_NAME[name]
    if deployment.second_region and deployment.second_region == (deployment.region or stage.region):
        raise CannotSynthesise("second_region must be another region than region.")
    requests = deployment.requests_per_second or stage.requests_per_second
    return replace(
        stage,
        requests_per_second=requests,
        burst=2 * requests,
        region=(deployment.region or stage.region) if stage.on_aws else None,
        account=deployment.account if stage.on_aws else None,
        pack=deployment.pack,
        deployment=deployment,
    )


def read_stage(name: str, folder: Path = DEPLOYMENTS_FOLDER) -> DeploymentStage:
    """The stage of this name as this country deploys it; raises CannotSynthesise."""
    return stage_with_deployment(name, read_deployment(folder / f"{name}.toml"))
