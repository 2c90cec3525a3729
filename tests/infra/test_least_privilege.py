"""Each function has the permissions that its work needs and no others."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from typing import Any

import pytest

from casework.aws.services import clock
from casework.aws.table import desk_keys, keys
from infra.assets import ROOT
from infra.edge import PASSED_ON
from infra.notify import REFERRAL
from infra.workflow import steps_of, workflow_of
from tests.infra.assembly import Assembly, Statement, flat, listed

STEPS = steps_of(workflow_of(ROOT)) - {REFERRAL}
"""The functions of functions/triage that the workflow calls."""
SAVE = {"dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"}
"""Read and save cases; delete their lines on the duty desk and their deadlines."""
ANSWER = {"states:SendTaskFailure", "states:SendTaskSuccess"}
OWN_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
TELL = {"sns:Publish", "kms:GenerateDataKey", "kms:Decrypt"}
USE_TABLE = {
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}
STREAM = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
}
PUT_ASIDE = {"sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
RECEIVE = {
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
}
SECRET = {"secretsmanager:GetSecretValue"}
OPEN = {"kms:Decrypt"}
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

QUIET = SAVE | USE_TABLE | OWN_LOG
LINK = (
    QUIET
    | TELL
    | SECRET
    | {
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "states:StartExecution",
        *ANSWER,
    }
)

LISTS = {"s3:GetObject", "s3:ListBucket", "s3:ListBucketVersions"}
"""Of the bucket with the lists of known material."""

MAY = {
    "functions.intake.handler.handle": {
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
        # A form has the rights of the role that signed it.
        "s3:PutObject",
        "kms:GenerateDataKey",
        "s3:ListBucketVersions",  # which parts of a file have come, by their names
        "s3:GetObject",
        "s3:ListBucket",
    }
    | USE_TABLE
    | SECRET
    | OWN_LOG,
    "functions.evidence.receive.handle": USE_TABLE
    | OWN_LOG
    | RECEIVE
    | PUT_ASIDE
    | {
        "dynamodb:ConditionCheckItem",  # that a report whose picture came was not erased
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "kms:Decrypt",  # of uploads; of what was sealed nothing
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:PutObject",
    },
    "functions.evidence.opening.handle": QUIET
    | OPEN
    | {"dynamodb:ConditionCheckItem", "s3:GetObject", "s3:GetObjectVersion"},
    "functions.dossier.handler.handle": OWN_LOG
    | RECEIVE
    | {
        "kms:Decrypt",  # of drafts, through the bucket
        "kms:GenerateDataKey",
        "kms:Sign",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    },
    "functions.examine.handler.handle": OWN_LOG
    | RECEIVE
    | PUT_ASIDE
    | {
        "kms:Decrypt",  # of uploads, which expire; of what was sealed nothing
        "s3:GetObjectVersion",
        "s3:PutObject",
    },
    "functions.evidence.repair.handle": USE_TABLE
    | OWN_LOG
    | PUT_ASIDE
    | {
        "dynamodb:GetItem",
        "dynamodb:PutItem",  # how far locks follow a court
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "s3:ListBucketVersions",
        "s3:PutObjectRetention",  # longer, and of nothing else
    },
    "functions.public_keys.handler.handle": {"kms:GetPublicKey"} | OWN_LOG,
    "functions.desk.handler.handle": QUIET
    | SECRET
    | PUT_ASIDE
    | {
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "states:StartExecution",
        *ANSWER,
    },
    "functions.session.handler.handle": SECRET | OWN_LOG,
    "functions.triage.link.handle": LINK | STREAM | PUT_ASIDE | LISTS,
    "functions.triage.link.reprocess": LINK | PUT_ASIDE | LISTS,
    "functions.triage.reconcile.handle": LINK
    | PUT_ASIDE
    | {
        "states:DescribeExecution",
        "states:ListExecutions",
        "sqs:ReceiveMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
    },
    "functions.triage.sweep.handle": QUIET
    | TELL
    | {
        "cloudwatch:GetMetricData",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "states:StartExecution",
        *ANSWER,
    }
    | PUT_ASIDE,
    **{f"functions.triage.steps.{each.lower()}": QUIET | TELL for each in STEPS},
    "functions.triage.steps.triage": QUIET
    | TELL
    | ANSWER
    | {"dynamodb:Query", "dynamodb:UpdateItem"},
    "functions.statistics.counting.handle": (QUIET - {"dynamodb:DeleteItem"})
    | STREAM
    | PUT_ASIDE
    | {
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    },
    "functions.statistics.handler.handle": {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
    }
    | USE_TABLE
    | OWN_LOG,
    "functions.notify.steps.referral": QUIET | TELL | ANSWER,
    "functions.notify.reporters.handle": USE_TABLE
    | OWN_LOG
    | OPEN
    | {
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "ses:SendEmail",
        "sqs:SendMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
    },
    "functions.custody.handler.handle": QUIET | OPEN | {"dynamodb:ConditionCheckItem"},
    "functions.history.seal_day.handle": USE_TABLE
    | OWN_LOG
    | PUT_ASIDE
    | TELL
    | {
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "kms:GetPublicKey",
        "kms:Sign",
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
    },
    # It can read, and change nothing.
    "functions.history.verify_days.handle": USE_TABLE
    | OWN_LOG
    | PUT_ASIDE
    | {
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "kms:Verify",
        "s3:GetObject",
        "s3:ListBucket",
    },
}
"""Every action of every function. A new permission is a line here, in the same commit."""

CONSUMERS = ("functions.triage.link.handle", "functions.statistics.counting.handle")
"""The functions that read the stream."""

WRITING = {
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
}
CHANGING = {"dynamodb:DeleteItem", "dynamodb:UpdateItem"}
ANYWHERE = {
    "cloudwatch:GetMetricData",  # takes no resource
    "dynamodb:ListStreams",  # takes no resource
    "ses:SendEmail",  # on the laptop only: the emulator names no resource for it
    # Delivering a state machine's log takes no resource either.
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
"""The only actions any role is allowed without naming what on."""

INTRINSIC = {"Ref", "Fn::GetAtt", "Fn::Join"}
OPENING = re.compile(r"^(\*|kms:\*|kms:(Decrypt|ReEncrypt.*|CreateGrant|PutKeyPolicy))$")


def test_every_function_has_its_own_role(each_stage: Assembly) -> None:
    roles = [each_stage.role_of(handler) for handler in each_stage.functions]
    assert len(set(roles)) == len(roles)


def test_every_function_has_exactly_the_permissions_listed_here(each_stage: Assembly) -> None:
    edges = ("intake", "desk", "statistics", "custody", "session")
    extra = {f"functions.{edge}.handler.handle": SECRET for edge in edges}
    extra["functions.evidence.opening.handle"] = SECRET
    for handler in each_stage.functions:
        actions = {action for each in each_stage.allowed(handler) for action in each.actions}
        expected = MAY[handler]
        if each_stage.stage != "local":  # there the edge has a secret
            expected = expected | extra.get(handler, set())
        assert actions == expected, handler
    assert each_stage.functions.keys() == MAY.keys()


def test_where_an_authority_is_named_one_more_function_asks_it_and_can_sign_nothing(
    chosen: Assembly,
) -> None:
    """It reads signed checkpoints, lists and writes stamps; it reads no case and no seal."""
    asks = "functions.stamps.handler.handle"
    assert chosen.functions.keys() == {*MAY, asks}
    assert {action for each in chosen.allowed(asks) for action in each.actions} == {
        *OWN_LOG, *PUT_ASIDE, "s3:GetObject", "s3:ListBucket", "s3:PutObject",
    }  # fmt: skip
    objects = [
        name
        for each in chosen.allowed(asks)
        if {"s3:GetObject", "s3:PutObject"} & set(each.actions)
        for name in each.resources
    ]
    assert sorted(each.partition("/")[2] for each in objects) == ["checkpoints/*", "log/stamps/*"]


def test_no_managed_policy_widens_a_role_of_ours(each_stage: Assembly) -> None:
    ours = {each_stage.role_of(handler) for handler in each_stage.functions}
    ours |= {name for name in each_stage.resources("AWS::IAM::Role") if name.startswith("Workflow")}
    for name, role in each_stage.resources("AWS::IAM::Role").items():
        if name in ours:
            assert "ManagedPolicyArns" not in role["Properties"], name


def test_no_role_has_a_wildcard_permission(each_stage: Assembly) -> None:
    for each in each_stage.statements:
        assert not [action for action in each.actions if action.endswith("*")], each
        if "*" in each.resources:
            assert set(each.actions) <= ANYWHERE, each


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


def test_the_bucket_keeps_every_version_of_a_seal_and_no_role_may_delete_one(
    each_stage: Assembly,
) -> None:
    (bucket,) = (
        each["Properties"]
        for name, each in each_stage.resources("AWS::S3::Bucket", "core").items()
        if name.startswith("HistorySeals")
    )
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["ObjectLockEnabled"] is True
    if each_stage.stage == "prod":
        kept = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        assert kept == {"Mode": "COMPLIANCE", "Days": 3_650}
    for each in each_stage.statements:
        if each.role == each_stage.role_of("functions.history.seal_day.handle"):
            assert not [action for action in each.actions if action.startswith("s3:Delete")]


def test_no_function_may_create_a_member_of_staff(each_stage: Assembly) -> None:
    staff = desk_keys.staff_key("x")[keys.PARTITION]
    for each in each_stage.statements:
        if any(action in WRITING for action in each.actions):
            assert each.partitions, each
            assert not any(fnmatch(staff, pattern) for pattern in each.partitions), each


def test_functions_change_no_item_of_a_case_in_place_and_only_the_sweeper_deletes_any(
    each_stage: Assembly,
) -> None:
    case = keys.case_key("C")[keys.PARTITION]
    changing = {
        (handler, action)
        for handler in each_stage.functions
        for each in each_stage.allowed(handler)
        for action in each.actions
        if action in CHANGING and any(fnmatch(case, pattern) for pattern in each.partitions)
    }
    erases = {("functions.triage.sweep.handle", "dynamodb:DeleteItem")}
    assert changing == erases, "of an erased case, what stands beside it"


def test_the_counting_function_may_change_neither_a_report_nor_a_case(each_stage: Assembly) -> None:
    for handler in ("functions.statistics.counting.handle", "functions.statistics.handler.handle"):
        for each in each_stage.allowed(handler):
            if WRITING.intersection(each.actions):
                for kept in (keys.report_key("R"), keys.case_key("C"), desk_keys.staff_key("S")):
                    partition = kept[keys.PARTITION]
                    assert not any(fnmatch(partition, like) for like in each.partitions), each


def test_no_stage_but_the_local_one_is_told_to_replay(each_stage: Assembly) -> None:
    """`Replay-At` is honoured where STAGE is `local`: each function is told its own stage."""
    stages = {
        function["Environment"]["Variables"]["STAGE"]
        for function in each_stage.properties("AWS::Lambda::Function", "core")
        if "STAGE" in function.get("Environment", {}).get("Variables", {})
    }
    assert stages == {each_stage.stage}
    assert (clock.STAGE in stages) == (each_stage.stage == "local")
    if each_stage.stage != "local":
        assert clock.HEADER not in {name.lower() for name in PASSED_ON}


def test_intake_writes_reports_and_reads_nothing_of_staff(each_stage: Assembly) -> None:
    allowed = each_stage.allowed("functions.intake.handler.handle")
    on_table = {each.actions: each.partitions for each in allowed if "dynamodb" in each.actions[0]}
    assert on_table == {
        ("dynamodb:GetItem",): ("CASE#*", "REPORT#*", "SLOT#*"),
        ("dynamodb:PutItem",): ("REPORT#*", "SLOT#*"),
        ("dynamodb:Query",): ("CASE#*", "REPORT#*"),
        ("dynamodb:UpdateItem",): ("ALLOWED#*", "REPORT#*"),
    }


def test_files_are_written_by_strangers_sealed_by_one_function_and_deleted_by_none(
    each_stage: Assembly,
) -> None:
    """Evidence cases E9 and E13: on the three buckets, every right of every role of ours."""
    ours = {each_stage.role_of(handler): handler for handler in each_stage.functions}
    found = {
        (ours[each.role], action, bucket)
        for each in each_stage.statements
        for action in each.actions
        for bucket in ("Drop", "Vault", "Previews")
        if each.role in ours
        and action.startswith("s3:")
        and any(bucket in on for on in each.resources)
    }
    receiver, examiner = "functions.evidence.receive.handle", "functions.examine.handler.handle"
    assert found == {
        ("functions.intake.handler.handle", "s3:PutObject", "Drop"),
        ("functions.intake.handler.handle", "s3:ListBucketVersions", "Drop"),
        (receiver, "s3:GetObjectVersion", "Drop"),
        (receiver, "s3:ListBucketVersions", "Drop"),
        ("functions.evidence.repair.handle", "s3:ListBucketVersions", "Drop"),
        ("functions.evidence.repair.handle", "s3:PutObjectRetention", "Vault"),
        (receiver, "s3:PutObject", "Vault"),
        (receiver, "s3:GetObject", "Vault"),
        (receiver, "s3:ListBucket", "Vault"),
        ("functions.evidence.opening.handle", "s3:GetObjectVersion", "Vault"),
        (examiner, "s3:GetObjectVersion", "Drop"),
        (examiner, "s3:PutObject", "Previews"),
        ("functions.evidence.opening.handle", "s3:GetObject", "Previews"),
    }


def test_lists_of_known_material_are_read_by_those_who_ask_and_written_by_none(
    each_stage: Assembly,
) -> None:
    """The bucket is emptied with a stage that keeps no data, by the construct's own role."""
    ours = {each_stage.role_of(handler): handler for handler in each_stage.functions}
    found = {
        (ours[each.role], action)
        for each in each_stage.statements
        for action in each.actions
        if each.role in ours and any("KnownLists" in on for on in each.resources)
    }
    asking = ("functions.triage.link.handle", "functions.triage.link.reprocess")
    assert found == {(handler, action) for handler in asking for action in LISTS}


