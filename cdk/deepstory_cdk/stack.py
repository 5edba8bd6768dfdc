"""The whole service as one stack, so that a deployment is whole or not at all."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import CfnOutput, Stack, Tags
from aws_cdk import Environment as AwsEnvironment
from constructs import Construct

from deepstory_cdk import paths
from deepstory_cdk.account import Account
from deepstory_cdk.admin import Admin
from deepstory_cdk.api import Api
from deepstory_cdk.budget import Budget
from deepstory_cdk.data import Data
from deepstory_cdk.environment import Environment
from deepstory_cdk.followers import Followers
from deepstory_cdk.functions import Functions, accept_runtime
from deepstory_cdk.model_endpoint import ModelEndpoint
from deepstory_cdk.model_tending import ModelTending
from deepstory_cdk.monitoring.construct import Monitoring
from deepstory_cdk.origin import OriginKey
from deepstory_cdk.pictures import Pictures
from deepstory_cdk.queues import Queues
from deepstory_cdk.scheduler import Schedules
from deepstory_cdk.stage import Stage
from deepstory_cdk.upkeep import Upkeep
from deepstory_cdk.workers import Workers


class DeepStory(Stack):
    """Composes the capabilities; what each may do to another is written in the constructs."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        api_project: Path = paths.API,
        env: AwsEnvironment | None = None,
    ) -> None:
        super().__init__(
            scope,
            name,
            env=env,
            description=f"Deep-Story ({stage.name})",
            termination_protection=stage.keeps_data,
        )
        Tags.of(self).add("service", "deep-story")
        Tags.of(self).add("stage", stage.name)
        accept_runtime(self)
        data = Data(self, "Data", stage=stage)
        pictures = Pictures(self, "Pictures", stage=stage)
        model = ModelEndpoint(self, "Model", stage=stage, bucket=pictures.bucket)
        functions = Functions(self, "Functions", stage=stage)
        # The proxy before the API sends it with each request.
        origin_key = OriginKey(self, "OriginKey") if stage.trusted_hops else None
        queues = Queues(self, "Queues")
        environment = Environment(
            stage=stage,
            data=data,
            pictures=pictures,
            model=model,
            queues=queues,
            origin_key=origin_key,
        )
        Workers(
            self,
            "Workers",
            functions=functions,
            environment=environment,
            data=data,
            pictures=pictures,
            model=model,
        )
        Followers(
            self,
            "Followers",
            functions=functions,
            environment=environment,
            data=data,
        )
        Schedules(
            self,
            "Schedules",
            functions=functions,
            environment=environment,
            data=data,
            model=model,
            queues=queues,
        )
        Upkeep(
            self,
            "Upkeep",
            functions=functions,
            environment=environment,
            data=data,
            pictures=pictures,
        )
        admin = Admin(
            self,
            "Admin",
            functions=functions,
            environment=environment,
            data=data,
            model=model,
        )
        ModelTending(
            self,
            "ModelTending",
            functions=functions,
            environment=environment,
            model_control=admin.model_control,
        )
        api = Api(
            self,
            "Api",
            stage=stage,
            functions=functions,
            environment=environment,
            data=data,
            pictures=pictures,
            model_control=admin.model_control,
            queues=queues,
            project=api_project,
        )
        web = None
        if stage.hosting.web and origin_key:
            # At home these modules, which take a while to import, are not needed.
            from deepstory_cdk.web import Web

            web = Web(
                self,
                "Web",
                stage=stage,
                functions=functions,
                api_domain=api.domain_name,
                pictures=pictures.bucket,
                origin_key=origin_key,
            )
        Account(
            self,
            "Account",
            stage=stage,
            functions=functions,
            environment=environment,
            data=data,
            pictures=pictures,
            queues=queues,
            web_origin=web.origin if web else stage.web_origin,
        )
        self._guard(stage, api, origin_key)
        CfnOutput(self, "PicturesBucket", value=pictures.bucket.bucket_name)
        if not stage.is_local:
            # Last, for it sees to every alarm that was made before.
            Monitoring(
                self,
                "Monitoring",
                stage=stage,
                functions=functions,
                queues=queues,
                api=api,
                endpoint=model.name if stage.has_model else None,
            )

    def _guard(self, stage: Stage, api: Api, origin_key: OriginKey | None) -> None:
        hosting = stage.hosting
        if hosting.waf:
            from deepstory_cdk.firewall import Firewall

            behind = origin_key if hosting.web else None
            Firewall(self, "Firewall", api_stage_arn=api.stage_arn, origin_key=behind)
        if hosting.budget:
            Budget(self, "Budget", dollars=hosting.budget, email=hosting.alarm_email)
