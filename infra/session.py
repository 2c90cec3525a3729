"""functions/session: staff sign in and out in a browser. It reads no table and opens no box."""

from __future__ import annotations

import json

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from casework.aws.services.settings import SessionSettings
from infra.edge_secret import EdgeSecret
from infra.function import API_TIMEOUT_SECONDS, CaseworkFunction, FunctionFactory
from infra.user_pool import UserPool


class SessionFunction(Construct):
    """One function, and the key it signs cookies with.

    The calls of the user pool that renew and revoke tokens need no permission: the holder of a
    token may make them.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        people: UserPool,
        proof: EdgeSecret,
    ) -> None:
        super().__init__(scope, name)
        stage = made_by.stage
        key = secretsmanager.Secret(
            self,
            "Key",
            description=f"casework {stage.name}: signs sessions; another value ends all of them",
            removal_policy=stage.removal,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({}),
                generate_string_key="key",
                exclude_punctuation=True,
                password_length=64,
            ),
        )
        self.function = CaseworkFunction(
            self,
            "Handle",
            made_by=made_by,
            handler="functions.session.handler.handle",
            settings=SessionSettings(
                stage=stage.name,
                browser_client_id=people.browser_client.user_pool_client_id,
                session_secret=key.secret_arn,
                address=stage.address,
                sign_in=people.sign_in,
                origin_secret=proof.arn,
            ),
            timeout=API_TIMEOUT_SECONDS,
        )
        self.function.allow(["secretsmanager:GetSecretValue"], key.secret_arn)
        proof.let_check(self.function)
