"""Who staff are: a Cognito pool. What they may do is in the table, so that it changes at once."""

from __future__ import annotations

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from casework.aws.services import sign_in
from casework.credentials.session import LONGEST_SECONDS
from infra.stage import Stage

ACCESS_MINUTES = 15
"""How long a token that somebody copied is good; a person who was disabled is refused at once."""
GRACE_SECONDS = 10
"""How long a refresh token that was used can be used again: by another tab at the same moment."""
INVITATION_DAYS = 1

PASSKEY_IS_ENOUGH = "MULTI_FACTOR_WITH_USER_VERIFICATION"
"""A passkey that asks for finger, face or PIN is two factors: required with `WEB_AUTHN` where a
second factor is required (AWS::Cognito::UserPool, WebAuthnFactorConfiguration)."""


class People(Construct):
    """Accounts are made by administrators; nobody signs up."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        prefix = f"casework-{stage.name}-{_own_part()}"
        domain = f"{prefix}.auth.{Aws.REGION}.amazoncognito.com"
        self.pool = cognito.UserPool(
            self,
            "Pool",
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            sign_in_policy=cognito.SignInPolicy(
                allowed_first_auth_factors=cognito.AllowedFirstAuthFactors(
                    password=True, passkey=True
                )
            ),
            passkey_relying_party_id=domain,
            passkey_user_verification=cognito.PasskeyUserVerification.REQUIRED,
            account_recovery=cognito.AccountRecovery.NONE,  # an administrator, in person
            mfa=cognito.Mfa.REQUIRED if stage.mfa else cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(
                min_length=14,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
                temp_password_validity=Duration.days(INVITATION_DAYS),
            ),
            user_invitation=cognito.UserInvitationConfig(
                email_subject="e-Iblagh: your account / votre compte",
                email_body=_invitation(stage),
            ),
            deletion_protection=stage.keep,
            removal_policy=stage.removal_of_protected,
        )
        resource = self.pool.node.default_child
        if not isinstance(resource, cognito.CfnUserPool):
            raise TypeError("a user pool is made of one CfnUserPool")
        resource.web_authn_factor_configuration = PASSKEY_IS_ENOUGH
        self.client = self._of_programs()
        self.browser_client = self._of_browsers(stage)
        self.pool.add_domain(
            "SignIn",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix),
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )
        if stage.on_aws:
            # Managed login shows no page of a client that has no style; the emulator knows none.
            cognito.CfnManagedLoginBranding(
                self,
                "Style",
                user_pool_id=self.pool.user_pool_id,
                client_id=self.browser_client.user_pool_client_id,
                use_cognito_provided_values=True,
            )
        self.sign_in = f"https://{domain}" if stage.on_aws else ""
        """The address of managed login; on a laptop it is the desk's own."""
        self.issuer = f"https://cognito-idp.{Aws.REGION}.amazonaws.com/{self.pool.user_pool_id}"

    def _of_programs(self) -> cognito.UserPoolClient:
        """Programs answer the pool's challenges themselves and send the token they get."""
        return self.pool.add_client(
            "Desk",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            disable_o_auth=True,
            generate_secret=False,  # a program on a desk keeps no secret
            access_token_validity=Duration.minutes(ACCESS_MINUTES),
            id_token_validity=Duration.minutes(ACCESS_MINUTES),
            refresh_token_validity=Duration.seconds(LONGEST_SECONDS),
            auth_session_validity=Duration.minutes(5),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )

    def _of_browsers(self, stage: Stage) -> cognito.UserPoolClient:
        """Browsers go to managed login. Their tokens are good for the desk alone: not for the
        pool's own API, by which a token with its scope changes factors."""
        work = cognito.ResourceServerScope(scope_name=sign_in.WORK, scope_description="The desk")
        server = self.pool.add_resource_server("Work", identifier=sign_in.RESOURCE, scopes=[work])
        address = stage.address or NOWHERE
        return self.pool.add_client(
            "Browser",
            auth_flows=cognito.AuthFlow(user=True),  # managed login asks for it to take passkeys
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.resource_server(server, work)],
                callback_urls=[f"{address}{sign_in.BACK}"],
                logout_urls=[f"{address}{sign_in.PAGE}"],
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            generate_secret=False,  # PKCE says that who asks for tokens is who asked for the code
            access_token_validity=Duration.minutes(ACCESS_MINUTES),
            id_token_validity=Duration.minutes(ACCESS_MINUTES),
            refresh_token_validity=Duration.seconds(LONGEST_SECONDS),
            refresh_token_rotation_grace_period=Duration.seconds(GRACE_SECONDS),
            auth_session_validity=Duration.minutes(5),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )


NOWHERE = "https://desk.invalid"
"""Where nobody comes back to: a deployment that has not told its address lets nobody sign in."""


def _own_part() -> str:
    """Of the stack's id, what tells it from any other: domains of managed login are the region's.

    A prefix may not hold `aws`, `amazon` or `cognito`, and no name of the account.
    """
    return Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))


def _invitation(stage: Stage) -> str:
    """The e-mail to a person who was given an account, or another first password."""
    where = f"{stage.address}{sign_in.PAGE}" if stage.address else "the page of the desk"
    return (
        f"<p>{where}</p>"
        "<p>{username}<br>{####}</p>"
        "<p>Sign in within one day. You choose a password of your own and add a second factor: an "
        "authenticator application, and after that a passkey if you like. Nobody will ever ask "
        "you for the password.</p>"
        "<p>Connectez-vous dans la journée. Vous choisirez votre mot de passe et ajouterez un "
        "second facteur : une application d’authentification, puis, si vous le souhaitez, une clé "
        "d’accès. Personne ne vous demandera jamais votre mot de passe.</p>"
        '<p dir="rtl">سجّل الدخول خلال يوم واحد. ستختار كلمة سر خاصة بك وتضيف عاملا ثانيا: تطبيق '
        "مصادقة، ثم مفتاح مرور إن شئت. لن يطلب منك أحد كلمة السر أبدا.</p>"
    )
