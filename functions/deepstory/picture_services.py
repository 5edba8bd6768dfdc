"""The use cases of pictures, and what they know of the model server, with real dependencies."""

from __future__ import annotations

from functools import cached_property

from deepstory.core_services import CoreServices
from deepstory.model_server import absent
from deepstory.model_server.absent import AbsentHost, AbsentModelServer
from deepstory.model_server.dynamodb import DynamoDBModelServerRepository
from deepstory.model_server.host import ModelHost
from deepstory.model_server.repository import ModelServerRepository
from deepstory.model_server.sagemaker import SageMakerHost
from deepstory.model_server.service import ModelServerService
from deepstory.model_server.usage import Meter
from deepstory.pictures.dispatch import Dispatcher
from deepstory.pictures.dynamodb import DynamoDBPictureRepository
from deepstory.pictures.endpoint import ModelEndpoint, SageMakerEndpoint
from deepstory.pictures.files import ModelOutput, PictureFiles, PictureUrls
from deepstory.pictures.finishing import Finisher
from deepstory.pictures.orders import PictureOrders
from deepstory.pictures.progress import ProgressReader
from deepstory.pictures.prompts import BundledPromptWriter, PromptWriter, TranslatingPromptWriter
from deepstory.pictures.repository import PictureRepository
from deepstory.pictures.s3 import S3ModelOutput, S3PictureFiles, S3PictureUrls
from deepstory.pictures.service import PictureService
from deepstory.pictures.translation import AmazonTranslation


class PictureServices(CoreServices):
    @cached_property
    def pictures(self) -> PictureService:
        return PictureService(
            pictures=self.picture_repository,
            accounts=self.accounts,
            progress=ProgressReader(
                pictures=self.picture_repository,
                model_server=self.model_server,
                clock=self.clock,
                concurrency=self.settings.model_concurrency,
            ),
            files=self.picture_files,
            clock=self.clock,
        )

    @cached_property
    def picture_orders(self) -> PictureOrders:
        return PictureOrders(
            pictures=self.picture_repository,
            gallery=self.pictures,
            accounts=self.accounts,
            writer=self.prompt_writer,
            clock=self.clock,
            ids=self.ids,
            per_day=self.settings.pictures_per_day,
        )

    @cached_property
    def dispatcher(self) -> Dispatcher:
        return Dispatcher(
            pictures=self.picture_repository,
            endpoint=self.model_endpoint,
            model_server=self.model_server,
            clock=self.clock,
        )

    @cached_property
    def finisher(self) -> Finisher:
        return Finisher(
            pictures=self.picture_repository,
            files=self.picture_files,
            output=self.model_output,
            model_server=self.model_server,
            dispatcher=self.dispatcher,
            clock=self.clock,
        )

    @cached_property
    def model_server(self) -> ModelServerService:
        return ModelServerService(
            repository=self.model_server_repository,
            host=self.model_host,
            clock=self.clock,
            meter=Meter(
                micro_usd_per_hour=self.settings.model_micro_usd_per_hour,
                zone=self.settings.service_time_zone,
            ),
            first_cold_start=self.settings.model_cold_start_seconds,
            first_drawing=self.settings.model_drawing_seconds,
        )

    @cached_property
    def picture_repository(self) -> PictureRepository:
        creates = bool(self.settings.limits_table)
        return DynamoDBPictureRepository(
            pictures_table=self.settings.require("pictures_table"),
            limits=self.limits if creates else None,
            idempotency=self.idempotency_repository if creates else None,
            counters=self.counters if self.settings.counters_table else None,
            connection=self.connection,
        )

    @cached_property
    def picture_files(self) -> PictureFiles:
        return S3PictureFiles(self.client("s3"), self.settings.require("pictures_bucket"))

    @cached_property
    def picture_urls(self) -> PictureUrls:
        bucket = self.settings.require("pictures_bucket")
        return S3PictureUrls(self.client("s3"), bucket, self.clock)

    @cached_property
    def model_output(self) -> ModelOutput:
        return S3ModelOutput(self.client("s3"), self.settings.require("pictures_bucket"))

    @cached_property
    def prompt_writer(self) -> PromptWriter:
        if "ko" in self.settings.model_prompt_languages.split(","):
            return BundledPromptWriter()
        return TranslatingPromptWriter(AmazonTranslation(self.client("translate")))

    @cached_property
    def model_endpoint(self) -> ModelEndpoint:
        name = self.settings.require("model_endpoint")
        return SageMakerEndpoint(self.client("sagemaker-runtime"), name)

    @property
    def has_model(self) -> bool:
        """Whether the deployment has a model server; one that is asleep is one."""
        return self.settings.model_endpoint != absent.NAME

    @cached_property
    def model_host(self) -> ModelHost:
        if not self.has_model:
            return AbsentHost()
        return SageMakerHost(
            client=self.client,
            endpoint=self.settings.model_endpoint,
            variant=self.settings.model_variant,
            maximum_instances=self.settings.model_max_instances,
        )

    @cached_property
    def model_server_repository(self) -> ModelServerRepository:
        if not self.has_model:
            return AbsentModelServer(
                cold_start=self.settings.model_cold_start_seconds,
                drawing=self.settings.model_drawing_seconds,
            )
        return DynamoDBModelServerRepository(
            model_server_table=self.settings.require("model_server_table"),
            audit=self.audit_log if self.settings.audit_table else None,
            connection=self.connection,
        )
