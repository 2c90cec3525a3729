"""A mail before a month costs more than planned.

The budget is that of the whole account. A budget of one stage needs cost tags, which show nothing
before they are activated for billing.
"""

from __future__ import annotations

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from infra.stage import DeploymentStage

BUDGET_WARNINGS_PERCENT = (("FORECASTED", 100), ("ACTUAL", 80), ("ACTUAL", 100))
"""The thresholds of the mails: the kind of figure, and the percentage of the budget."""


class CostBudget(Construct):
    """A monthly budget, if the deployment names one."""

    def __init__(
        self, scope: Construct, name: str, *, stage: DeploymentStage, monthly: int
    ) -> None:
        super().__init__(scope, name)
        subscribers = [
            budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=email)
            for email in stage.deployment.alarms.emails
        ]
        budgets.CfnBudget(
            self,
            "Monthly",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=f"casework-{stage.name}",
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=monthly, unit="USD"),
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=share,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=subscribers,
                )
                for kind, share in BUDGET_WARNINGS_PERCENT
            ],
        )