def test_the_examiner_reads_the_upload_it_is_told_of_and_nothing_else(
    each_stage: Assembly,
) -> None:
    """Evidence case E9: no table, no secret, nothing that was sealed, and no list of uploads."""
    allowed = each_stage.allowed("functions.examine.handler.handle")
    reading = {
        (action, resource)
        for each in allowed
        for action in each.actions
        for resource in each.resources
        if not action.startswith(("sqs:", "logs:"))
    }
    assert {action for action, _ in reading} == {
        "kms:Decrypt", "s3:GetObjectVersion", "s3:PutObject",
    }  # fmt: skip
    for action, resource in reading:
        place = "Previews" if action == "s3:PutObject" else "Uploads"
        assert place in resource, (action, resource)
    assert any(resource.endswith("/in/*") for _, resource in reading)
    sending = {
        resource for each in allowed if "sqs:SendMessage" in each.actions
        for resource in each.resources
    }  # fmt: skip
    assert len(sending) == 1
    assert "EvidenceArrivals" in next(iter(sending))


def test_the_builder_of_dossiers_reads_drafts_and_signs_with_a_key_of_its_own(
    each_stage: Assembly,
) -> None:
    """What a text of a stranger that takes the typesetter over could reach: no table, no file, no
    secret, and no key that opens or signs anything else."""
    allowed = each_stage.allowed("functions.dossier.handler.handle")
    found = {
        (action, resource)
        for each in allowed
        for action in each.actions
        for resource in each.resources
        if not action.startswith(("sqs:", "logs:"))
    }
    for action, resource in found:
        place = {"kms:Sign": "DossierSigning", "kms:Decrypt": "DataKey"}
        place |= {"kms:GenerateDataKey": "DataKey"}
        assert place.get(action, "PackagesBucket") in resource, (action, resource)
    reads = {resource for action, resource in found if action == "s3:GetObject"}
    assert reads
    assert all(each.endswith(("/drafts/*", "/results/*")) for each in reads)
    signing = {
        handler
        for handler in each_stage.functions
        for each in each_stage.allowed(handler)
        if "kms:Sign" in each.actions and any("DossierSigning" in on for on in each.resources)
    }
    assert signing == {"functions.dossier.handler.handle"}


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


