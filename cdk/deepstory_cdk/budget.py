"""A mail when the bill of the account grows beyond what was planned."""

from __future__ import annotations

from decimal import Decimal

from aws_cdk import aws_budgets as budgets
from constructs import Construct

_PROPS = budgets.CfnBudget
# At four fifths there is still something to be done, and a forecast often knows days before.
_WARNINGS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))


class Budget(Construct):
    """Of the whole account, for the month: a GPU left running somewhere else costs as much."""

    def __init__(self, scope: Construct, name: str, *, dollars: Decimal, email: str) -> None:
        super().__init__(scope, name)
        _PROPS(
            self,
            "Monthly",
            budget=_PROPS.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=_PROPS.SpendProperty(amount=float(dollars), unit="USD"),
            ),
            notifications_with_subscribers=[
                _PROPS.NotificationWithSubscribersProperty(
                    notification=_PROPS.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[
                        _PROPS.SubscriberProperty(subscription_type="EMAIL", address=email)
                    ],
                )
                for kind, percent in _WARNINGS
            ],
        )
