"""The model server: an asynchronous SageMaker endpoint, which alone keeps a queue at zero GPUs.

Why asynchronous, and what that costs, is in docs/adr/0002. Nothing here has a fixed name that
creation needs, so that every part can be replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, CfnOutput, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from constructs import Construct

from deepstory_cdk import pictures
from deepstory_cdk.grants import allow
from deepstory_cdk.model_container import ModelContainer
from deepstory_cdk.model_scaling import ModelScaling

if TYPE_CHECKING:
    from deepstory_cdk.stage import Stage

VARIANT = "main"
# As deepstory/model_server/absent.py reads it.
NONE = "none"
# A driver for CUDA 13, which the container is built against.
INFERENCE_AMI = "al2023-ami-sagemaker-inference-gpu-4-1"
STARTUP_SECONDS = 900


def _instances(stage: Stage) -> dict[str, Any]:
    """Return one instance type, or pools of several in the order in which they are tried."""
    if len(stage.model_instance_pools) < 2:
        return {"instance_type": stage.model_instance_type}
    pool = sagemaker.CfnEndpointConfig.InstancePoolProperty
    return {
        "instance_pools": [
            pool(instance_type=kind, priority=priority)
            for priority, kind in enumerate(stage.model_instance_pools, start=1)
        ]
    }


class ModelEndpoint(Construct):
    """Takes requests while nothing runs; answers through S3 and the two topics.

    Without a model only the topics are there, which cost nothing; Lambdas are told
    in place of its name that there is none, and ``arn`` is empty.
    """

    def __init__(self, scope: Construct, name: str, *, stage: Stage, bucket: s3.IBucket) -> None:
        super().__init__(scope, name)
        self.success = sns.Topic(self, "Success", enforce_ssl=True)
        self.failure = sns.Topic(self, "Failure", enforce_ssl=True)
        self.name, self.arn = NONE, ""
        if stage.has_model:
            self._host(stage, bucket)

    def _host(self, stage: Stage, bucket: s3.IBucket) -> None:
        self._container = ModelContainer(self, "Container", stage=stage)
        self._allow_answers(bucket)
        endpoint = sagemaker.CfnEndpoint(
            self,
            "Endpoint",
            endpoint_config_name=self._config(stage, bucket).attr_endpoint_config_name,
            # A deployment must not wake a sleeping server or put a working one to sleep.
            retain_all_variant_properties=True,
        )
        self.name = endpoint.attr_endpoint_name
        CfnOutput(
            Stack.of(self),
            "ModelEndpointName",
            value=self.name,
            description="What model.publish and model.probe are given as --endpoint",
        )
        self.arn = Stack.of(self).format_arn(
            service="sagemaker",
            resource="endpoint",
            resource_name=self.name,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        ModelScaling(
            self,
            "Scaling",
            endpoint=endpoint,
            variant=VARIANT,
            max_instances=stage.model_max_instances,
            backlog_per_instance=stage.model_concurrency,
        )

    def _config(self, stage: Stage, bucket: s3.IBucket) -> sagemaker.CfnEndpointConfig:
        props = sagemaker.CfnEndpointConfig
        return props(
            self,
            "Config",
            production_variants=[
                props.ProductionVariantProperty(
                    variant_name=VARIANT,
                    model_name=self._container.model.attr_model_name,
                    **_instances(stage),
                    # SageMaker creates no endpoint with 0; scaling takes it there when idle.
                    initial_instance_count=1,
                    initial_variant_weight=1,
                    inference_ami_version=INFERENCE_AMI,
                    container_startup_health_check_timeout_in_seconds=STARTUP_SECONDS,
                    model_data_download_timeout_in_seconds=STARTUP_SECONDS,
                )
            ],
            async_inference_config=props.AsyncInferenceConfigProperty(
                client_config=props.AsyncInferenceClientConfigProperty(
                    max_concurrent_invocations_per_instance=stage.model_concurrency
                ),
                output_config=props.AsyncInferenceOutputConfigProperty(
                    s3_output_path=bucket.s3_url_for_object(f"{pictures.ASYNC_OUTPUT}results"),
                    s3_failure_path=bucket.s3_url_for_object(f"{pictures.ASYNC_OUTPUT}failures"),
                    notification_config=props.AsyncInferenceNotificationConfigProperty(
                        success_topic=self.success.topic_arn,
                        error_topic=self.failure.topic_arn,
                        # Why the model refused a picture is for its owner to read.
                        include_inference_response_in=["ERROR_NOTIFICATION_TOPIC"],
                    ),
                ),
            ),
        )

    def _allow_answers(self, bucket: s3.IBucket) -> None:
        role = self._container.role
        output = bucket.arn_for_objects(f"{pictures.ASYNC_OUTPUT}*")
        allow(role, ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"], [output])
        allow(role, ["s3:ListBucket"], [bucket.bucket_arn])
        allow(role, ["sns:Publish"], [self.success.topic_arn, self.failure.topic_arn])
        pictures.accept_prefix(role, bucket, pictures.ASYNC_OUTPUT)
