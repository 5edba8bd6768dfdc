"""SageMaker's asynchronous endpoints: control plane, runtime, and the hosting of the model."""

from local.cloud import autoscaling
from local.cloud.context import CloudContext
from local.cloud.sagemaker import service


def install(context: CloudContext) -> None:
    """Add SageMaker and the autoscaling of its endpoints to the cloud; endpoints start with it."""
    autoscaling.attach(context, service.build(context))
