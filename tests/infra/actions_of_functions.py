"""The actions that each function may take: one row for each function."""

from __future__ import annotations

from infra.assets import ROOT
from infra.referral_function import REFERRAL_STEP
from infra.workflow import read_workflow_file, step_substitutions

STEPS = step_substitutions(read_workflow_file(ROOT)) - {REFERRAL_STEP}
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
        "dynamodb:BatchGetItem",
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
    | SECRET
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
    | SECRET
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
        "dynamodb:ConditionCheckItem",  # that a case told nothing as a report stopped hearing of it
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
        "dynamodb:GetItem",
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
    "functions.custody.handler.handle": QUIET
    | OPEN
    | SECRET
    | {
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    },
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
    # It has no key that opens.
    "functions.history.rehash_vault.handle": USE_TABLE
    | OWN_LOG
    | PUT_ASIDE
    | {
        "dynamodb:GetItem",
        "dynamodb:Query",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
    },
}
"""Every action of every function. A new permission is a line here, in the same commit."""
