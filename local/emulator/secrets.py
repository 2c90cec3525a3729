"""Corrections of Secrets Manager under CloudFormation."""

from __future__ import annotations

from typing import Any

from local.emulator.upstream import require_upstream, resource_handler, secretsmanager


def refer_to_secrets_by_arn() -> None:
    """Upstream's `Ref` of a secret is its name; AWS's is its ARN.

    A policy that names the secret then names no ARN, so with AUTH=true every grant that CDK writes
    (`secret.grant_read`) is refused.
    """
    handler = resource_handler("AWS::SecretsManager::Secret")
    require_upstream(
        handler.get("update_with_logical_id") is True, "secrets are updated by logical id"
    )
    upstream_create = handler["create"]
    upstream_update = handler["update"]
    upstream_delete = handler["delete"]

    def name_of(physical_id: str) -> str:
        for name, secret in secretsmanager._secrets.items():
            if secret.get("ARN") == physical_id:
                return str(name)
        return physical_id

    def create(
        logical_id: str, properties: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        _, attributes = upstream_create(logical_id, properties, stack_name)
        return attributes["Arn"], attributes

    def update(
        physical_id: str, old: Any, new: Any, stack_name: str, *args: Any, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        _, attributes = upstream_update(name_of(physical_id), old, new, stack_name, *args, **kwargs)
        return attributes["Arn"], attributes

    def delete(physical_id: str, properties: Any) -> Any:
        return upstream_delete(name_of(physical_id), properties)

    handler["create"] = create
    handler["update"] = update
    handler["delete"] = delete


SECRET_CORRECTIONS = (refer_to_secrets_by_arn,)
