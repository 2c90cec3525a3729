"""Templates against the code, the pack, the workflow file, and each other."""

from __future__ import annotations

import base64
import json
import re
from importlib import import_module
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from casework.aws.services import settings
from casework.aws.table import keys
from casework.pack import jurisdiction
from functions.examine import limits
from harness.bench.targets import FUNCTIONS
from infra.api import (
    CUSTODY_ROUTES,
    FILE_ROUTES,
    OTHER_STAFF_ROUTES,
    PUBLIC_ROUTES,
    SESSION_ROUTES,
    STAFF_ROUTES,
    STATISTICS_ROUTES,
)
from infra.assets import ROOT
from infra.limits import MAX_FILTER_POLICIES, MAX_STACK_RESOURCES
from infra.queries import SAVED_QUERIES
from infra.referral_function import REFERRAL_STEP
from infra.workflow import FILE, read_workflow_file, step_substitutions
from tests.infra.assembly import Assembly, flat

STEPS = step_substitutions(read_workflow_file(ROOT)) - {REFERRAL_STEP}
"""The functions of functions/triage that the workflow calls."""
SETTINGS: dict[str, type[settings.BaseFunctionSettings]] = {
    "functions.intake.handler.handle": settings.IntakeSettings,
    "functions.desk.handler.handle": settings.DeskSettings,
    "functions.statistics.counting.handle": settings.StatisticsCountSettings,
    "functions.statistics.handler.handle": settings.StatisticsReadSettings,
    "functions.triage.link.handle": settings.LinkSettings,
    "functions.triage.link.reprocess": settings.LinkSettings,
    "functions.triage.reconcile.handle": settings.ReconcileSettings,
    "functions.triage.sweep.handle": settings.SweepSettings,
    **{f"functions.triage.steps.{each.lower()}": settings.ReporterUpdateSettings for each in STEPS},
    "functions.notify.steps.referral": settings.ReferralSettings,
    "functions.notify.reporters.handle": settings.NoticeSettings,
    "functions.custody.handler.handle": settings.CustodySettings,
    "functions.session.handler.handle": settings.SessionSettings,
    "functions.history.seal_day.handle": settings.SealDaySettings,
    "functions.history.verify_days.handle": settings.SealSettings,
    "functions.history.rehash_vault.handle": settings.RehashSettings,
    "functions.public_keys.handler.handle": settings.BaseFunctionSettings,
    "functions.evidence.opening.handle": settings.OpeningSettings,
    "functions.examine.handler.handle": settings.ExamineSettings,
    "functions.dossier.handler.handle": settings.DossierSettings,
    "functions.evidence.receive.handle": settings.ReceiveSettings,
    "functions.evidence.repair.handle": settings.RepairSettings,
}
READ_WHAT_REPORTERS_WROTE = {
    "functions.desk.handler.handle",
    "functions.dossier.handler.handle",
    "functions.triage.link.handle",
    "functions.triage.link.reprocess",
    "functions.triage.reconcile.handle",
    "functions.triage.steps.triage",
}
A_FULL_CORE = 1_769
"""MB with which a function has one virtual CPU to itself, by the manual of the service."""
MOST_OF_A_NEW_ACCOUNT = 3_008
"""MB; others ask for more in Service Quotas."""
PUBLIC_KEY = "PublicKey"
"""The attribute of the resource that tells a public half."""
PUBLIC_HALF = base64.b64encode(
    rsa.generate_private_key(public_exponent=65537, key_size=3072)
    .public_key()
    .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
"""Of a key as the stacks have it."""
ENVIRONMENT_BYTES = 4_096
"""Of all variables of a function together (Lambda Developer Guide, "Lambda quotas")."""
ROOM = 512
"""For a setting more."""
ARN_CHARACTERS = 160
"""Longer than the ARNs that the stacks tell."""
OF_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}


