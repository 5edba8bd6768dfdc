"""The use cases of whoever runs the model server with their real dependencies."""

from __future__ import annotations

from functools import cached_property

from deepstory.model_server.absent import AbsentSchedule
from deepstory.model_server.auditing import ModelAuditor
from deepstory.model_server.control import LambdaModelControl, ModelControl
from deepstory.model_server.operations import ModelOperations
from deepstory.model_server.repository import ModelScheduleRepository
from deepstory.model_server.schedule_dynamodb import DynamoDBModelScheduleRepository
from deepstory.model_server.schedules import ModelScheduleService
from deepstory.model_server.switching import ModelSwitch
from deepstory.picture_services import PictureServices


class ModelServices(PictureServices):
    @cached_property
    def model_operations(self) -> ModelOperations:
        return ModelOperations(
            model_server=self.model_server,
            switch=self.model_switch,
            schedules=self.model_schedules,
            dispatcher=self.dispatcher,
            pictures=self.picture_repository,
            clock=self.clock,
            instance_type=self.settings.model_instance_type,
        )

    @cached_property
    def model_switch(self) -> ModelSwitch:
        return ModelSwitch(
            server=self.model_server,
            schedules=self.model_schedules,
            host=self.model_host,
            pictures=self.picture_repository,
            auditor=self.model_auditor,
            clock=self.clock,
        )

    @cached_property
    def model_schedules(self) -> ModelScheduleService:
        return ModelScheduleService(
            repository=self.model_schedule_repository,
            auditor=self.model_auditor,
            clock=self.clock,
            zone=self.settings.service_time_zone,
            idle_minutes=self.settings.model_idle_minutes,
        )

    @cached_property
    def model_auditor(self) -> ModelAuditor:
        return ModelAuditor(self.ids)

    @cached_property
    def model_schedule_repository(self) -> ModelScheduleRepository:
        if not self.has_model:
            return AbsentSchedule()
        return DynamoDBModelScheduleRepository(
            model_server_table=self.settings.require("model_server_table"),
            audit=self.audit_log if self.settings.audit_table else None,
            connection=self.connection,
        )

    @cached_property
    def model_control(self) -> ModelControl:
        if not self.has_model:
            # There is nothing that only the other Lambda may do, and here it is told why not.
            return self.model_operations
        function = self.settings.require("model_control_function")
        return LambdaModelControl(self.client("lambda"), function)
