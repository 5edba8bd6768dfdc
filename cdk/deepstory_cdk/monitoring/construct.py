"""Alarms on the parts of the service, a dashboard, and the topic that calls people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from deepstory_cdk.monitoring.api import watch_api
from deepstory_cdk.monitoring.calls import watch_calls
from deepstory_cdk.monitoring.dashboard import show
from deepstory_cdk.monitoring.lambdas import watch_lambdas
from deepstory_cdk.monitoring.model import watch_model
from deepstory_cdk.monitoring.queues import watch_queues
from deepstory_cdk.monitoring.topic import AlarmTopic

if TYPE_CHECKING:
    from deepstory_cdk.api import Api
    from deepstory_cdk.functions import Functions
    from deepstory_cdk.queues import Queues
    from deepstory_cdk.stage import Stage


class Monitoring(Construct):
    """Made after everything else of the stack, so that no alarm is without somebody to call.

    ``topic`` takes what else people must hear of. Without an ``endpoint`` no model is watched.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        functions: Functions,
        queues: Queues,
        api: Api,
        endpoint: str | None,
    ) -> None:
        super().__init__(scope, name)
        self.topic = AlarmTopic(self, "Alarms", email=stage.hosting.alarm_email).topic
        watch_api(self, api.name)
        watch_lambdas(self, functions.made)
        watch_calls(self, functions.log_groups, stage=stage.name)
        watch_queues(self, queues)
        if endpoint is not None:
            watch_model(self, endpoint)
        call = actions.SnsAction(self.topic)
        # Alarms that scale the model server are made from the lower-level class.
        made = [one for one in Stack.of(self).node.find_all() if isinstance(one, cloudwatch.Alarm)]
        for alarm in made:
            alarm.add_alarm_action(call)
        show(
            self,
            alarms=made,
            api=api,
            functions=functions.made,
            queues=queues,
            endpoint=endpoint,
            stage=stage.name,
        )
