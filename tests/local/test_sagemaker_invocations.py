"""An asynchronous invocation, from InvokeEndpointAsync to its notification."""

import base64
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud, fresh_account
from support.hosting import Hosted, eventually, hosting_cloud, running


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with hosting_cloud(tmp_path_factory.mktemp("invocations") / "data") as running_cloud:
        yield running_cloud


@pytest.fixture
def hosted(cloud: Cloud) -> Iterator[Hosted]:
    one = Hosted(cloud, fresh_account())
    yield one
    one.client("sagemaker").delete_endpoint(EndpointName=one.name)


def test_result_is_stored_and_told_in_sagemakers_shape(hosted: Hosted) -> None:
    answer = hosted.create().invoke("first", {"prompt": "고양이"}, Accept="image/png")
    message = hosted.result("first")

    assert answer["InferenceId"] == "first"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["OutputLocation"].startswith(f"s3://{hosted.bucket}/out/")
    assert answer["OutputLocation"].endswith(".out")
    assert answer["FailureLocation"].endswith("-error.out")
    times = message.pop("eventTime"), message.pop("receivedTime")
    assert all(len(time) == len("2023-05-23T03:23:21.814Z") and time[-1] == "Z" for time in times)
    assert message == {
        "awsRegion": "us-east-1",
        "invocationStatus": "Completed",
        "requestParameters": {
            "accept": "image/png",
            "contentType": "application/json",
            "endpointName": "drawing",
        },
        "responseParameters": {
            "contentType": "application/json",
            "outputLocation": answer["OutputLocation"],
        },
        "inferenceId": "first",
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }
    stored = json.loads(hosted.object(answer["OutputLocation"]))
    assert stored["echo"] == {"prompt": "고양이"}
    assert (stored["accept"], stored["content_type"]) == ("image/png", "application/json")


def test_input_may_come_from_s3_and_attributes_reach_the_container(hosted: Hosted) -> None:
    hosted.create()
    hosted.client("s3").put_object(Bucket=hosted.bucket, Key="in/1", Body=b'{"from": "s3"}')
    location = f"s3://{hosted.bucket}/in/1"
    answer = hosted.client("sagemaker-runtime").invoke_endpoint_async(
        EndpointName="drawing", InputLocation=location, CustomAttributes="trace=1"
    )
    message = hosted.result(answer["InferenceId"])

    assert message["requestParameters"]["inputLocation"] == location
    stored = json.loads(hosted.object(answer["OutputLocation"]))
    assert (stored["echo"], stored["custom"]) == ({"from": "s3"}, "trace=1")


def test_missing_input_object_is_a_failed_invocation(hosted: Hosted) -> None:
    answer = (
        hosted.create()
        .client("sagemaker-runtime")
        .invoke_endpoint_async(
            EndpointName="drawing", InputLocation=f"s3://{hosted.bucket}/in/none"
        )
    )
    assert "Unable to read the input" in hosted.result(answer["InferenceId"])["failureReason"]


@pytest.mark.parametrize(
    ("action", "error", "code"),
    [("reject", "client error (422)", b"bad_prompt"), ("break", "server error (500)", b"broken")],
)
def test_refusal_of_the_container_is_a_failed_invocation_with_its_body(
    hosted: Hosted, action: str, error: str, code: bytes
) -> None:
    answer = hosted.create().invoke("bad", {"do": action})
    message = hosted.result("bad")

    assert message["invocationStatus"] == "Failed"
    assert message["failureReason"].startswith(f"ClientError: Received {error} from primary with")
    assert message["responseParameters"] == {
        "contentType": "application/json",
        "failureLocation": answer["FailureLocation"],
    }
    assert code in hosted.object(answer["FailureLocation"])


def test_model_killed_mid_request_fails_it_and_is_replaced(hosted: Hosted) -> None:
    hosted.create().invoke("before")
    first = hosted.pid("before")
    hosted.invoke("crash", {"do": "crash"})
    message = hosted.result("crash")
    hosted.invoke("after")

    assert message["invocationStatus"] == "Failed"
    assert "Received server error (0) from primary" in message["failureReason"]
    assert hosted.pid("after") != first


def test_invocation_that_takes_too_long_fails(hosted: Hosted, tmp_path: Path) -> None:
    body = {"do": "wait", "until": str(tmp_path / "go")}
    hosted.create().invoke("slow", body, InvocationTimeoutSeconds=1)
    message = hosted.result("slow")
    (tmp_path / "go").touch()

    assert "invocation timed out" in message["failureReason"]


def test_one_at_a_time_is_first_in_first_out(hosted: Hosted, tmp_path: Path) -> None:
    log = tmp_path / "log"
    hosted.create(concurrency=1, ECHO_LOG=str(log))
    names = [f"n{number}" for number in range(12)]
    for name in names:
        hosted.invoke(name)
    hosted.result(names[-1])

    assert [json.loads(line)["id"] for line in log.read_text().splitlines()] == names


def test_no_more_requests_at_once_than_configured(hosted: Hosted, tmp_path: Path) -> None:
    log, gate = tmp_path / "log", tmp_path / "go"
    hosted.create(concurrency=2, ECHO_LOG=str(log))
    for name in ("a", "b", "c"):
        hosted.invoke(name, {"do": "wait", "until": str(gate)})
    eventually(lambda: log.exists() and len(log.read_text().splitlines()) == 2, "two begun")
    hosted.describe()
    assert len(log.read_text().splitlines()) == 2
    gate.touch()
    for name in ("a", "b", "c"):
        assert hosted.result(name)["invocationStatus"] == "Completed"


