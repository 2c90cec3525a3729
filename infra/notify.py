"""functions/notify: the Task state that brings a case to a unit, and waits for its answer."""

from __future__ import annotations

from constructs import Construct

from casework.aws.services import sign_in
from casework.aws.services.settings import ReferralSettings
from infra.announcements import Announcements
from infra.data import Data
from infra.function import Function, Workshop

REFERRAL = "Referral"


class Notify(Construct):
    """The function of the referral."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        announcements: Announcements,
    ) -> None:
        super().__init__(scope, name)
        self.referral = Function(
            self,
            REFERRAL,
            made_by=made_by,
            handler="functions.notify.steps.referral",
            settings=ReferralSettings(
                stage=made_by.stage.name,
                case_table=data.table.table_name,
                pack=made_by.stage.pack,
                topic=announcements.topic.topic_arn,
                desk=f"{address}{sign_in.PAGE}" if (address := made_by.stage.address) else "",
            ),
        )
        data.let_save_cases(self.referral)
        announcements.let_publish(self.referral)
