"""A small stack that shows each correction of the emulator, as CloudFormation makes it."""

from __future__ import annotations

import json
from typing import Any

STACK = "Corrections"

FUNCTIONS = """
import json, os, time
import boto3

class Poisoned(Exception):
    pass

def who(event, context):
    time.sleep(event.get("seconds", 0))
    if event.get("fail"):
        raise Poisoned("as asked")
    return {"process": os.getpid()}

def read_secret(event, context):
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET"])
    return sorted(json.loads(secret["SecretString"]))

def touch(event, context):
    dynamodb, table = boto3.client("dynamodb"), os.environ["TABLE"]
    keys = [{"pk": {"S": name}} for name in event["keys"]]
    try:
        match event["call"]:
            case "put":
                dynamodb.put_item(TableName=table, Item=keys[0])
            case "query":
                dynamodb.query(
                    TableName=table,
                    KeyConditionExpression="#pk = :pk",
                    ExpressionAttributeNames={"#pk": "pk"},
                    ExpressionAttributeValues={":pk": keys[0]["pk"]},
                )
            case "transaction":
                puts = [{"Put": {"TableName": table, "Item": key}} for key in keys]
                dynamodb.transact_write_items(TransactItems=puts)
            case "batch":
                dynamodb.batch_get_item(RequestItems={table: {"Keys": keys}})
    except dynamodb.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"

answered = []

def answer(event, context):
    # The token it is given, or without one the last that it answered.
    answered.append(event.get("token") or answered[-1])
    states = boto3.client("stepfunctions")
    try:
        states.send_task_success(taskToken=answered[-1], output='"told"')
    except states.exceptions.ClientError as error:
        return error.response["Error"]["Code"]

def consume(event, context):
    queue = boto3.client("sqs")
    for record in event["Records"]:
        name = record["dynamodb"]["Keys"]["pk"]["S"]
        if name.startswith("poison"):
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        queue.send_message(QueueUrl=os.environ["SEEN"], MessageBody=name)
    return {"batchItemFailures": []}
"""


def _attribute(resource: str, name: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, name]}


def _role(service: str, *statements: dict[str, Any]) -> dict[str, Any]:
    policy = {
        "PolicyName": "it",
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", **statement} for statement in statements],
        },
    }
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [policy],
        },
    }


def _function(handler: str, role: str, timeout: int = 20, **environment: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": f"index.{handler}",
            "Code": {"ZipFile": FUNCTIONS},
            "Role": _attribute(role),
            "Timeout": timeout,
            "Environment": {"Variables": environment},
        },
    }


def _machine(function: str) -> dict[str, Any]:
    """Waits for a token that `function` is given; ends in the state named after what happened."""
    definition = {
        "StartAt": "Wait",
        "States": {
            "Wait": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {
                    "FunctionName": "${Function}",
                    "Payload": {"token.$": "$$.Task.Token", "fail.$": "$.fail"},
                },
                "TimeoutSecondsPath": "$.wait_seconds",
                "Catch": [
                    {"ErrorEquals": ["Poisoned"], "Next": "Poisoned"},
                    {"ErrorEquals": ["States.Timeout"], "Next": "Late"},
                ],
                "End": True,
            },
            "Poisoned": {"Type": "Pass", "Result": "poisoned", "End": True},
            "Late": {"Type": "Pass", "Result": "late", "End": True},
        },
    }
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": _attribute("MachineRole"),
            "DefinitionString": json.dumps(definition),
            "DefinitionSubstitutions": {"Function": _attribute(function)},
        },
    }


def _table_and_stream() -> dict[str, Any]:
    return {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
            },
        },
        "Seen": {"Type": "AWS::SQS::Queue"},
        "Dead": {"Type": "AWS::SQS::Queue"},
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": {"Ref": "Consume"},
                "EventSourceArn": _attribute("Table", "StreamArn"),
                "StartingPosition": "TRIM_HORIZON",
                "BatchSize": 10,
                "MaximumRetryAttempts": 1,
                "BisectBatchOnFunctionError": True,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "DestinationConfig": {"OnFailure": {"Destination": _attribute("Dead")}},
            },
        },
    }


def _expression_alarm() -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Metrics": [{"Id": "sum", "Expression": "1 + 1"}],
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 1,
            "EvaluationPeriods": 1,
        },
    }


def template() -> str:
    """The stack as CloudFormation JSON."""
    resources = {
        **_table_and_stream(),
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {
                "GenerateSecretString": {
                    "SecretStringTemplate": '{"current": "1"}',
                    "GenerateStringKey": "1",
                }
            },
        },
        "Sealing": {
            "Type": "AWS::KMS::Key",
            "Properties": {"KeySpec": "RSA_3072", "KeyUsage": "ENCRYPT_DECRYPT", "KeyPolicy": {}},
        },
        "Alarm": _expression_alarm(),
        "PlainRole": _role("lambda.amazonaws.com", {"Action": "logs:*", "Resource": "*"}),
        "SecretRole": _role(
            "lambda.amazonaws.com",
            {"Action": "secretsmanager:GetSecretValue", "Resource": {"Ref": "Secret"}},
        ),
        "AnswerRole": _role(
            "lambda.amazonaws.com",
            {
                "Action": "states:SendTaskSuccess",
                "Resource": {
                    "Fn::Sub": "arn:aws:states:us-east-1:${AWS::AccountId}:stateMachine:answers"
                },
            },
        ),
        "TouchRole": _role(
            "lambda.amazonaws.com",
            {
                "Action": ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchGetItem"],
                "Resource": _attribute("Table"),
                "Condition": {
                    "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["OWN#*", "ALSO"]}
                },
            },
        ),
        "ConsumeRole": _role(
            "lambda.amazonaws.com",
            {"Action": "sqs:SendMessage", "Resource": [_attribute("Seen"), _attribute("Dead")]},
            {"Action": "dynamodb:*", "Resource": "*"},
        ),
        "MachineRole": _role(
            "states.amazonaws.com", {"Action": "lambda:InvokeFunction", "Resource": "*"}
        ),
        "Who": _function("who", "PlainRole"),
        "Hurried": _function("who", "PlainRole", timeout=1),
        "ReadSecret": _function("read_secret", "SecretRole", SECRET={"Ref": "Secret"}),
        "Answer": _function("answer", "AnswerRole"),
        "Touch": _function("touch", "TouchRole", TABLE={"Ref": "Table"}),
        "Consume": _function("consume", "ConsumeRole", SEEN={"Ref": "Seen"}),
        "Silent": _machine("Who"),
        "Answers": _machine("Answer"),
    }
    resources["Answers"]["Properties"]["StateMachineName"] = "answers"
    outputs = {name: {"Value": {"Ref": name}} for name in resources if name != "Mapping"}
    return json.dumps({"Resources": resources, "Outputs": outputs})
