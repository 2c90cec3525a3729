"""functions/notify: the Task state that brings a case to a unit, and waits for its answer."""

from __future__ import annotations

from constructs import Construct

from casework.aws.services import sign_in
from casework.aws.services.settings import ReferralSettings
from infra.data import DataStores
from infra.function import CaseworkFunction, FunctionFactory
from infra.notification_topic import NotificationTopic

REFERRAL_STEP = "Referral"


class ReferralFunction(Construct):
    """The function of the referral."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        announcements: NotificationTopic,
    ) -> None:
        super().__init__(scope, name)
        self.referral = CaseworkFunction(
            self,
            REFERRAL_STEP,
            made_by=made_by,
            handler="functions.notify.steps.referral",
            settings=ReferralSettings(
                stage=made_by.stage.name,
                case_table=data.table.table_name,
                pack=made_by.stage.pack,
                topic=announcements.topic.topic_arn,
                desk=f"{address}{sign_in.DESK_PAGE_PATH}"
                if (address := made_by.stage.address)
                else "",
            ),
        )
        data.let_save_cases(self.referral)
        announcements.let_publish(self.referral)
