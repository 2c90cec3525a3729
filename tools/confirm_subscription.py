"""Confirm e-mail and HTTPS subscriptions so that only the account can remove them.

    python -m tools.confirm_subscription TOPIC_ARN TOKEN      confirm with this token
    python -m tools.confirm_subscription TOPIC_ARN --check    list what a click could remove; exit 1

The token is in the confirmation message (in the link, after `Token=`). If a subscription was
confirmed by following the link, each holder of one of its messages can remove it: delete it, deploy
again and confirm it here. Needs the credentials of the account in the environment.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from casework.aws.services.clients import aws_client

WITH_A_LINK = frozenset({"email", "email-json", "http", "https"})
PENDING = "PendingConfirmation"


def token_of(text: str) -> str:
    """The token itself, or the one in a confirmation link."""
    found = parse_qs(urlsplit(text).query).get("Token")
    return found[0] if found else text


def confirm(sns: Any, topic: str, token: str) -> str:
    """Confirm a subscription; returns its ARN. Unsubscribing then needs a signed request of the
    account."""
    answer = sns.confirm_subscription(
        TopicArn=topic, Token=token_of(token), AuthenticateOnUnsubscribe="true"
    )
    return str(answer["SubscriptionArn"])


def removable(subscriptions: Iterable[Mapping[str, str]]) -> list[str]:
    """ARNs of confirmed subscriptions that an unauthenticated click removes.

    `subscriptions` are their attributes as `GetSubscriptionAttributes` gives them.
    """
    return [
        each["SubscriptionArn"]
        for each in subscriptions
        if each["Protocol"] in WITH_A_LINK
        and each.get("PendingConfirmation") != "true"
        and each.get("ConfirmationWasAuthenticated") != "true"
    ]


def attributes(sns: Any, topic: str) -> Iterable[Mapping[str, str]]:
    """The attributes of a topic's confirmed subscriptions that carry a link."""
    for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
        for each in page["Subscriptions"]:
            if each["Protocol"] in WITH_A_LINK and each["SubscriptionArn"] != PENDING:
                found = sns.get_subscription_attributes(SubscriptionArn=each["SubscriptionArn"])
                yield {"Protocol": each["Protocol"], **found["Attributes"]}


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("topic", metavar="TOPIC_ARN")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("token", metavar="TOKEN", nargs="?")
    what.add_argument("--check", action="store_true")
    chosen = parser.parse_args(arguments)
    sns = aws_client("sns")
    if not chosen.check:
        sys.stdout.write(f"confirmed: {confirm(sns, chosen.topic, chosen.token)}\n")
        return 0
    found = removable(attributes(sns, chosen.topic))
    for arn in found:
        sys.stdout.write(f"an unauthenticated click removes {arn}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