def test_several_instances_share_the_work(hosted: Hosted, tmp_path: Path) -> None:
    gate = tmp_path / "go"
    hosted.create(instances=2, concurrency=1)
    hosted.wait_for(2)
    for name in ("a", "b"):
        hosted.invoke(name, {"do": "wait", "until": str(gate)})
    gate.touch()

    assert hosted.pid("a") != hosted.pid("b")


@pytest.mark.parametrize(
    "wrong",
    [
        {"Body": b""},
        {"Body": b"x" * 128_001},
        {"Body": b"x", "InputLocation": "s3://bucket/key"},
        {"InputLocation": "s3://bucket"},
        {"Body": b"x", "EndpointName": "unknown"},
    ],
)
def test_wrong_request_is_a_validation_error(hosted: Hosted, wrong: dict[str, Any]) -> None:
    hosted.create()
    with pytest.raises(ClientError) as refusal:
        hosted.client("sagemaker-runtime").invoke_endpoint_async(
            **{"EndpointName": "drawing", **wrong}
        )
    assert refusal.value.response["Error"]["Code"] == "ValidationError"


def test_synchronous_invocation_is_refused(hosted: Hosted) -> None:
    runtime = hosted.create().client("sagemaker-runtime")
    with pytest.raises(runtime.exceptions.ValidationError, match="asynchronous"):
        runtime.invoke_endpoint(EndpointName="drawing", Body=b"{}")


def test_included_response_is_in_the_message(hosted: Hosted) -> None:
    hosted.create()
    sagemaker = hosted.client("sagemaker")
    config = sagemaker.describe_endpoint_config(EndpointConfigName="first")
    asynchronous = config["AsyncInferenceConfig"]
    asynchronous["OutputConfig"]["NotificationConfig"]["IncludeInferenceResponseIn"] = [
        "SUCCESS_NOTIFICATION_TOPIC"
    ]
    sagemaker.create_endpoint_config(
        EndpointConfigName="including",
        ProductionVariants=config["ProductionVariants"],
        AsyncInferenceConfig=asynchronous,
    )
    sagemaker.update_endpoint(EndpointName="drawing", EndpointConfigName="including")
    hosted.invoke("told")
    response = hosted.result("told")["responseBody"]
    assert json.loads(base64.b64decode(response["content"]))["echo"] == {"id": "told"}


def test_killed_cloud_takes_the_model_with_it_and_finishes_the_queue_later(
    tmp_path: Path,
) -> None:
    with hosting_cloud(tmp_path / "data") as cloud:
        hosted = Hosted(cloud, fresh_account()).create(concurrency=1)
        hosted.invoke("warm")
        pid = hosted.pid("warm")
        names = [f"n{number}" for number in range(6)]
        for name in names:
            hosted.invoke(name, {"do": "wait", "until": str(tmp_path / "go")})
        cloud.kill()
        eventually(lambda: not running(pid), "the model ended")
        (tmp_path / "go").touch()
        cloud.start()
        results = [hosted.result(name) for name in names]

        assert {result["invocationStatus"] for result in results} == {"Completed"}
        eventually(lambda: not list((tmp_path / "data/sagemaker/jobs").glob("*")), "no job left")


def test_request_that_waited_too_long_fails(tmp_path: Path) -> None:
    with hosting_cloud(tmp_path / "data") as cloud:
        hosted = Hosted(cloud, fresh_account()).create().scale(0)
        hosted.invoke("old", RequestTTLSeconds=60)
        hosted.invoke("young", RequestTTLSeconds=3600)
        cloud.kill()
        (oldest, *_) = sorted((tmp_path / "data/sagemaker/jobs").glob("*.json"))
        job = json.loads(oldest.read_text())
        job["request"]["expires_at"] -= 60
        oldest.write_text(json.dumps(job))
        cloud.start()
        message = hosted.result("old")

        assert message["invocationStatus"] == "Failed"
        assert "expired" in message["failureReason"]
        assert len(list((tmp_path / "data/sagemaker/jobs").glob("*.json"))) == 1


def test_finished_job_whose_notice_was_not_delivered_is_told_again(tmp_path: Path) -> None:
    with hosting_cloud(tmp_path / "data") as cloud:
        hosted = Hosted(cloud, fresh_account()).create().scale(0)
        hosted.invoke("told")
        cloud.kill()
        (path,) = (tmp_path / "data/sagemaker/jobs").glob("*.json")
        job = json.loads(path.read_text())
        message = {"inferenceId": "told", "eventName": "InferenceResult"}
        job["notice"] = {"topic": hosted.topic("success"), "message": json.dumps(message)}
        path.write_text(json.dumps(job))
        cloud.start()

        assert hosted.result("told") == message
        eventually(lambda: not path.exists(), "the job is forgotten")


def test_orderly_stop_ends_the_model_and_keeps_its_work(tmp_path: Path) -> None:
    with hosting_cloud(tmp_path / "data") as cloud:
        hosted = Hosted(cloud, fresh_account()).create(concurrency=1)
        hosted.invoke("warm")
        pid = hosted.pid("warm")
        hosted.invoke("kept", {"do": "wait", "until": str(tmp_path / "go")})
        (tmp_path / "go").touch()
        cloud.stop()
        assert not running(pid)
        cloud.start()
        assert hosted.result("kept")["invocationStatus"] == "Completed"


def test_hung_model_is_not_waited_for_when_it_is_killed(hosted: Hosted) -> None:
    hosted.create().invoke("warm")
    pid = hosted.pid("warm")
    os.kill(pid, signal.SIGKILL)
    hosted.invoke("next")
    assert hosted.pid("next") != pid