def test_ciphertexts_are_locked_and_uploads_expire(each_stage: Assembly) -> None:
    buckets = each_stage.resources("AWS::S3::Bucket", "core")
    (drop,) = (each["Properties"] for name, each in buckets.items() if name.startswith("Uploads"))
    (vault,) = (each["Properties"] for name, each in buckets.items() if name.startswith("Evidence"))
    assert drop["VersioningConfiguration"] == vault["VersioningConfiguration"]
    assert drop["VersioningConfiguration"] == {"Status": "Enabled"}
    (encryption,) = drop["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    (rule,) = drop["LifecycleConfiguration"]["Rules"]
    # An expired version becomes an old one first, and is deleted as such: two days in all.
    assert rule["ExpirationInDays"] + rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 2
    assert vault["ObjectLockEnabled"] is True
    if each_stage.stage == "prod":
        kept = vault["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        assert kept == {"Mode": "COMPLIANCE", "Days": 30}


def test_one_statement_grants_an_action_on_some_partitions(each_stage: Assembly) -> None:
    """Right however the service compares the keys of a transaction: see `Data.settle`."""
    for handler in each_stage.functions:
        seen: list[str] = []
        for each in each_stage.allowed(handler):
            if each.partitions:
                seen += each.actions
        assert len(seen) == len(set(seen)), handler


def test_the_permissions_of_a_role_fit_into_it(each_stage: Assembly) -> None:
    """10,240 characters of all policies written into a role, without spaces (IAM quotas)."""
    sizes: dict[str, int] = {}
    for policy in each_stage.properties("AWS::IAM::Policy"):
        written = re.sub(r"\s", "", flat_document(policy["PolicyDocument"]))
        for role in policy["Roles"]:
            sizes[role["Ref"]] = sizes.get(role["Ref"], 0) + len(written)
    assert {role: size for role, size in sizes.items() if size > 8_000} == {}


def flat_document(document: Any) -> str:
    """A policy as long as it may get: each reference becomes an ARN of some 90 characters."""
    if isinstance(document, dict) and len(document) == 1 and next(iter(document)) in INTRINSIC:
        return re.sub(r"\$\{[^}]+\}", "x" * 90, flat(document))
    if isinstance(document, dict):
        return "{" + ",".join(f'"{k}":{flat_document(v)}' for k, v in document.items()) + "}"
    if isinstance(document, list):
        return "[" + ",".join(map(flat_document, document)) + "]"
    return json.dumps(document)


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


def test_only_intake_and_linking_may_read_the_key_of_reporters_own_marks(
    each_stage: Assembly,
) -> None:
    """A reader of histories, identifiers or the table cannot test a reporter's number."""
    handlers = (
        "functions.intake.handler.handle",
        "functions.triage.link.handle",
        "functions.triage.link.reprocess",
        "functions.triage.reconcile.handle",
    )
    readers = {
        each.role
        for each in each_stage.statements
        if "secretsmanager:GetSecretValue" in each.actions
        and any("DataOwn" in resource for resource in each.resources)
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


def test_only_functions_that_save_or_repair_decisions_may_answer_a_task_token(
    each_stage: Assembly,
) -> None:
    machine = next(iter(each_stage.resources("AWS::StepFunctions::StateMachine")))
    for each in each_stage.statements:
        if any(action.startswith("states:SendTask") for action in each.actions):
            assert each.resources == (f"${{{machine}}}",)


def test_the_workflow_may_invoke_its_own_steps_and_nothing_else(each_stage: Assembly) -> None:
    machine = each_stage.one("AWS::StepFunctions::StateMachine")
    role = machine["RoleArn"]["Fn::GetAtt"][0]
    steps = {flat(arn) for arn in machine["DefinitionSubstitutions"].values()}
    allowed = [each for each in each_stage.statements if each.role == role]
    invoking = [each for each in allowed if "lambda:InvokeFunction" in each.actions]
    assert [set(each.resources) for each in invoking] == [steps]
    others = {action for each in allowed if each not in invoking for action in each.actions}
    assert others <= ANYWHERE | {"logs:CreateLogDelivery"}


def test_indexes_are_queried_and_the_table_is_never_scanned(each_stage: Assembly) -> None:
    for each in each_stage.statements:
        assert "dynamodb:Scan" not in each.actions
        for resource in each.resources:
            if "/index/" in resource:
                assert resource.rsplit("/", 1)[1] in {keys.BY_FLOW, keys.BY_QUEUE}
                assert each.actions == ("dynamodb:Query",)


@pytest.mark.parametrize("kind", ["AWS::SQS::Queue", "AWS::SNS::Topic"])
def test_queues_and_topics_refuse_plain_connections(each_stage: Assembly, kind: str) -> None:
    policies = {"AWS::SQS::Queue": "QueuePolicy", "AWS::SNS::Topic": "TopicPolicy"}
    attached = {"AWS::SQS::Queue": "Queues", "AWS::SNS::Topic": "Topics"}
    covered = set()
    for policy in each_stage.properties(kind.rsplit(":", 1)[0] + ":" + policies[kind]):
        plain = [
            each
            for each in policy["PolicyDocument"]["Statement"]
            if each["Effect"] == "Deny"
            and each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        ]
        if plain:
            covered |= {flat(each).strip("${}") for each in policy[attached[kind]]}
    assert covered == each_stage.resources(kind).keys()


def _names(statement: Statement, keys_: dict[str, dict[str, object]]) -> bool:
    return any(
        resource == "*" or any(name in resource for name in keys_)
        for resource in statement.resources
    )