def test_functions_that_read_reports_have_a_full_core(each_stage: Assembly) -> None:
    memory = {handler: each["MemorySize"] for handler, each in each_stage.functions.items()}
    assert {handler for handler, mb in memory.items() if mb == A_FULL_CORE} == (
        READ_WHAT_REPORTERS_WROTE
    )


def test_a_night_is_sealed_and_verified_side_by_side_in_any_account(
    each_stage: Assembly,
) -> None:
    """As much memory, and with it cores, as an account may have that is new; and the decoders'
    process stays within what the examiner has."""
    larger = {
        handler: (each["MemorySize"], each["Environment"]["Variables"].get("IN_PROCESSES"))
        for handler, each in each_stage.functions.items()
        if each["MemorySize"] > A_FULL_CORE
    }
    assert larger == {
        f"functions.history.{night}.handle": (MOST_OF_A_NEW_ACCOUNT, "True")
        for night in ("seal_day", "verify_days")
    } | {"functions.examine.handler.handle": (MOST_OF_A_NEW_ACCOUNT, None)}
    examiner = each_stage.functions["functions.examine.handler.handle"]
    assert examiner["MemorySize"] * limits.MEBIBYTE_BYTES * 3 // 4 > limits.SANDBOX_MEMORY_BYTES
    assert examiner["Timeout"] > 2 * limits.SANDBOX_SECONDS


def test_the_table_has_the_keys_and_indexes_of_the_code(each_stage: Assembly) -> None:
    table = each_stage.one("AWS::DynamoDB::Table")
    assert _keys(table) == [(keys.PARTITION_KEY, "HASH"), (keys.SORT_KEY, "RANGE")]
    indexes = {each["IndexName"]: each for each in table["GlobalSecondaryIndexes"]}
    assert {name: _keys(each) for name, each in indexes.items()} == {
        keys.FLOW_INDEX: [(keys.FLOW_PARTITION_KEY, "HASH"), (keys.FLOW_SORT_KEY, "RANGE")],
        keys.QUEUE_INDEX: [(keys.QUEUE_PARTITION_KEY, "HASH"), (keys.QUEUE_SORT_KEY, "RANGE")],
    }
    assert {each["Projection"]["ProjectionType"] for each in indexes.values()} == {"KEYS_ONLY"}
    assert {each["AttributeType"] for each in table["AttributeDefinitions"]} == {"S"}
    assert table["TimeToLiveSpecification"] == {
        "AttributeName": keys.EXPIRES_AT_FIELD,
        "Enabled": True,
    }
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}


def test_each_function_gets_the_environment_that_its_settings_ask_for(each_stage: Assembly) -> None:
    assert each_stage.functions.keys() == SETTINGS.keys()
    for handler, function in each_stage.functions.items():
        variables = function["Environment"]["Variables"]
        model = SETTINGS[handler]
        assert variables.keys() == {name.upper() for name in model.model_fields} | OF_POWERTOOLS
        assert variables["POWERTOOLS_SERVICE_NAME"] == handler.split(".")[1]
        model.from_environment({name: _told(flat(value)) for name, value in variables.items()})


def _told(value: str) -> str:
    """The value that replaces a reference, if the settings check it."""
    return PUBLIC_HALF if value.endswith(f".{PUBLIC_KEY}}}") else value


def test_intake_seals_with_the_public_halves_of_the_keys_that_open_the_boxes(
    each_stage: Assembly,
) -> None:
    variables = each_stage.functions["functions.intake.handler.handle"]["Environment"]["Variables"]
    told = each_stage.resources("Custom::PublicKey", "core")
    assert len(told) == 4
    teller = each_stage.logical_id_of("functions.public_keys.handler.handle")
    for field in ("CONTACT", "IDENTITY"):
        name, attribute = variables[f"{field}_PUBLIC_KEY"]["Fn::GetAtt"]
        assert attribute == PUBLIC_KEY
        properties = told[name]["Properties"]
        assert properties["Key"] == variables[f"{field}_KEY"]
        assert properties["ServiceToken"] == {"Fn::GetAtt": [teller, "Arn"]}


