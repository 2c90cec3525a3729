"""Who may use each key: open what it sealed, sign with it, change who may."""

from __future__ import annotations

import re

from tests.infra.assembly import Assembly, Statement, flat, listed

OPENERS = {
    "DataContact": "functions.notify.reporters.handle",
    "DataIdentity": "functions.custody.handler.handle",
    "DataEvidence": "functions.evidence.opening.handle",
    "DataPreview": "functions.evidence.opening.handle",
}
"""The one function that may open the boxes sealed with each key."""
KEYS_TOLD_OF = (
    "DataContact",
    "DataIdentity",
    "DataEvidence",
    "DataPreview",
    "UploadsKey",
    "HistorySigning",
    "HistoryLog",
    "DossierSigning",
)
KEYS = (
    *("DataContact", "DataIdentity", "DataEvidence", "DataPreview"),
    *("HistoryLog", "DossierSigning"),
)
"""Asymmetric keys whose public half a function reads."""
CONSUMERS = ("functions.triage.link.handle", "functions.statistics.counting.handle")
"""The functions that read the stream."""
OPENING = re.compile(r"^(\*|kms:\*|kms:(Decrypt|ReEncrypt.*|CreateGrant|PutKeyPolicy))$")


def test_exactly_one_function_may_open_each_kind_of_box(
    each_stage: Assembly,
) -> None:
    """Hardening case 23: in the roles, and in the policies of the keys themselves."""
    sealing = {
        name: key["Properties"]
        for name, key in each_stage.resources("AWS::KMS::Key").items()
        if key["Properties"].get("KeySpec") == "RSA_3072"
    }
    assert len(sealing) == 4
    for name, key in sealing.items():
        opener = each_stage.role_of(
            next(OPENERS[each] for each in OPENERS if name.startswith(each))
        )
        for each in each_stage.statements:
            opening = {action for action in each.actions if OPENING.match(action)}
            if opening and _names(each, {name: key}):
                assert (each.role, opening) == (opener, {"kms:Decrypt"}), each
        for statement in key["KeyPolicy"]["Statement"]:
            assert statement["Effect"] == "Allow"
            opening = {a for a in listed(statement["Action"]) if OPENING.match(a)}
            principal = flat(statement["Principal"]["AWS"])
            if principal.endswith(":root"):
                # Changing the policy stays with the account, where it raises an alarm.
                assert opening == {"kms:PutKeyPolicy"}
            else:
                assert opening == {"kms:Decrypt"}
                assert opener in principal


def test_only_the_function_that_a_deployment_calls_may_read_the_public_keys(
    each_stage: Assembly,
) -> None:
    """The night reads that of the log's key, which every checkpoint names, and publishes it with
    that of dossiers."""
    reading = {
        (each.role, resource)
        for each in each_stage.statements
        if "kms:GetPublicKey" in each.actions
        for resource in each.resources
    }
    of_deployments = each_stage.role_of("functions.public_keys.handler.handle")
    of_nights = each_stage.role_of("functions.history.seal_day.handle")
    told = sorted((role, name) for role, each in reading for name in KEYS if name in each)
    assert told == sorted(
        [
            (of_deployments, "DataContact"),
            (of_deployments, "DataIdentity"),
            (of_deployments, "DataEvidence"),
            (of_deployments, "DataPreview"),
            (of_nights, "DossierSigning"),
            (of_nights, "HistoryLog"),
        ]
    )
    assert len(reading) == len(KEYS)


def test_a_changed_permission_to_open_boxes_or_sign_seals_is_told_at_once(
    each_stage: Assembly,
) -> None:
    rules = [
        rule
        for rule in each_stage.properties("AWS::Events::Rule", "core")
        if rule.get("EventPattern", {}).get("source") == ["aws.kms"]
    ]
    assert len(rules) == 1
    detail = rules[0]["EventPattern"]["detail"]
    assert {"PutKeyPolicy", "CreateGrant", "ReplicateKey"} <= set(detail["eventName"])
    told = " ".join(flat(arn) for arn in detail["resources"]["ARN"])
    assert all(key in told for key in KEYS_TOLD_OF)
    (target,) = rules[0]["Targets"]
    assert "Alarms" in flat(target["Arn"])
    assert "RoleArn" not in target  # delivery to an encrypted topic fails with one
    assert "MissedCalls" in flat(target["DeadLetterConfig"]["Arn"])


def test_rules_and_alarms_may_speak_to_the_alarm_topic_and_use_its_key(
    each_stage: Assembly,
) -> None:
    """No policy asks for an account of services that send none: see test_permissions_exist.py."""
    speakers = {"cloudwatch.amazonaws.com", "events.amazonaws.com"}
    topics = [
        policy["PolicyDocument"]["Statement"]
        for policy in each_stage.properties("AWS::SNS::TopicPolicy", "units")
        if "Alarms" in flat(policy["Topics"][0])
    ]
    keys_ = [
        key["Properties"]["KeyPolicy"]["Statement"]
        for name, key in each_stage.resources("AWS::KMS::Key", "units").items()
        if name.startswith("Alarms")
    ]
    for (statements,), action in ((topics, "sns:Publish"), (keys_, "kms:Decrypt")):
        allowed = {
            each["Principal"]["Service"]
            for each in statements
            if each["Effect"] == "Allow"
            and action in listed(each["Action"])
            and "Service" in each["Principal"]
        }
        assert allowed == speakers


