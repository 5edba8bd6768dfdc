"""Queues and the Lambdas that take from them, after the cloud comes back elsewhere."""

from support.cloud import free_port
from support.functions import Recorder, wait_for


def bodies(recorder: Recorder) -> list[str]:
    return [record["body"] for record in recorder.records()]


def test_lambda_goes_on_taking_messages_when_the_port_is_another(own_cloud, tmp_path):
    sqs, functions = own_cloud.client("sqs"), own_cloud.client("lambda")
    url = sqs.create_queue(QueueName="work")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    recorder = Recorder(functions, tmp_path / "log")
    functions.create_event_source_mapping(
        FunctionName="recorder", EventSourceArn=attributes["QueueArn"], BatchSize=1
    )
    sqs.send_message(QueueUrl=url, MessageBody="before")
    wait_for(lambda: bodies(recorder) == ["before"], "the first message")

    own_cloud.stop()
    own_cloud.port = free_port()
    own_cloud.start()
    own_cloud.client("sqs").send_message(QueueUrl=url, MessageBody="after")

    wait_for(lambda: "after" in bodies(recorder), "the message after the move")
    assert own_cloud.client("sqs").get_queue_url(QueueName="work")["QueueUrl"] == url
