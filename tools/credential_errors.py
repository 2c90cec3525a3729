"""What a tool says where AWS does not know who asks: the error, and what to do about it."""

from __future__ import annotations

from typing import Final

from botocore import exceptions

DO: Final = "aws sso login, or set AWS_PROFILE"
"""How a shell gets credentials."""
_NONE: Final = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.TokenRetrievalError,
    exceptions.SSOError,
    exceptions.ProfileNotFound,
)
_REFUSED: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)


def explain_error(error: Exception, stage: str) -> str:
    """The error in words. Where the shell has no credentials that AWS takes, what gets them."""
    code = error.response["Error"]["Code"] if isinstance(error, exceptions.ClientError) else ""
    if not (isinstance(error, _NONE) or code in _REFUSED):
        return str(error)
    return f"{error}\n→ {DO}; then make doctor STAGE={stage} looks at the account"
