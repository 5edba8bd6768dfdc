"""The private bucket of pictures: what the model draws, and what people keep of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from deepstory_cdk.checks import accept, accept_resource

if TYPE_CHECKING:
    from deepstory_cdk.stage import Stage

ASYNC_OUTPUT = "async-output/"
KEPT = "pictures/"
EXPORTS = "exports/"


class Pictures(Construct):
    """Objects are reached by URLs that the API signs, and by nothing else."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=stage.keeps_data,
            removal_policy=stage.data_removal,
            auto_delete_objects=stage.name == "dev",
            lifecycle_rules=_lifecycle(stage),
            cors=[
                # A signed URL is its own permission; the origin adds none.
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.HEAD],
                    allowed_origins=["*"],
                    allowed_headers=["*"],
                    exposed_headers=["ETag", "Content-Length", "Content-Type"],
                    max_age=3600,
                )
            ],
        )
        accept(
            self.bucket,
            "AwsSolutions-S1",
            "Reads need a URL signed by the API, whose access log names the request; a second "
            "log of every image load would cost more than the images.",
        )


def _lifecycle(stage: Stage) -> list[s3.LifecycleRule]:
    rules = [
        s3.LifecycleRule(
            id="raw-model-output",
            prefix=ASYNC_OUTPUT,
            expiration=Duration.days(7),
            noncurrent_version_expiration=Duration.days(1) if stage.keeps_data else None,
        ),
        s3.LifecycleRule(
            id="exports",
            prefix=EXPORTS,
            expiration=Duration.days(7),
            noncurrent_version_expiration=Duration.days(1) if stage.keeps_data else None,
        ),
        s3.LifecycleRule(
            id="broken-uploads", abort_incomplete_multipart_upload_after=Duration.days(1)
        ),
    ]
    if stage.keeps_data:
        rules.append(
            s3.LifecycleRule(
                id="deleted-pictures",
                prefix=KEPT,
                noncurrent_version_expiration=Duration.days(30),
                expired_object_delete_marker=True,
            )
        )
    return rules


def accept_prefix(role: IConstruct, bucket: s3.IBucket, prefix: str) -> None:
    """Accept that a role reaches every object below a prefix."""
    accept_resource(
        role,
        bucket.arn_for_objects(f"{prefix}*"),
        "Object keys are random and made while running; the prefix bounds them.",
    )
