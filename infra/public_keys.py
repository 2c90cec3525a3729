"""The public halves of the sealing keys, read once for each key while the stack is deployed.

They become settings of the functions that seal, which then ask KMS for nothing
(docs/decisions/0036). It needs no alarm: where it fails, the deployment fails and says why.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_kms as kms
from constructs import Construct

from casework.aws.services.settings import Settings
from infra.data import Data
from infra.function import Function, Workshop

TO_READ: Final = 150
"""Seconds for every try to read a key and every try to say so, with the pauses between them."""
TO_HEAR: Final = 2 * TO_READ + 60
"""Seconds until CloudFormation takes silence for a failure: two calls of the function, with the
minute that Lambda leaves between them."""


class PublicKeys(Construct):
    """What the two keys are sealed to with: `contact` and `identity`, known when deployed."""

    def __init__(self, scope: Construct, name: str, *, made_by: Workshop, data: Data) -> None:
        super().__init__(scope, name)
        self._function = Function(
            self,
            "Tell",
            made_by=made_by,
            handler="functions.public_keys.handler.handle",
            settings=Settings(stage=made_by.stage.name),
            timeout=TO_READ,
        )
        self._function.may(["kms:GetPublicKey"], data.contact.key_arn, data.identity.key_arn)
        self.contact = self._half("Contact", data.contact)
        self.identity = self._half("Identity", data.identity)

    def _half(self, name: str, key: kms.Key) -> str:
        """Another key is another resource: a replaced one is read anew."""
        told = CustomResource(
            self,
            name,
            resource_type="Custom::PublicKey",
            service_token=self._function.function_arn,
            service_timeout=Duration.seconds(TO_HEAR),
            properties={"Key": key.key_arn},
        )
        return told.get_att_string("PublicKey")
