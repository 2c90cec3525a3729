"""The stored data: the one table, the keys that protect it, the secrets, the sealing keys."""

from __future__ import annotations

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from casework.aws.table import desk_keys, keys
from infra.function import CaseworkFunction
from infra.stage import DeploymentStage

GET_ACTION = "dynamodb:GetItem"
BATCH_GET_ACTION = "dynamodb:BatchGetItem"
QUERY_ACTION = "dynamodb:Query"
PUT_ACTION = "dynamodb:PutItem"
UPDATE_ACTION = "dynamodb:UpdateItem"
DELETE_ACTION = "dynamodb:DeleteItem"
CONDITION_CHECK_ACTION = "dynamodb:ConditionCheckItem"

REPORT_KEYS = keys.report_key.grant
CASE_KEYS = keys.case_key.grant
STAFF_KEYS = desk_keys.staff_key.grant
IDENTIFIER_KEYS = keys.identifier_key.grant
CONTACT_KEYS = keys.contact_digest_key.grant
"""What leads from the mark of a reporter's own contact to an identifier that reports name."""
NUMBER_KEYS = keys.number_key.grant
CLUE_KEYS = keys.clue_key.grant
GROUP_KEYS = desk_keys.group_key.grant
"""The groups of reports whose words are nearly the same."""
MEMBER_KEYS = desk_keys.group_member_key.grant
"""The lists of the reports of a group."""
COPIES = desk_keys.copy_verdict_key.grant
"""The verdicts that are carried to the copies of a text."""
DESK_KEYS = desk_keys.settings_key.grant
"""What each member of the staff keeps: settings, and what they did lately."""
CUSTODY_KEYS = desk_keys.custody_key.grant
OPENING_KEYS = desk_keys.waiting_opening_key.grants
"""The openings of numbers of reporters that people still judge."""
ASKING_KEYS = desk_keys.file_asking_key.grants
"""Who asked for a file that two people open."""
LOG_KEYS = keys.mark_key.grant
DAY_KEYS = keys.day_key.grant
SLOT_KEYS = keys.slot_key.grant
ALLOWANCE_KEYS = keys.allowed_shard_key.grant
"""How many bytes of files reporters may send in an hour."""
ARRIVAL_KEYS = keys.arrived_first_key.grant
"""The lists of the reports of a case, in the order of their arrival."""
DECIDED_KEYS = desk_keys.decided_key.grants
"""What people decided, day by day."""
HANDOVER_KEYS = desk_keys.handover_key.grants
ROSTER_KEYS = desk_keys.shift_key.grants
"""Who is on duty."""
CAMPAIGN_KEYS = desk_keys.campaign_key.grants
"""The campaigns, which stay."""
CAMPAIGN_CASE_KEYS = desk_keys.campaign_case_key.grant
"""The lists of their cases."""
HOLD_KEYS = desk_keys.hold_key.grants
"""What people work on alone."""
SAMPLE_KEYS = desk_keys.sample_key.grants
"""The closed reviews that a second person reads again."""
LINE_KEYS = (
    *desk_keys.duty_line_key.grants,
    *desk_keys.caseload_line_key.grants,
    *(keys.due_of_case_key.grant, keys.due_of_report_key.grant),
    keys.legal_hold_key.grant,
)
"""The lines of the duty desk, of the units, of the sweeper, and of cases that courts hold."""
LEGAL_HOLD_LOCK_KEYS = keys.legal_hold_lock_key.grant
"""How far the locks of files follow the holds of courts."""

