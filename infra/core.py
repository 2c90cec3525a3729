"""The second stack: the whole way of a case, from the report to the referral."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from infra import alarms as signals
from infra.api import HttpApi
from infra.assets import AssetStage
from infra.canary import CanaryDeployment
from infra.dashboard import AlarmTopic, MonitoringDashboard
from infra.data import DataStores
from infra.desk import DeskFunction
from infra.dossier import PackageBucket, PackageBuilder
from infra.edge_secret import EdgeSecret
from infra.evidence import EvidencePipeline
from infra.examine import Examiner, PreviewPipeline
from infra.function import FunctionFactory
from infra.hash_lists import HashLists
from infra.history import CASE_PROOF_OBJECT_PREFIXES, SealedHistory
from infra.identity_opening import CustodyFunction
from infra.intake import IntakeFunction
from infra.notification_topic import NotificationTopic
from infra.public_keys import PublicKeys
from infra.queries import SavedQueries
from infra.referral_function import REFERRAL_STEP, ReferralFunction
from infra.reporters import ReporterUpdates
from infra.session import SessionFunction
from infra.stage import DeploymentStage
from infra.statistics import StatisticsFunctions
from infra.trail import AccountTrail
from infra.triage import TaskStepFunctions, TriageFunctions
from infra.uploads import Uploads
from infra.user_pool import UserPool
from infra.workflow import CaseStateMachine, read_workflow_file, step_substitutions


class CoreStack(cdk.Stack):
    """Intake writes, the stream links, the workflow waits for people, the topic notifies units."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: DeploymentStage,
        staging: AssetStage,
        announcements: NotificationTopic,
        alarms: AlarmTopic,
        env: cdk.Environment | None,
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        super().__init__(
            scope,
            stage.core_name,
            env=env,
            synthesizer=synthesizer,
            cross_region_references=stage.edge,
            termination_protection=stage.keep,
            description="e-Iblagh casework: from a citizen's report to the competent unit",
        )
        made_by = FunctionFactory(stage, staging, self)
        data = DataStores(self, "Data", stage=stage)
        people = UserPool(self, "People", stage=stage)
        proof = EdgeSecret(self, stage)
        public_keys = PublicKeys(self, "PublicKeys", made_by=made_by, data=data)
        uploads = Uploads(self, "Uploads", stage=stage)
        intake = IntakeFunction(
            self,
            "Intake",
            made_by=made_by,
            data=data,
            public_keys=public_keys,
            uploads=uploads,
            proof=proof,
        )
        definition = read_workflow_file(staging.root)
        steps = TaskStepFunctions(
            self,
            "Steps",
            made_by=made_by,
            data=data,
            announcements=announcements,
            names=step_substitutions(definition) - {REFERRAL_STEP},
        )
        notify = ReferralFunction(
            self, "Notify", made_by=made_by, data=data, announcements=announcements
        )
        workflow = CaseStateMachine(
            self,
            "Workflow",
            stage=stage,
            definition=definition,
            steps=steps.steps | {REFERRAL_STEP: notify.referral},
        )
        workflow.let_step_answer("Triage", steps.steps["Triage"])
        workflow.let_step_answer(REFERRAL_STEP, notify.referral)
        hash_lists = HashLists(self, "Known", stage=stage)
        triage = TriageFunctions(
            self,
            "Triage",
            made_by=made_by,
            data=data,
            announcements=announcements,
            workflow=workflow,
            hash_lists=hash_lists,
        )
        waiting = PackageBucket(self, "Packages", stage=stage, data=data)
        desk = DeskFunction(
            self,
            "Desk",
            made_by=made_by,
            data=data,
            people=people,
            workflow=workflow,
            proof=proof,
            waiting=waiting,
        )
        builder = PackageBuilder(self, "Dossier", made_by=made_by, waiting=waiting)
        custody = CustodyFunction(
            self, "Custody", made_by=made_by, data=data, people=people, proof=proof
        )
        reporters = ReporterUpdates(
            self, "Reporters", made_by=made_by, data=data, announcements=announcements
        )
        history = SealedHistory(
            self,
            "History",
            made_by=made_by,
            data=data,
            announcements=announcements,
            missed=triage.missed_calls,
            dossier_key=builder.key,
        )
        looking = PreviewPipeline(self, "Looking", stage=stage)
        evidence = EvidencePipeline(
            self,
            "Evidence",
            made_by=made_by,
            data=data,
            public_keys=public_keys,
            uploads=uploads,
            missed=triage.missed_calls,
            people=people,
            proof=proof,
            looking=looking,
        )
        rehash_vault = history.rehash(
            evidence.vault, made_by=made_by, data=data, missed=triage.missed_calls
        )
        examiner = Examiner(
            self,
            "Examine",
            made_by=made_by,
            data=data,
            public_keys=public_keys,
            uploads=uploads,
            looking=looking,
            results=evidence.arrivals,
            missed=triage.missed_calls,
        )
        history.let_prove(intake.function)
        history.let_prove(desk.function, by=CASE_PROOF_OBJECT_PREFIXES)
        session = SessionFunction(self, "Session", made_by=made_by, people=people, proof=proof)
        statistics = StatisticsFunctions(
            self, "Statistics", made_by=made_by, data=data, proof=proof
        )
        api = HttpApi(
            self,
            "Api",
            stage=stage,
            people=people,
            intake=intake.function,
            desk=desk.function,
            custody=custody.function,
            files=evidence.open,
            statistics=statistics.public,
            session=session.function,
        )

        data.render_grants()

        watch = MonitoringDashboard(self, "Core", stage=stage, alarms=alarms)
        watch.api(api)
        watch.stream(triage.link, "Stream", signals.STREAM_LATE_ALARM)
        watch.stream(statistics.count, "Counting", signals.COUNTING_LATE_ALARM)
        watch.workflow(workflow)
        watch.triage()
        watch.dead_letters(triage.dead_letters, signals.REPORT_DEAD_LETTERS_ALARM)
        watch.dead_letters(triage.missed_calls, signals.MISSED_CALLS_ALARM)
        watch.dead_letters(reporters.dead_letters, signals.UPDATE_DEAD_LETTERS_ALARM)
        watch.dead_letters(statistics.dead_letters, signals.STATISTICS_DEAD_LETTERS_ALARM)
        watch.dead_letters(evidence.dead_letters, signals.FILE_DEAD_LETTERS_ALARM)
        watch.dead_letters(looking.dead_letters, signals.EXAMINATION_DEAD_LETTERS_ALARM)
        watch.dead_letters(waiting.dead_letters, signals.PACKAGE_DEAD_LETTERS_ALARM)
        watch.files()
        watch.boxes()
        watch.history()
        watch.heartbeats()
        alarm_of_trials = watch.trial()
        if stage.trail:
            AccountTrail(self, "Trail", stage=stage)
        alarms.on_changed_keys(
            self,
            [
                data.contact,
                data.identity,
                data.evidence,
                data.preview,
                uploads.key,
                history.key,
                history.log_key,
                builder.key,
            ],
            missed=triage.missed_calls,
        )
        watch.topic(announcements.topic)
        watch.throttled()
        watch.functions(
            [
                intake.function,
                triage.link,
                triage.reprocess,
                triage.reconcile,
                triage.sweep,
                *steps.steps.values(),
                notify.referral,
                desk.function,
                custody.function,
                session.function,
                reporters.function,
                history.seal_day,
                history.verify_days,
                rehash_vault,
                *history.stamps,
                evidence.receive,
                evidence.open,
                evidence.repair,
                examiner.function,
                builder.function,
                statistics.count,
                statistics.public,
            ]
        )

        if stage.gradual:
            gradual = CanaryDeployment(self, "Gradual")
            for function in api.functions:
                gradual.of(function, watch.faults(function))

        if stage.on_aws:  # an emulator has no saved queries
            SavedQueries(self, "Queries", stage=stage)

        self.table = data.table
        self.keys_elsewhere = {
            "Contact": data.contact,
            "Identity": data.identity,
            "Evidence": data.evidence,
            "Signing": history.key,
            "Log": history.log_key,
            "Dossier": builder.key,
        }
        """The keys that a second region needs to open and to verify."""
        self.drop_domain = uploads.bucket.bucket_regional_domain_name
        self.seals = history.bucket.bucket_name
        """The bucket with the log of days, whose public files the edge serves."""
        self.api_domain = f"{api.api.api_id}.execute-api.{self.region}.{self.url_suffix}"
        for name, value in {
            "ApiId": api.api.api_id,
            "ApiUrl": f"https://{self.api_domain}",
            "CaseTable": data.table.table_name,
            "TrialSecret": data.trial.secret_arn,
            "TrialAlarm": alarm_of_trials.alarm_name,
            "UserPoolId": people.pool.user_pool_id,
            "UserPoolClientId": people.client.user_pool_client_id,
            "BrowserClientId": people.browser_client.user_pool_client_id,
            "SignIn": people.sign_in or stage.address,
            "Address": stage.address or "unknown",
            "WorkflowArn": workflow.arn,
            "DeadLetterUrl": triage.dead_letters.queue_url,
            "MissedCallsUrl": triage.missed_calls.queue_url,
            "ReportersDeadLetterUrl": reporters.dead_letters.queue_url,
            "ReprocessFunction": triage.reprocess.function_name,
            "CountingDeadLetterUrl": statistics.dead_letters.queue_url,
            "ListsBucket": hash_lists.bucket.bucket_name,
            "ReconcileFunction": triage.reconcile.function_name,
            "SweepFunction": triage.sweep.function_name,
            "DropBucket": uploads.bucket.bucket_name,
            "VaultBucket": evidence.vault.bucket_name,
            "PreviewBucket": looking.previews.bucket_name,
            "ExaminationsDeadLetterArn": looking.dead_letters.queue_arn,
            "UploadsQueueUrl": evidence.arrivals.queue_url,
            "FilesDeadLetterArn": evidence.dead_letters.queue_arn,
            "RepairFilesFunction": evidence.repair.function_name,
            "SealBucket": history.bucket.bucket_name,
            "LogKey": history.log_key.key_arn,
            "DossierKey": builder.key.key_arn,
            "PackageBucket": waiting.bucket.bucket_name,
            "PackagesQueueUrl": waiting.queue.queue_url,
            "PackagesDeadLetterArn": waiting.dead_letters.queue_arn,
            "SealDayFunction": history.seal_day.function_name,
            "VerifyDaysFunction": history.verify_days.function_name,
            "RehashVaultFunction": rehash_vault.function_name,
            "Stage": stage.name,
        }.items():
            cdk.CfnOutput(self, name, value=value)
