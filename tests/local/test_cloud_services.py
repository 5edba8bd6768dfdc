"""Services other than DynamoDB keep what they acknowledged over ``kill -9``."""

import json
from pathlib import Path

import pytest

from support.cloud import Cloud
from support.functions import Recorder, wait_for

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def test_objects_keep_their_content_type_metadata_and_tags(own_cloud: Cloud) -> None:
    storage = own_cloud.client("s3")
    storage.create_bucket(Bucket="empty")
    storage.create_bucket(Bucket="pictures")
    storage.put_object(
        Bucket="pictures",
        Key="a/b.png",
        Body=b"\x89PNG",
        ContentType="image/png",
        Metadata={"owner": "somebody"},
        Tagging="kind=thumbnail",
    )
    storage.put_object(Bucket="pictures", Key="deleted", Body=b"any")
    storage.delete_object(Bucket="pictures", Key="deleted")
    own_cloud.kill()
    own_cloud.start()
    storage = own_cloud.client("s3")
    assert {bucket["Name"] for bucket in storage.list_buckets()["Buckets"]} == {"empty", "pictures"}
    listing = storage.list_objects_v2(Bucket="pictures")
    assert [found["Key"] for found in listing["Contents"]] == ["a/b.png"]
    found = storage.get_object(Bucket="pictures", Key="a/b.png")
    assert found["Body"].read() == b"\x89PNG"
    assert found["ContentType"] == "image/png"
    assert found["Metadata"] == {"owner": "somebody"}
    tags = storage.get_object_tagging(Bucket="pictures", Key="a/b.png")["TagSet"]
    assert tags == [{"Key": "kind", "Value": "thumbnail"}]


def test_each_change_is_kept_that_was_answered(own_cloud: Cloud) -> None:
    own_cloud.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)
    own_cloud.client("ssm").put_parameter(Name="name", Value="value", Type="String")
    own_cloud.client("secretsmanager").create_secret(Name="secret", SecretString="hidden")
    queue = own_cloud.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
    own_cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="message")
    own_cloud.kill()
    own_cloud.start()
    assert own_cloud.client("iam").get_role(RoleName="role")["Role"]["RoleName"] == "role"
    parameter = own_cloud.client("ssm").get_parameter(Name="name")["Parameter"]
    assert parameter["Value"] == "value"
    secret = own_cloud.client("secretsmanager").get_secret_value(SecretId="secret")
    assert secret["SecretString"] == "hidden"
    (message,) = own_cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == "message"


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_notification_whose_function_was_ended_with_the_cloud_comes_again(
    own_cloud: Cloud, tmp_path: Path, how: str
) -> None:
    recorder = Recorder(own_cloud.client("lambda"), tmp_path / "log")
    topics = own_cloud.client("sns")
    topic = topics.create_topic(Name="topic")["TopicArn"]
    topics.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=recorder.arn)
    recorder.order(sleep=50)
    topics.publish(TopicArn=topic, Message="hello")
    wait_for(lambda: len(recorder.events()) == 1, "the first try")
    getattr(own_cloud, how)()
    recorder.order()
    own_cloud.start()
    wait_for(lambda: len(recorder.events()) == 2, "the second try")
    assert [record["Sns"]["Message"] for record in recorder.records()] == ["hello", "hello"]


def test_a_notification_is_delivered_though_the_cloud_is_killed_right_after_the_answer(
    own_cloud: Cloud, tmp_path: Path
) -> None:
    recorder = Recorder(own_cloud.client("lambda"), tmp_path / "log")
    topics = own_cloud.client("sns")
    topic = topics.create_topic(Name="topic")["TopicArn"]
    topics.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=recorder.arn)
    topics.publish(TopicArn=topic, Message="hello")
    own_cloud.kill()
    before = len(recorder.events())
    own_cloud.start()
    wait_for(lambda: len(recorder.events()) > before, "the delivery")


def test_a_failed_notification_is_tried_again(own_cloud: Cloud, tmp_path: Path) -> None:
    recorder = Recorder(own_cloud.client("lambda"), tmp_path / "log")
    topics = own_cloud.client("sns")
    topic = topics.create_topic(Name="topic")["TopicArn"]
    topics.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=recorder.arn)
    recorder.order(fail=True)
    topics.publish(TopicArn=topic, Message="hello")
    wait_for(lambda: len(recorder.events()) == 1, "the first try")
    recorder.order()
    wait_for(lambda: len(recorder.events()) == 2, "the second try")