TABLE_KEY_ACTIONS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""The calls of the key that the table makes for a reader or writer of an item."""

# Everything that an administrator needs to keep a sealing key, and nothing that opens a box:
# neither Decrypt and ReEncrypt nor CreateGrant, which could pass Decrypt on.
KEEP_SEALING_KEY = [
    "kms:CancelKeyDeletion",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:GetPublicKey",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
]


class DataStores(Construct):
    """The stored data of the system. Functions get access through `grant` and nothing else."""

    def __init__(self, scope: Construct, name: str, *, stage: DeploymentStage) -> None:
        super().__init__(scope, name)
        self._allowed: dict[CaseworkFunction, dict[str, set[str]]] = {}
        self._of_all: dict[CaseworkFunction, set[str]] = {}
        self.key = kms.Key(
            self,
            "Key",
            description=f"casework {stage.name}: reports and cases at rest",
            enable_key_rotation=True,
            pending_window=Duration.days(30 if stage.keep else 7),
            removal_policy=stage.removal,
        )
        self.table: dynamodb.ITable = self._table(stage)
        if stage.restored is not None:
            # The first table stays as it is, for the investigation.
            self.table = dynamodb.Table.from_table_attributes(
                self,
                "Restored",
                table_name=stage.restored.table,
                table_stream_arn=stage.restored.stream,
                encryption_key=self.key,
                global_indexes=list(keys.KEYS_BY_INDEX),
            )
        # Permanent: the same Idempotency-Key must lead to the same address for ever.
        self.address = self._secret(stage, "Address", "key", "{}")
        # Versioned: `current` names the pepper in use; older ones stay readable.
        self.pepper = self._secret(stage, "Pepper", "1", '{"current":"1"}')
        self.selector = self._secret(stage, "Selector", "key", "{}")
        # For the reporters' own contacts: only intake, the linking functions and custody read it.
        self.own = self._secret(stage, "Own", "key", "{}")
        # Seals digests of files and pictures. Permanent: those of kept files are sealed with it.
        self.digest = self._secret(stage, "Digest", "key", "{}")
        if stage.second_region:
            for secret in (self.address, self.pepper, self.selector, self.own, self.digest):
                secret.add_replica_region(stage.second_region)
        # Intake and deployers read it: it marks a report as a trial.
        self.trial = self._secret(stage, "Trial", "key", "{}")
        self.contact = self._sealing_key(stage, "Contact")
        self.identity = self._sealing_key(stage, "Identity")
        self.evidence = self._sealing_key(stage, "Evidence")
        # Of its own, so that a person who sees a preview opens no original with the same right.
        self.preview = self._sealing_key(stage, "Preview")

    def grant(self, function: CaseworkFunction, *actions: str, of: tuple[str, ...]) -> None:
        """Allow actions on items whose partition key matches one of `of`; see `render_grants`."""
        allowed = self._allowed.setdefault(function, {})
        for action in actions:
            allowed.setdefault(action, set()).update(of)

    def render_grants(self) -> None:
        """Write the grants, one statement for each action of a function. Called last.

        A transaction holds items of several partitions. AWS does not document whether it compares
        the key of each item by itself or all keys of an action together. One statement with all
        partitions of the action is right in either case; several statements are not.
        """
        for function, allowed in self._allowed.items():
            alike: dict[tuple[str, ...], list[str]] = {}
            for action in sorted(allowed.keys() - self._of_all.get(function, set())):
                alike.setdefault(tuple(sorted(allowed[action])), []).append(action)
            for partitions, actions in alike.items():
                keys_like = {"dynamodb:LeadingKeys": list(partitions)}
                function.add_to_role_policy(
                    iam.PolicyStatement(
                        actions=actions,
                        resources=[self.table.table_arn],
                        conditions={"ForAllValues:StringLike": keys_like},
                    )
                )
            self._let_use_key(function)

    def let_save_cases(self, function: CaseworkFunction) -> None:
        """Allow reading cases and saving them.

        A case, its events and its lines are saved in one transaction, which is allowed item by
        item. No item of the case itself can be deleted or updated in place. Staff items are in none
        of these partitions, so no function of the stacks can make a person a member of the staff.
        """
        self.grant(function, GET_ACTION, PUT_ACTION, of=(CASE_KEYS,))
        self.grant(function, PUT_ACTION, DELETE_ACTION, of=LINE_KEYS)

    def let_link(self, function: CaseworkFunction) -> None:
        """Allow linking reports to cases, each with its number.

        The deadline of a report is a line, which the right to save cases includes.
        """
        self.grant(
            function,
            GET_ACTION,
            QUERY_ACTION,
            BATCH_GET_ACTION,
            PUT_ACTION,
            UPDATE_ACTION,
            DELETE_ACTION,
            of=(ARRIVAL_KEYS,),
        )
        self.grant(function, UPDATE_ACTION, of=(REPORT_KEYS,))
        self.grant(
            function, CONDITION_CHECK_ACTION, of=(CASE_KEYS,)
        )  # that it told nothing as the second report came

    def let_read_all(
        self, function: CaseworkFunction, *actions: str, indexes: tuple[str, ...] = ()
    ) -> None:
        """Allow reading any item, and `Query` on the named indexes only."""
        function.allow(list(actions), self.table.table_arn)
        self._of_all.setdefault(function, set()).update(actions)
        if indexes:
            function.allow(
                [QUERY_ACTION], *(f"{self.table.table_arn}/index/{name}" for name in indexes)
            )
        self._let_use_key(function)

    def _let_use_key(self, function: CaseworkFunction) -> None:
        """Through the table only: no function uses the key directly."""
        through = f"dynamodb.{Aws.REGION}.amazonaws.com"
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=list(TABLE_KEY_ACTIONS),
                resources=[self.key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": through}},
            )
        )

    def let_read_secrets(
        self, function: CaseworkFunction, *secrets: secretsmanager.ISecret
    ) -> None:
        """Allow reading the named secrets."""
        arns = [secret.secret_arn for secret in secrets]
        function.allow(["secretsmanager:GetSecretValue"], *arns)

    def let_look_at_files(self, function: CaseworkFunction) -> None:
        """Allow finding the files whose time for a look has come."""
        function.allow([QUERY_ACTION], f"{self.table.table_arn}/index/{keys.FLOW_INDEX}")

    def grant_open_boxes(self, function: CaseworkFunction, key: kms.Key) -> None:
        """Allow opening boxes of one field: in the key's own policy and in the function's role.

        Called once for each key. A test on the templates and one on the emulator show
        that no other function is allowed.
        """
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OpenedByOneFunction",
                actions=["kms:Decrypt"],
                principals=[iam.ArnPrincipal(function.its_role.role_arn)],
                resources=["*"],
            )
        )
        function.allow(["kms:Decrypt"], key.key_arn)

    def _table(self, stage: DeploymentStage) -> dynamodb.Table:
        warm = _warm(stage)
        table = dynamodb.Table(
            self,
            "Cases",
            partition_key=_text(keys.PARTITION_KEY),
            sort_key=_text(keys.SORT_KEY),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute=keys.EXPIRES_AT_FIELD,
            warm_throughput=warm,
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            deletion_protection=stage.keep,
            removal_policy=stage.removal_of_protected,
        )
        for index, (partition, sort) in keys.KEYS_BY_INDEX.items():
            table.add_global_secondary_index(
                index_name=index,
                partition_key=_text(partition),
                sort_key=_text(sort),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
                warm_throughput=warm,  # a full index holds up the writes of its table
            )
        return table

    def _secret(
        self, stage: DeploymentStage, name: str, generated: str, template: str
    ) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            name,
            description=f"casework {stage.name}: {name.lower()} key; losing it loses its answers",
            removal_policy=stage.removal,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=template,
                generate_string_key=generated,
                exclude_punctuation=True,
                password_length=64,  # of 62 symbols: more than 256 bits
            ),
        )

    def _sealing_key(self, stage: DeploymentStage, field: str) -> kms.Key:
        root = Fn.join("", ["arn:", Aws.PARTITION, ":iam::", Aws.ACCOUNT_ID, ":root"])
        keepers = iam.PolicyStatement(
            sid="KeptByTheAccount",
            actions=KEEP_SEALING_KEY,
            principals=[iam.ArnPrincipal(root)],
            resources=["*"],
        )
        replicated = iam.PolicyStatement(
            sid="ReplicatedThereAlone",
            actions=["kms:ReplicateKey"],
            principals=[iam.ArnPrincipal(root)],
            resources=["*"],
            conditions={"StringEquals": {"kms:ReplicaRegion": stage.second_region}},
        )
        return kms.Key(
            self,
            field,
            description=f"casework {stage.name}: seals the {field.lower()} box of a report",
            key_spec=kms.KeySpec.RSA_3072,
            key_usage=kms.KeyUsage.ENCRYPT_DECRYPT,
            # Cannot be changed later. A multi-Region key has no replica until one is made.
            multi_region=True,
            policy=iam.PolicyDocument(
                statements=[keepers, replicated] if stage.second_region else [keepers]
            ),
            pending_window=Duration.days(30 if stage.keep else 7),
            removal_policy=stage.removal,
        )


def _warm(stage: DeploymentStage) -> dynamodb.WarmThroughput | None:
    """What the table and its indexes take from the first second on; None for a new table's own."""
    told = stage.deployment
    if not stage.on_aws or not (told.warm_writes or told.warm_reads):
        return None
    return dynamodb.WarmThroughput(
        read_units_per_second=told.warm_reads, write_units_per_second=told.warm_writes
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
