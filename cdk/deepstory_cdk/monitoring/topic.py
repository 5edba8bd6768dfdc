"""The topic that calls people."""

from __future__ import annotations

from aws_cdk import Annotations, ArnFormat, CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct


class AlarmTopic(Construct):
    """Takes alarms of this account alone, over TLS alone.

    It has no key of ours: SNS encrypts what it stores anyway, an alarm holds names and numbers,
    CloudWatch may not use the key that AWS manages for SNS, and one of our own costs as much as
    ten alarms.
    """

    def __init__(self, scope: Construct, name: str, *, email: str) -> None:
        super().__init__(scope, name)
        self.topic = sns.Topic(self, "Topic", enforce_ssl=True)
        stack = Stack.of(self)
        alarms = stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": alarms},
                },
            )
        )
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        else:
            Annotations.of(self).add_warning_v2(
                "deepstory:nobody-is-called",
                "Nobody is told of alarms: give -c alarm_email=ADDRESS, or subscribe to the topic.",
            )
        CfnOutput(stack, "AlarmTopicArn", value=self.topic.topic_arn)
