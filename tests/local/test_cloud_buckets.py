"""Buckets of stacks: emptied first where the stack says so, and never deleted with content."""

import json
from typing import Any

from support.cloud import Cloud
from support.functions import wait_for

BUCKET = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete"}
EMPTIED = {
    "Type": "Custom::S3AutoDeleteObjects",
    "Properties": {"ServiceToken": "arn:any", "BucketName": {"Ref": "Bucket"}},
}


def stack(cloud: Cloud, account: str, **resources: Any) -> str:
    """Make a stack and return its bucket, with an object and an older version of it inside."""
    stacks = cloud.client("cloudformation", account)
    template = {"Resources": resources, "Outputs": {"Bucket": {"Value": {"Ref": "Bucket"}}}}
    stacks.create_stack(StackName="all", TemplateBody=json.dumps(template))
    wait_for(lambda: status(cloud, account) == "CREATE_COMPLETE", "the stack")
    (made,) = stacks.describe_stacks(StackName="all")["Stacks"]
    bucket: str = made["Outputs"][0]["OutputValue"]
    storage = cloud.client("s3", account)
    storage.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        storage.put_object(Bucket=bucket, Key="any", Body=body)
    return bucket


def status(cloud: Cloud, account: str) -> str:
    found = cloud.client("cloudformation", account).list_stacks()["StackSummaries"]
    return str(found[0]["StackStatus"])


def buckets(cloud: Cloud, account: str) -> list[str]:
    return [each["Name"] for each in cloud.client("s3", account).list_buckets()["Buckets"]]


def test_bucket_that_is_to_be_emptied_goes_with_its_objects_and_versions(
    cloud: Cloud, account: str
) -> None:
    bucket = stack(cloud, account, Bucket=BUCKET, Emptied=EMPTIED)
    assert buckets(cloud, account) == [bucket]
    cloud.client("cloudformation", account).delete_stack(StackName="all")
    wait_for(lambda: status(cloud, account) == "DELETE_COMPLETE", "the deletion")

    assert buckets(cloud, account) == []


def test_bucket_with_content_is_not_deleted(cloud: Cloud, account: str) -> None:
    bucket = stack(cloud, account, Bucket=BUCKET)
    cloud.client("cloudformation", account).delete_stack(StackName="all")
    wait_for(lambda: status(cloud, account) == "DELETE_FAILED", "the failure")

    content = cloud.client("s3", account).get_object(Bucket=bucket, Key="any")["Body"].read()
    assert content == b"two"
