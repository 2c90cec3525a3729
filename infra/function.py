"""One deployed function with its own role, settings and log."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from casework.aws.services.settings import BaseFunctionSettings
from casework.aws.services.telemetry import METRIC_NAMESPACE
from infra.assets import AssetStage, LayerSpec, layer_specs_for
from infra.stage import PYTHON_VERSION, DeploymentStage

LAMBDA_RUNTIME = lambda_.Runtime(f"python{PYTHON_VERSION}", lambda_.RuntimeFamily.PYTHON)
RETENTION_BY_DAYS = {
    1: logs.RetentionDays.ONE_DAY,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
}


LIVE_ALIAS: Final = "live"
"""The alias of each function that the gateway calls."""
WORK_TIMEOUT_SECONDS: Final = 20
"""Default seconds of a function. That is more than one call of a service with its retries
(`casework.aws.services.clients`) may take, and more than a process needs to read lexicons and map
with its first report. After a process ends, its other reports still have their case within the
minute."""
API_TIMEOUT_SECONDS: Final = 25
"""Seconds of a function that the gateway calls. The gateway and CloudFront give up after 30."""


@dataclass(frozen=True)
class FunctionFactory:
    """The parts that every function of a stack needs."""

    stage: DeploymentStage
    staging: AssetStage
    stack: Construct
    _made: dict[str, lambda_.LayerVersion] = field(default_factory=dict)
    """Layers by their lock file, each made for the first function that has it."""

    def layers(self, part: str) -> list[lambda_.ILayerVersion]:
        """The libraries of a folder's functions beyond the runtime; none where the stage has no
        layers."""
        wanted = layer_specs_for(part) if self.stage.layer else []
        return [self._made.get(each.lock) or self._make(each) for each in wanted]

    def _make(self, libraries: LayerSpec) -> lambda_.LayerVersion:
        layer = self._made[libraries.lock] = lambda_.LayerVersion(
            self.stack,
            libraries.name,
            code=lambda_.Code.from_asset(str(self.staging.layer(libraries.lock))),
            compatible_runtimes=[LAMBDA_RUNTIME],
            compatible_architectures=[lambda_.Architecture.ARM_64],
            description=f"{libraries.said}, from {libraries.lock}",
        )
        return layer

    def code(self, part: str) -> lambda_.Code:
        """The asset of `functions/{part}`. Functions that differ in handler share it."""
        return lambda_.Code.from_asset(str(self.staging.function(part, self.stage.pack)))


def log_group(scope: Construct, name: str, stage: DeploymentStage) -> logs.LogGroup:
    """A log with an end: logs hold ids and counts, and even these are not kept for ever."""
    return logs.LogGroup(
        scope, name, retention=RETENTION_BY_DAYS[stage.log_days], removal_policy=stage.removal
    )


FULL_CORE_MB: Final = 1_769
"""The memory at which Lambda gives a function one whole virtual CPU; less memory gets a part."""
MAX_MB: Final = 3_008
"""The most that new accounts may have: 1.7 virtual CPUs."""


def _memory(stage: DeploymentStage, reads: bool, in_processes: bool) -> int:
    if in_processes:
        return MAX_MB
    return FULL_CORE_MB if reads else stage.memory_mb


class CaseworkFunction(lambda_.Function):
    """A Lambda function of the system.

    `handler` is the import path in the repository and the handler string on AWS; its first two
    words name the asset. `settings` becomes the environment. Permissions are granted where the
    function meets what it uses. It starts with the right to write its own log and no other.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        handler: str,
        settings: BaseFunctionSettings,
        timeout: int = WORK_TIMEOUT_SECONDS,
        at_most: int | None = None,
        reads: bool = False,
        in_processes: bool = False,
    ) -> None:
        """`timeout` in seconds; `at_most` reserves and caps concurrent executions; `reads` is for
        functions that read reports and need a full core in their time (docs/decisions/0024);
        `in_processes` for one that works in several processes."""
        part = handler.split(".")[1]
        role = iam.Role(
            scope,
            f"{name}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {handler} may do",
        )
        self.its_role = role
        log = log_group(scope, f"{name}Log", made_by.stage)
        log.grant_write(role)
        super().__init__(
            scope,
            name,
            runtime=LAMBDA_RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=made_by.code(part),
            handler=handler,
            role=role,
            log_group=log,
            layers=made_by.layers(part),
            memory_size=_memory(made_by.stage, reads, in_processes),
            timeout=Duration.seconds(timeout),
            reserved_concurrent_executions=at_most,
            # Traces record the caller's address (docs/security), so tracing is off.
            tracing=lambda_.Tracing.DISABLED,
            environment=settings.as_environment()
            | {"POWERTOOLS_SERVICE_NAME": part, "POWERTOOLS_METRICS_NAMESPACE": METRIC_NAMESPACE},
        )

    @cached_property
    def live(self) -> lambda_.Alias:
        """The alias that the gateway calls: the last deployed version, or the one that takes
        over."""
        return self.add_alias(LIVE_ALIAS)

    def allow(self, actions: list[str], *resources: str) -> None:
        """Allow exactly these actions on exactly these resources."""
        self.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=list(resources)))

    def on_schedule(self, missed: sqs.IQueue, within: Duration) -> targets.LambdaFunction:
        """As the target of a rule: two more tries within this time, then the dead letters."""
        return targets.LambdaFunction(
            self, dead_letter_queue=missed, retry_attempts=2, max_event_age=within
        )

    def when_called_asynchronously(self, dead_letters: sqs.IQueue) -> None:
        """Two more tries within an hour; then the call goes to the dead letters."""
        self.configure_async_invoke(
            on_failure=destinations.SqsDestination(dead_letters),
            retry_attempts=2,
            max_event_age=Duration.hours(1),
        )
