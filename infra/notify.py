"""functions/notify: the Task states that notify units and the duty desk."""

from __future__ import annotations

from constructs import Construct

from casework.aws.services.settings import TellSettings
from infra.announcements import Announcements
from infra.data import CASES, QUERY, Data
from infra.function import Function, Workshop

STATES = ("Alert", "Notify")


class Notify(Construct):
    """One function for each Task state that only notifies."""

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
        self.steps: dict[str, Function] = {}
        for state in STATES:
            step = Function(
                self,
                state,
                made_by=made_by,
                handler=f"functions.notify.steps.{state.lower()}",
                settings=TellSettings(
                    stage=made_by.stage.name,
                    case_table=data.table.table_name,
                    pack=made_by.stage.pack,
                    topic=announcements.topic.topic_arn,
                ),
            )
            data.let_save_cases(step)
            if state == "Alert":
                data.let(step, QUERY, of=(CASES,))  # other reports of danger in the case
            announcements.let_publish(step)
            self.steps[state] = step
