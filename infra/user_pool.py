"""The accounts of staff, in a Cognito pool. Their permissions are in the table, so a change takes
effect at once."""

from __future__ import annotations

from typing import get_args

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from casework.aws.services import sign_in
from casework.credentials.session import MAX_SESSION_SECONDS
from infra.stage import DeploymentStage

ACCESS_MINUTES = 15
"""The lifetime of a copied token; a disabled person is refused at once all the same."""
REFRESH_GRACE_SECONDS = 10
"""How long a used refresh token works again, for another tab at the same moment."""
INVITATION_DAYS = 1

PASSKEY_FACTOR_CONFIGURATION = "MULTI_FACTOR_WITH_USER_VERIFICATION"
"""A passkey with finger, face or PIN counts as two factors. `WEB_AUTHN` needs this setting where a
second factor is required (AWS::Cognito::UserPool, WebAuthnFactorConfiguration)."""


class UserPool(Construct):
    """Administrators create accounts; there is no sign-up."""

    def __init__(self, scope: Construct, name: str, *, stage: DeploymentStage) -> None:
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
        resource.web_authn_factor_configuration = PASSKEY_FACTOR_CONFIGURATION
        self.client = self._of_programs()
        self.browser_client = self._of_browsers(stage)
        self.pool.add_domain(
            "SignIn",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix),
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )
        if stage.on_aws:
            # Managed login shows no page for a client without a style; the emulator knows no
            # styles.
            cognito.CfnManagedLoginBranding(
                self,
                "Style",
                user_pool_id=self.pool.user_pool_id,
                client_id=self.browser_client.user_pool_client_id,
                use_cognito_provided_values=True,
            )
        self.sign_in = f"https://{domain}" if stage.on_aws else ""
        """The address of managed login; on a laptop, the desk's own."""
        self.issuer = f"https://cognito-idp.{Aws.REGION}.amazonaws.com/{self.pool.user_pool_id}"

    def _of_programs(self) -> cognito.UserPoolClient:
        """Programs answer the pool's challenges themselves and send the token that they get."""
        return self.pool.add_client(
            "Desk",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            disable_o_auth=True,
            generate_secret=False,  # a program on a desktop cannot keep a secret
            access_token_validity=Duration.minutes(ACCESS_MINUTES),
            id_token_validity=Duration.minutes(ACCESS_MINUTES),
            refresh_token_validity=Duration.seconds(MAX_SESSION_SECONDS),
            auth_session_validity=Duration.minutes(5),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )

    def _of_browsers(self, stage: DeploymentStage) -> cognito.UserPoolClient:
        """Browsers use managed login. Their tokens work at the desk alone, and not with the pool's
        own API, where a token with its scope can change factors."""
        work = cognito.ResourceServerScope(
            scope_name=sign_in.WORK_SCOPE, scope_description="The desk"
        )
        server = self.pool.add_resource_server(
            "Work", identifier=sign_in.DESK_RESOURCE_SERVER, scopes=[work]
        )
        address = stage.address or NO_RETURN_ADDRESS
        return self.pool.add_client(
            "Browser",
            auth_flows=cognito.AuthFlow(user=True),  # managed login needs it for passkeys
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.resource_server(server, work)],
                callback_urls=[f"{address}{sign_in.SIGN_IN_RETURN_PATH}"],
                logout_urls=[
                    f"{address}{sign_in.desk_page_path(each)}"
                    for each in (None, *get_args(sign_in.DeskLanguage))
                ],
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            generate_secret=False,  # PKCE proves that the same browser asked for code and tokens
            access_token_validity=Duration.minutes(ACCESS_MINUTES),
            id_token_validity=Duration.minutes(ACCESS_MINUTES),
            refresh_token_validity=Duration.seconds(MAX_SESSION_SECONDS),
            refresh_token_rotation_grace_period=Duration.seconds(REFRESH_GRACE_SECONDS),
            auth_session_validity=Duration.minutes(5),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )


NO_RETURN_ADDRESS = "https://desk.invalid"
"""The return address of a deployment that names none: browsers cannot sign in there."""


def _own_part() -> str:
    """A part of the stack's id that is unique: domains of managed login are shared in a region.

    A prefix may not hold `aws`, `amazon` or `cognito`, and no name of the account.
    """
    return Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))


def _invitation(stage: DeploymentStage) -> str:
    """The e-mail with a new account, or with another first password."""
    where = f"{stage.address}{sign_in.DESK_PAGE_PATH}" if stage.address else "the page of the desk"
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