def test_the_receiver_seals_with_the_public_half_of_the_key_that_opens_files(
    each_stage: Assembly,
) -> None:
    receiver, opener = (
        each_stage.functions[f"functions.evidence.{name}.handle"]["Environment"]["Variables"]
        for name in ("receive", "opening")
    )
    name, attribute = receiver["EVIDENCE_PUBLIC_KEY"]["Fn::GetAtt"]
    assert attribute == PUBLIC_KEY
    told = each_stage.resources("Custom::PublicKey", "core")[name]["Properties"]
    assert told["Key"] == receiver["EVIDENCE_KEY"] == opener["EVIDENCE_KEY"]
    assert receiver["VAULT"] == opener["VAULT"]


def test_previews_are_sealed_to_a_key_that_opens_no_original(each_stage: Assembly) -> None:
    examiner, opener = (
        each_stage.functions[f"functions.{name}.handle"]["Environment"]["Variables"]
        for name in ("examine.handler", "evidence.opening")
    )
    name, attribute = examiner["PREVIEW_PUBLIC_KEY"]["Fn::GetAtt"]
    assert attribute == PUBLIC_KEY
    told = each_stage.resources("Custom::PublicKey", "core")[name]["Properties"]
    assert told["Key"] == examiner["PREVIEW_KEY"] == opener["PREVIEW_KEY"]
    assert told["Key"] != opener["EVIDENCE_KEY"]
    assert examiner["PREVIEWS"] == opener["PREVIEWS"]


def test_uploads_are_scanned_on_aws_and_elsewhere_the_page_says_that_they_are_not(
    each_stage: Assembly,
) -> None:
    receiver = each_stage.functions["functions.evidence.receive.handle"]["Environment"]
    plans = each_stage.resources("AWS::GuardDuty::MalwareProtectionPlan", "core")
    on_aws = each_stage.stage != "local"
    assert receiver["Variables"]["SCANNER"] == ("on" if on_aws else "off")
    assert len(plans) == int(on_aws)
    for plan in plans.values():
        bucket = plan["Properties"]["ProtectedResource"]["S3Bucket"]
        assert bucket["ObjectPrefixes"] == ["in/"]
        assert bucket["BucketName"]["Ref"].startswith("UploadsDrop")


def test_the_function_that_reads_keys_gets_its_permissions_first(each_stage: Assembly) -> None:
    """CloudFormation creates a function's dependencies first; the resource depends on its ARN."""
    name = each_stage.logical_id_of("functions.public_keys.handler.handle")
    function = each_stage.resources("AWS::Lambda::Function", "core")[name]
    policies = each_stage.resources("AWS::IAM::Policy", "core")
    role = each_stage.role_of("functions.public_keys.handler.handle")
    its = {each for each in policies if {"Ref": role} in policies[each]["Properties"]["Roles"]}
    assert its
    assert its <= set(function["DependsOn"])


def test_the_settings_of_each_function_fit_into_its_environment(each_stage: Assembly) -> None:
    for handler, function in each_stage.functions.items():
        variables = function["Environment"]["Variables"]
        size = sum(len(name) + _longest(flat(value)) for name, value in variables.items())
        assert size < ENVIRONMENT_BYTES - ROOM, handler


def _longest(value: str) -> int:
    """Characters of a value, where each reference may be an ARN or the longest public half."""
    if _told(value) == PUBLIC_HALF:
        return len(PUBLIC_HALF)
    return len(re.sub(r"\$\{[^}]+\}", "x" * ARN_CHARACTERS, value))


def test_each_place_of_the_workflow_file_is_filled_with_the_function_of_its_name(
    each_stage: Assembly,
) -> None:
    machine = each_stage.one("AWS::StepFunctions::StateMachine")
    assert machine["StateMachineType"] == "STANDARD"
    assert json.loads(machine["DefinitionString"]) == json.loads((ROOT / FILE).read_text("utf-8"))
    for state, arn in machine["DefinitionSubstitutions"].items():
        steps = [each for each in each_stage.functions if each.endswith(f".steps.{state.lower()}")]
        assert [each_stage.logical_id_of(each) for each in steps] == [arn["Fn::GetAtt"][0]]


