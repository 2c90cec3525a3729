"""Clients for one endpoint: the emulator's, or AWS itself without one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_sts import STSClient

LOCAL_REGION = "us-east-1"
EMULATOR_KEY = "test"
"""Id and secret of the emulator's own key pair; useless elsewhere."""
CLIENT_TIMEOUT_SECONDS = 900
"""The longest time of a function: its call is answered when it ends, and a client that gives up
earlier calls it a second time."""


class AwsClients:
    """One client of each service, made on first use.

    `endpoint` is the emulator's address. None means AWS, with the shell's own credentials, in
    `region`: the region of the stage and not of the shell.
    """

    def __init__(
        self,
        endpoint: str | None,
        *,
        region: str | None = None,
    ) -> None:
        self.endpoint = endpoint
        if endpoint:
            self._session = boto3.Session(
                aws_access_key_id=EMULATOR_KEY,
                aws_secret_access_key=EMULATOR_KEY,
                region_name=LOCAL_REGION,
            )
        else:
            self._session = boto3.Session(region_name=region)

    def client(self, service: str) -> Any:
        """A client of a service without a property below."""
        # The emulator does not verify presigned URLs in boto3's default style.
        version = "s3v4" if service == "s3" else None
        config = Config(
            signature_version=version, max_pool_connections=64, read_timeout=CLIENT_TIMEOUT_SECONDS
        )
        make = cast(Callable[..., Any], self._session.client)
        return make(service, endpoint_url=self.endpoint, config=config)

    @cached_property
    def account(self) -> str:
        return self.sts.get_caller_identity()["Account"]

    @property
    def region(self) -> str:
        return self._session.region_name or os.environ.get("AWS_REGION", LOCAL_REGION)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that give other clients the same services."""
        where = {"AWS_DEFAULT_REGION": self.region, "AWS_REGION": self.region}
        found = self._session.get_credentials() if self.endpoint else None
        if self.endpoint is None or found is None:
            return where
        return {
            **where,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": str(found.access_key),
            "AWS_SECRET_ACCESS_KEY": str(found.secret_key),
        }

    def fill_in(self, name: str) -> str:
        """`name` with the placeholders of an environment-agnostic template replaced."""
        values: Mapping[str, str] = {
            "${AWS::AccountId}": self.account,
            "${AWS::Region}": self.region,
            "${AWS::Partition}": "aws",
        }
        for placeholder, value in values.items():
            name = name.replace(placeholder, value)
        return name

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        return cast("CloudFormationClient", self.client("cloudformation"))

    @cached_property
    def cognito(self) -> CognitoIdentityProviderClient:
        return cast("CognitoIdentityProviderClient", self.client("cognito-idp"))

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return cast("DynamoDBClient", self.client("dynamodb"))

    @cached_property
    def kms(self) -> KMSClient:
        return cast("KMSClient", self.client("kms"))

    @cached_property
    def functions(self) -> LambdaClient:
        return cast("LambdaClient", self.client("lambda"))

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        return cast("CloudWatchLogsClient", self.client("logs"))

    @cached_property
    def s3(self) -> S3Client:
        return cast("S3Client", self.client("s3"))

    @cached_property
    def secrets(self) -> SecretsManagerClient:
        return cast("SecretsManagerClient", self.client("secretsmanager"))

    @cached_property
    def sns(self) -> SNSClient:
        return cast("SNSClient", self.client("sns"))

    @cached_property
    def sqs(self) -> SQSClient:
        return cast("SQSClient", self.client("sqs"))

    @cached_property
    def stepfunctions(self) -> SFNClient:
        return cast("SFNClient", self.client("stepfunctions"))

    @cached_property
    def sts(self) -> STSClient:
        return cast("STSClient", self.client("sts"))
