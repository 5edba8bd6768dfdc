"""Which weights the model draws with, and what its role may read: see docs/adr/0020."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnParameter
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from deepstory_cdk.checks import accept_resource
from deepstory_cdk.grants import allow

if TYPE_CHECKING:
    from deepstory_cdk.stage import Stage

# Instead of a place in S3: the SSM parameter into which model.publish writes it.
SSM = "ssm:"
# The folder of the weights bucket below which model.publish puts models.
PUBLISHED = "models/"


class ModelWeights(Construct):
    """The weights of the image, those at a given prefix, or those that were published last."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage, role: iam.IRole) -> None:
        super().__init__(scope, name)
        self._role = role
        self.prefix = stage.model_weights
        if self.prefix.startswith(SSM):
            # Resolved anew at every deployment, which so never brings back older weights.
            self.prefix = CfnParameter(
                self,
                "Published",
                type="AWS::SSM::Parameter::Value<String>",
                default=self.prefix.removeprefix(SSM),
                description="Where the weights lie that were published last",
            ).value_as_string
        elif self.prefix:
            bucket, _, folder = self.prefix.removeprefix("s3://").partition("/")
            self._allow("Given", bucket, folder)
        if stage.model_weights_bucket:
            self._allow("Bucket", stage.model_weights_bucket, PUBLISHED)

    def source(self) -> sagemaker.CfnModel.ModelDataSourceProperty | None:
        """Return where SageMaker fetches the weights from, outside the isolated container."""
        if not self.prefix:
            return None
        props = sagemaker.CfnModel
        return props.ModelDataSourceProperty(
            s3_data_source=props.S3DataSourceProperty(
                s3_uri=self.prefix, s3_data_type="S3Prefix", compression_type="None"
            )
        )

    def _allow(self, name: str, bucket: str, folder: str) -> None:
        source = s3.Bucket.from_bucket_name(self, name, bucket)
        files = source.arn_for_objects(f"{folder}*")
        allow(self._role, ["s3:GetObject"], [files])
        allow(self._role, ["s3:ListBucket"], [source.bucket_arn])
        accept_resource(
            self._role, files, "A model is a folder of files whose names only its publisher knows."
        )