@pytest.mark.parametrize(
    ("module", "routes"),
    [
        ("intake.operations", PUBLIC_ROUTES),
        ("desk.handler", STAFF_ROUTES),
        ("custody.handler", CUSTODY_ROUTES),
        ("evidence.opening", FILE_ROUTES),
        ("session.handler", SESSION_ROUTES),
        ("statistics.handler", STATISTICS_ROUTES),
    ],
)
def test_the_gateway_has_the_operations_of_the_code(
    module: str, routes: tuple[tuple[str, str], ...]
) -> None:
    operations = import_module(f"functions.{module}").api.operations
    assert sorted(routes) == sorted((each.method, each.path) for each in operations)


def test_every_address_is_answered_by_a_function(each_stage: Assembly) -> None:
    served = {each["RouteKey"] for each in each_stage.properties("AWS::ApiGatewayV2::Route")}
    whole = (*STATISTICS_ROUTES, *SESSION_ROUTES, *CUSTODY_ROUTES, *FILE_ROUTES)
    listed = {f"{method} {path}" for method, path in (*PUBLIC_ROUTES, *STAFF_ROUTES, *whole)}
    rest = {f"ANY {path}" for _, path in whole} | {f"ANY {OTHER_STAFF_ROUTES}"}
    assert served == listed | rest | {"$default"}


def test_every_unit_of_the_pack_has_a_queue_that_gets_only_its_own_messages(
    each_stage: Assembly,
) -> None:
    stage = each_stage.stage
    expected = {f"{stage}-unit-{unit}": unit for unit in jurisdiction.open_pack("ma").units}
    expected |= {f"{stage}-{desk}": desk for desk in ("duty", "supervision", "trial")}
    queues = {
        name: queue["Properties"]["QueueName"]
        for name, queue in each_stage.resources("AWS::SQS::Queue", "units").items()
        if "QueueName" in queue["Properties"]
    }
    heard = {}
    for each in each_stage.properties("AWS::SNS::Subscription", "units"):
        assert each["Protocol"] == "sqs"
        assert each["RawMessageDelivery"] is True
        heard[queues[each["Endpoint"]["Fn::GetAtt"][0]]] = each["FilterPolicy"]
    assert heard == {name: {"unit": [unit]} for name, unit in expected.items()}


def test_only_the_topic_may_send_to_the_queues(each_stage: Assembly) -> None:
    policy = each_stage.templates["units"]["Resources"]["QueuePolicy"]["Properties"]
    allowed = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    assert [each["Principal"] for each in allowed] == [{"Service": "sns.amazonaws.com"}]
    assert "Announcements" in flat(allowed[0]["Condition"]["ArnEquals"]["aws:SourceArn"])


def test_every_stack_and_every_topic_stays_well_below_its_limit(each_stage: Assembly) -> None:
    for name, template in each_stage.templates.items():
        assert len(template["Resources"]) < MAX_STACK_RESOURCES, name
    filtered = [
        each for each in each_stage.properties("AWS::SNS::Subscription") if "FilterPolicy" in each
    ]
    assert len(filtered) <= MAX_FILTER_POLICIES


def test_every_function_runs_on_the_same_runtime_on_arm(each_stage: Assembly) -> None:
    functions = each_stage.functions.values()
    assert {each["Runtime"] for each in functions} == {"python3.13"}
    assert {tuple(each["Architectures"]) for each in functions} == {("arm64",)}


def test_each_folder_of_functions_is_one_asset(each_stage: Assembly) -> None:
    assets: dict[str, set[str]] = {}
    for handler, function in each_stage.functions.items():
        assets.setdefault(handler.split(".")[1], set()).add(function["Code"]["S3Key"])
    assert {part: len(keys_) for part, keys_ in assets.items()} == dict.fromkeys(assets, 1)