def test_a_trail_records_changes_in_the_account_so_that_the_rules_hear_of_them(
    prod: Assembly,
) -> None:
    """EventBridge hears of calls through a trail alone."""
    trail = prod.one("AWS::CloudTrail::Trail")
    assert trail["IsLogging"] is True
    (selector,) = trail["EventSelectors"]
    assert selector["ReadWriteType"] == "WriteOnly"
    assert "DataResources" not in selector  # which would hold what is read and written


def test_the_key_of_uploads_serves_the_form_and_those_who_read_uploads_alone(
    each_stage: Assembly,
) -> None:
    (key,) = (
        each["Properties"]["KeyPolicy"]["Statement"]
        for name, each in each_stage.resources("AWS::KMS::Key").items()
        if name.startswith("UploadsKey")
    )
    role = each_stage.role_of
    using = {
        (action, name)
        for statement in key
        for action in listed(statement["Action"])
        for principal in listed(statement["Principal"]["AWS"])
        if OPENING.match(action) or action == "kms:GenerateDataKey"
        for name in re.findall(r"root$|[A-Za-z0-9]+Role[A-Za-z0-9]+", flat(principal))
    }
    scanner = {name for _, name in using if name.startswith("ExamineScannerRole")}
    assert len(scanner) == int(each_stage.stage != "local")
    assert using == {
        ("kms:PutKeyPolicy", "root"),
        ("kms:GenerateDataKey", role("functions.intake.handler.handle")),
        ("kms:Decrypt", role("functions.evidence.receive.handle")),
        ("kms:Decrypt", role("functions.examine.handler.handle")),
        *((action, name) for name in scanner for action in ("kms:GenerateDataKey", "kms:Decrypt")),
    }


def test_a_function_uses_a_key_only_through_the_service_that_the_key_protects(
    each_stage: Assembly,
) -> None:
    ours = {each_stage.role_of(handler) for handler in each_stage.functions}
    freely = []
    for policy in each_stage.properties("AWS::IAM::Policy", "core"):
        for role in {role["Ref"] for role in policy["Roles"]} & ours:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = listed(statement["Action"])
                via = statement.get("Condition", {}).get("StringEquals", {})
                if any(each.startswith("kms:") for each in actions) and "kms:ViaService" not in via:
                    freely.append((role, tuple(actions)))
    assert sorted(freely) == sorted(
        [
            (each_stage.role_of("functions.public_keys.handler.handle"), ("kms:GetPublicKey",)),
            (each_stage.role_of("functions.notify.reporters.handle"), ("kms:Decrypt",)),
            (each_stage.role_of("functions.custody.handler.handle"), ("kms:Decrypt",)),
            (each_stage.role_of("functions.evidence.opening.handle"), ("kms:Decrypt",)),
            (each_stage.role_of("functions.examine.handler.handle"), ("kms:Decrypt",)),
            (each_stage.role_of("functions.evidence.receive.handle"), ("kms:Decrypt",)),
            (each_stage.role_of("functions.intake.handler.handle"), ("kms:GenerateDataKey",)),
            (each_stage.role_of("functions.history.seal_day.handle"), ("kms:Sign",)),
            (each_stage.role_of("functions.dossier.handler.handle"), ("kms:Sign",)),
            (each_stage.role_of("functions.history.seal_day.handle"), ("kms:GetPublicKey",)),
            (each_stage.role_of("functions.history.verify_days.handle"), ("kms:Verify",)),
            # CDK's own grant for reading the stream of an encrypted table.
            *(
                (each_stage.role_of(consumer), ("kms:Decrypt", "kms:DescribeKey"))
                for consumer in CONSUMERS
            ),
        ]
    )


def test_only_intake_linking_and_custody_may_read_the_key_of_reporters_own_marks(
    each_stage: Assembly,
) -> None:
    """A reader of histories, identifiers or the table cannot test a reporter's number; custody
    opens the boxes anyway."""
    handlers = (
        "functions.intake.handler.handle",
        "functions.triage.link.handle",
        "functions.triage.link.reprocess",
        "functions.triage.reconcile.handle",
        "functions.custody.handler.handle",
    )
    readers = {
        each.role
        for each in each_stage.statements
        if "secretsmanager:GetSecretValue" in each.actions
        and any("DataOwn" in resource for resource in each.resources)
    }
    assert readers == {each_stage.role_of(handler) for handler in handlers}


def test_the_digest_key_is_read_by_those_who_seal_show_or_compare_digests(
    each_stage: Assembly,
) -> None:
    """Security finding S10. No verifier and nothing of the night reads it."""
    handlers = (
        "functions.intake.handler.handle",
        "functions.evidence.receive.handle",
        "functions.evidence.opening.handle",
        "functions.triage.link.handle",
        "functions.triage.link.reprocess",
        "functions.desk.handler.handle",
    )
    readers = {
        each.role
        for each in each_stage.statements
        if "secretsmanager:GetSecretValue" in each.actions
        and any("DataDigest" in resource for resource in each.resources)
    }
    assert readers == {each_stage.role_of(handler) for handler in handlers}


def test_only_intake_may_read_peppers_and_its_own_keys(each_stage: Assembly) -> None:
    """A deployer reads the trial key with their own rights, by no role of the stacks."""
    for secret in ("DataPepper", "DataAddress", "DataTrial"):
        readers = {
            each.role
            for each in each_stage.statements
            if any(secret in resource for resource in each.resources)
        }
        assert readers == {each_stage.role_of("functions.intake.handler.handle")}


def _names(statement: Statement, keys_: dict[str, dict[str, object]]) -> bool:
    return any(
        resource == "*" or any(name in resource for name in keys_)
        for resource in statement.resources
    )
