"""Who staff are: a Cognito pool. What they may do is in the table, so that it changes at once."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.stage import Stage


class People(Construct):
    """Accounts are made by administrators; nobody signs up."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            account_recovery=cognito.AccountRecovery.NONE,  # an administrator, in person
            mfa=cognito.Mfa.REQUIRED if stage.mfa else cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(
                min_length=14,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
                temp_password_validity=Duration.days(1),
            ),
            deletion_protection=stage.keep,
            removal_policy=stage.removal_of_protected,
        )
        self.client = self.pool.add_client(
            "Desk",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            disable_o_auth=True,
            generate_secret=False,  # a program on a desk keeps no secret
            access_token_validity=Duration.minutes(15),
            id_token_validity=Duration.minutes(15),
            refresh_token_validity=Duration.hours(10),  # one shift
            auth_session_validity=Duration.minutes(5),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
        self.issuer = f"https://cognito-idp.{Aws.REGION}.amazonaws.com/{self.pool.user_pool_id}"