OUTPUTS = {
    "ApiId",
    "ApiUrl",
    "CaseTable",
    "UserPoolId",
    "UserPoolClientId",
    "BrowserClientId",
    "SignIn",
    "Address",
    "WorkflowArn",
    "DeadLetterUrl",
    "TrialSecret",
    "TrialAlarm",
}


def test_the_bench_starts_every_function_cold(each_stage: Assembly) -> None:
    """The one that has days stamped is there where the operator names an authority."""
    deployed = {handler.rpartition(".")[0] for handler in each_stage.functions}
    assert deployed | {"functions.stamps.handler"} == set(FUNCTIONS.values())


def test_the_stacks_output_the_addresses_of_what_they_hold(each_stage: Assembly) -> None:
    assert each_stage.templates["core"]["Outputs"].keys() >= OUTPUTS
    told = each_stage.templates["units"]["Outputs"].keys()
    assert told >= {"TopicArn", "AlarmTopicArn", "DutyQueueUrl", "TrialQueueUrl"}


ONLY_ON_AWS = {
    "Origin": "the edge's secret",
    "Dependencies": "the layer",
    "TriageDependencies": "what triage has beside it",
    "ExamineDependencies": "the decoders",
    "DossierDependencies": "the typesetter",
    "PackagesBucketPolicy": "TLS only, as below",
    "KnownListsPolicy": "the same",
    "ExamineScanner": "the scanner for malware, which the emulator has not",
    "ExamineScannerRole": "the same",
    "ExamineScannerRoleDefaultPolicy": "the same",
    "LookingPreviewsPolicy": "TLS only, as above",
    "HistorySealsPolicy": "TLS only: the emulator is reached over plain loopback",
    "UploadsDropPolicy": "the same",
    "EvidenceVaultPolicy": "the same",
    "TrailRecords": "the account's own record of its changes: no emulator keeps one",
    "TrailRecordsPolicy": "the same",
    "TrailChanges": "the same",
    **{
        f"Queries{title.title().replace(' ', '')}": "questions to logs, which the emulator has not"
        for title in SAVED_QUERIES
    },
    "PeopleStyle": "the look of managed login, which the emulator has not",
    "GradualApplication": "a tenth first, which no emulator does",
    "GradualRole": "the same",
    **{
        f"Gradual{name}": "the same"
        for name in (
            "IntakeHandle",
            "DeskHandle",
            "StatisticsPublic",
            "SessionHandle",
            "CustodyOpen",
            "EvidenceOpen",
        )
    },
    "ExportsWriter": "tells the edge's region the API's address",
    "CustomCrossRegionExportWriterCustomResourceProviderRole": "the same",
    "CustomCrossRegionExportWriterCustomResourceProviderHandler": "the same",
}
MAY_DIFFER = {
    "*": {"DeletionPolicy", "UpdateReplacePolicy"},
    "AWS::ApiGatewayV2::Stage": {"DefaultRouteSettings"},
    "AWS::Cognito::UserPool": {
        "MfaConfiguration",
        "DeletionProtection",
        "AdminCreateUserConfig",  # its e-mail names the address
    },
    "AWS::Cognito::UserPoolClient": {"CallbackURLs", "LogoutURLs"},
    "AWS::DynamoDB::Table": {"DeletionProtectionEnabled"},
    "AWS::KMS::Key": {"PendingWindowInDays"},
    "AWS::Lambda::Alias": {"UpdatePolicy"},
    "AWS::Lambda::EventSourceMapping": {"MaximumBatchingWindowInSeconds"},
    "AWS::Lambda::Function": {
        "Code",
        "Layers",
        "Environment.ORIGIN_SECRET",
        "Environment.SCANNER",
        "Environment.LOCKS",
        "Environment.SENDER",
        "Environment.SIGN_IN",
        "Environment.ADDRESS",
        "Environment.DESK",
    },
    "AWS::S3::Bucket": {"ObjectLockConfiguration"},
    "AWS::Logs::LogGroup": {"RetentionInDays"},
}
"""Every difference between the local stage and production: retention, rates, the steps of a new
version, the second factor, the layer and its bytecode, the edge with its secret, the lock time of
seals, the sender of notices, how long counting gathers, and the addresses of the desk and of its
sign-in."""


