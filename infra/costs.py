"""Who pays is told before a month costs more than was meant.

The budget is that of the whole account: a budget of one stage would go by its tags, which show
nothing until somebody has activated them for billing, and a budget that shows nothing warns nobody.
"""

from __future__ import annotations

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from infra.stage import Stage

WARNINGS = (("FORECASTED", 100), ("ACTUAL", 80), ("ACTUAL", 100))
"""What is told: the kind of figure, and the share of the budget in percent that it passes."""


class Costs(Construct):
    """A monthly budget, where the deployment names one."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage, monthly: int) -> None:
        super().__init__(scope, name)
        told = [
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
                    subscribers=told,
                )
                for kind, share in WARNINGS
            ],
        )
