"""The public halves of the sealing keys, read once per key at deployment.

They become settings of the functions that seal, which then never call KMS (docs/decisions/0036). No
alarm is needed: a failure fails the deployment and says why.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_kms as kms
from constructs import Construct

from casework.aws.services.settings import BaseFunctionSettings
from infra.data import DataStores
from infra.function import CaseworkFunction, FunctionFactory

KEY_READ_TIMEOUT_SECONDS: Final = 150
"""Seconds for all tries to read a key and to answer, with the pauses between them."""
KEY_RESOURCE_TIMEOUT_SECONDS: Final = 2 * KEY_READ_TIMEOUT_SECONDS + 60
"""Seconds until CloudFormation takes silence for a failure: two calls of the function, with the
minute that Lambda leaves between them."""


class PublicKeys(Construct):
    """The public halves of the sealing keys, known at deployment."""

    def __init__(
        self, scope: Construct, name: str, *, made_by: FunctionFactory, data: DataStores
    ) -> None:
        super().__init__(scope, name)
        self._function = CaseworkFunction(
            self,
            "Tell",
            made_by=made_by,
            handler="functions.public_keys.handler.handle",
            settings=BaseFunctionSettings(stage=made_by.stage.name),
            timeout=KEY_READ_TIMEOUT_SECONDS,
        )
        sealing = (data.contact, data.identity, data.evidence, data.preview)
        self._function.allow(["kms:GetPublicKey"], *(key.key_arn for key in sealing))
        self.contact = self._half("Contact", data.contact)
        self.identity = self._half("Identity", data.identity)
        self.evidence = self._half("Evidence", data.evidence)
        self.preview = self._half("Preview", data.preview)

    def _half(self, name: str, key: kms.Key) -> str:
        """Each key is a resource of its own, so the half of a replaced key is read again."""
        resource = CustomResource(
            self,
            name,
            resource_type="Custom::PublicKey",
            service_token=self._function.function_arn,
            service_timeout=Duration.seconds(KEY_RESOURCE_TIMEOUT_SECONDS),
            properties={"Key": key.key_arn},
        )
        return resource.get_att_string("PublicKey")