@pytest.mark.parametrize("stack", ["core", "units"])
def test_the_local_stage_and_production_have_the_same_resources(
    local: Assembly, prod: Assembly, stack: str
) -> None:
    here = _comparable(local.templates[stack], "local")
    there = _comparable(prod.templates[stack], "prod")
    assert here.keys() - there.keys() == set()
    assert there.keys() - here.keys() == (set(ONLY_ON_AWS) if stack == "core" else set())
    for name, resource in here.items():
        different = _differences(resource, there[name])
        kind = resource["Type"]
        allowed = MAY_DIFFER["*"] | MAY_DIFFER.get(kind, set())
        if kind == "AWS::IAM::Policy" and _is_of_an_api(name):
            allowed = allowed | {"PolicyDocument"}  # reading the edge's secret
        if name.startswith("UploadsKey"):
            allowed = allowed | {"KeyPolicy"}  # the scanner's use
        assert different <= allowed, name


def _is_of_an_api(name: str) -> bool:
    return name.startswith(
        (
            "IntakeHandleRole",
            "DeskHandleRole",
            "StatisticsPublicRole",
            "SessionHandleRole",
            "CustodyOpenRole",
            "EvidenceOpenRole",
            "ReportersTellRole",  # and which address may send
        )
    )


def _comparable(template: dict[str, Any], stage: str) -> dict[str, Any]:
    """Resources by logical id, without the stage's name and the hashes made from it."""
    text = json.dumps(_flattened(template["Resources"]))
    spelt = ("Casework-{}", "casework-{}", "Casework{}", "casework{}")
    for written in (each.format(stage) for each in spelt):
        text = text.replace(written, written.replace(stage, "STAGE"))
    text = re.sub(rf'(?<=["/:]){stage}-', "STAGE-", text)
    text = re.sub(rf"casework {stage}", "casework STAGE", text)
    text = text.replace(f"STAGE={stage}", "STAGE=STAGE")  # commands of the person on call
    text = text.replace(f'"{stage}"', '"STAGE"')
    text = text.replace("${AWS::Partition}", "aws").replace("${AWS::Region}", "eu-west-3")
    text = re.sub(r"CurrentVersion[0-9A-F]{8}[0-9a-f]{32}", "CurrentVersion", text)
    text = re.sub(r"(?<=[A-Za-z0-9])[0-9A-F]{8}", "", text)
    text = re.sub(r"\bExportsWriter\w+", "ExportsWriter", text)
    resources: dict[str, Any] = json.loads(text)
    return resources


def _flattened(value: Any) -> Any:
    """The same template with each intrinsic function as one text."""
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in {"Ref", "Fn::GetAtt", "Fn::Join"}:
            return flat(value)
        return {name: _flattened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_flattened(each) for each in value]
    return value


def _differences(here: dict[str, Any], there: dict[str, Any]) -> set[str]:
    """Names of attributes and properties that differ; of the environment, the variables."""
    found = {
        name
        for name in (here.keys() | there.keys()) - {"Properties", "DependsOn"}
        if here.get(name) != there.get(name)
    }
    ours, theirs = here.get("Properties", {}), there.get("Properties", {})
    for name in ours.keys() | theirs.keys():
        if name == "Environment":
            left, right = ours[name]["Variables"], theirs[name]["Variables"]
            found |= {
                f"Environment.{each}"
                for each in left.keys() | right.keys()
                if left.get(each) != right.get(each)
            }
        elif ours.get(name) != theirs.get(name):
            found.add(name)
    return found


def _keys(schema: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["AttributeName"], each["KeyType"]) for each in schema["KeySchema"]]
