"""The control plane: endpoints, their processes, and the CloudFormation types."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud, fresh_account
from support.hosting import VARIANT, Hosted, eventually, hosting_cloud, running


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with hosting_cloud(tmp_path_factory.mktemp("endpoints") / "data") as running_cloud:
        yield running_cloud


@pytest.fixture
def hosted(cloud: Cloud) -> Iterator[Hosted]:
    one = Hosted(cloud, fresh_account())
    yield one
    for endpoint in one.client("sagemaker").list_endpoints()["Endpoints"]:
        one.client("sagemaker").delete_endpoint(EndpointName=endpoint["EndpointName"])


def test_endpoint_is_creating_until_its_model_is_healthy(hosted: Hosted) -> None:
    hosted.create(ECHO_START_SECONDS="1.5")
    assert hosted.describe()["EndpointStatus"] == "Creating"
    description = hosted.wait_for(1)

    (variant,) = description["ProductionVariants"]
    assert variant["VariantName"] == VARIANT
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (1, 1)
    assert description["EndpointConfigName"] == "first"
    assert description["EndpointArn"].endswith(f"{hosted.account}:endpoint/drawing")
    assert description["AsyncInferenceConfig"]["OutputConfig"]["S3OutputPath"]
    assert description["CreationTime"] <= description["LastModifiedTime"]


def test_deployment_sends_a_test_notification_to_each_topic(hosted: Hosted) -> None:
    hosted.create()
    assert eventually(lambda: len(hosted.announcements()) == 2, "two test notifications")


def test_scaling_to_zero_ends_the_process_and_back_starts_another(hosted: Hosted) -> None:
    hosted.create().invoke("one")
    pid = hosted.pid("one")
    hosted.scale(0)
    assert not running(pid)
    hosted.invoke("two")
    hosted.scale(1)
    assert hosted.pid("two") != pid


def test_process_finishes_its_request_before_it_ends(hosted: Hosted, tmp_path: Path) -> None:
    hosted.create(ECHO_LOG=str(tmp_path / "log"))
    hosted.invoke("last", {"do": "wait", "until": str(tmp_path / "go")})
    eventually((tmp_path / "log").exists, "the request was begun")
    hosted.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName="drawing",
        DesiredWeightsAndCapacities=[{"VariantName": VARIANT, "DesiredInstanceCount": 0}],
    )
    assert hosted.wait_for(0, "Updating")
    (tmp_path / "go").touch()

    assert hosted.result("last")["invocationStatus"] == "Completed"
    hosted.wait_for(0)


def test_update_replaces_the_process_and_may_retain_the_capacity(hosted: Hosted) -> None:
    sagemaker = hosted.create(instances=2).client("sagemaker")
    hosted.wait_for(2)
    hosted.scale(1)
    hosted.invoke("old")
    pid = hosted.pid("old")
    hosted.configure("second", instances=2)
    sagemaker.update_endpoint(
        EndpointName="drawing", EndpointConfigName="second", RetainAllVariantProperties=True
    )
    eventually(lambda: not running(pid), "the old process ended")
    description = hosted.wait_for(1)
    assert description["EndpointConfigName"] == "second"

    hosted.configure("third", instances=2)
    sagemaker.update_endpoint(EndpointName="drawing", EndpointConfigName="third")
    hosted.wait_for(2)


def test_configuration_may_be_deleted_under_a_running_endpoint(hosted: Hosted) -> None:
    sagemaker = hosted.create().client("sagemaker")
    hosted.wait_for(1)
    sagemaker.delete_endpoint_config(EndpointConfigName="first")
    sagemaker.delete_model(ModelName="first")
    hosted.scale(0).scale(1)
    hosted.invoke("still")
    assert hosted.result("still")["invocationStatus"] == "Completed"


def test_model_that_cannot_start_is_visible_and_tried_again(hosted: Hosted) -> None:
    hosted.create(ECHO_REFUSE="yes")
    description = hosted.wait_for(0, "Failed")

    assert "the weights can't be loaded" in description["FailureReason"]
    assert "the weights can't be loaded" in hosted.cloud.errors()
    with pytest.raises(ClientError, match="not found"):
        hosted.invoke("early")
    hosted.configure("repaired")
    hosted.client("sagemaker").update_endpoint(
        EndpointName="drawing", EndpointConfigName="repaired"
    )
    hosted.wait_for(1)


def test_update_that_does_not_start_is_rolled_back(hosted: Hosted) -> None:
    sagemaker = hosted.create().client("sagemaker")
    hosted.invoke("before")
    pid = hosted.pid("before")
    hosted.configure("broken", ECHO_REFUSE="yes")
    sagemaker.update_endpoint(
        EndpointName="drawing", EndpointConfigName="broken", RetainAllVariantProperties=True
    )
    assert hosted.describe()["EndpointStatus"] == "Updating"
    description = hosted.wait_for(1)
    assert description["EndpointConfigName"] == "first"
    assert "the weights can't be loaded" in description["FailureReason"]
    hosted.invoke("after")
    assert hosted.pid("after") == pid

    hosted.configure("repaired")
    sagemaker.update_endpoint(EndpointName="drawing", EndpointConfigName="repaired")
    description = hosted.wait_for(1)
    assert description["EndpointConfigName"] == "repaired"
    assert "FailureReason" not in description
    hosted.invoke("repaired")
    assert hosted.pid("repaired") != pid


def test_weights_that_are_not_in_s3_do_not_start(hosted: Hosted) -> None:
    sagemaker = hosted.create().client("sagemaker")
    hosted.wait_for(1)
    source = {"S3Uri": f"s3://{hosted.bucket}/none/", "S3DataType": "S3Prefix"}
    sagemaker.create_model(
        ModelName="lost",
        PrimaryContainer={
            "Image": "echo",
            "ModelDataSource": {"S3DataSource": source | {"CompressionType": "None"}},
        },
    )
    config = sagemaker.describe_endpoint_config(EndpointConfigName="first")
    (variant,) = config["ProductionVariants"]
    sagemaker.create_endpoint_config(
        EndpointConfigName="lost",
        ProductionVariants=[variant | {"ModelName": "lost"}],
        AsyncInferenceConfig=config["AsyncInferenceConfig"],
    )
    sagemaker.update_endpoint(EndpointName="drawing", EndpointConfigName="lost")
    description = hosted.wait_for(1)
    assert description["EndpointConfigName"] == "first"
    assert "could not find model data" in description["FailureReason"]


def test_capacity_that_cannot_be_had_leaves_the_endpoint_in_service(hosted: Hosted) -> None:
    hosted.create()
    hosted.wait_for(1)
    hosted.configure("broken", ECHO_REFUSE="yes")
    hosted.scale(0).client("sagemaker").update_endpoint(
        EndpointName="drawing", EndpointConfigName="broken"
    )
    description = eventually(
        lambda: "ended" in hosted.cloud.errors() and hosted.wait_for(0), "in service with nobody"
    )
    assert description["ProductionVariants"][0]["DesiredInstanceCount"] == 1


def test_deleted_endpoint_is_gone_with_its_process(hosted: Hosted) -> None:
    hosted.create().invoke("one")
    pid = hosted.pid("one")
    hosted.client("sagemaker").delete_endpoint(EndpointName="drawing")
    eventually(lambda: not running(pid), "the process ended")
    with pytest.raises(ClientError, match="Could not find endpoint") as refusal:
        hosted.describe()
    assert refusal.value.response["Error"]["Code"] == "ValidationException"


def test_endpoint_made_again_under_its_name_starts_anew(hosted: Hosted) -> None:
    sagemaker = hosted.create().client("sagemaker")
    hosted.invoke("old")
    pid = hosted.pid("old")
    sagemaker.delete_endpoint(EndpointName="drawing")
    sagemaker.create_endpoint(EndpointName="drawing", EndpointConfigName="first")
    hosted.invoke("new")

    assert hosted.pid("new") != pid
    eventually(lambda: not running(pid), "the old process ended")


def test_lists_show_what_was_made_page_by_page(hosted: Hosted) -> None:
    sagemaker = hosted.create().client("sagemaker")
    hosted.configure("second")

    first = sagemaker.list_models(MaxResults=1)
    second = sagemaker.list_models(MaxResults=1, NextToken=first["NextToken"])
    names = [page["Models"][0]["ModelName"] for page in (first, second)]
    assert names == ["second", "first"]
    assert "NextToken" not in second
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 2
    assert [one["EndpointName"] for one in sagemaker.list_endpoints()["Endpoints"]] == ["drawing"]
    assert sagemaker.list_endpoints(NameContains="x")["Endpoints"] == []
    assert sagemaker.list_tags(ResourceArn=hosted.describe()["EndpointArn"])["Tags"] == []


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("create_model", {"ModelName": "first", "PrimaryContainer": {"Image": "x"}}),
        ("create_model", {"ModelName": "empty"}),
        ("create_endpoint", {"EndpointName": "drawing", "EndpointConfigName": "first"}),
        ("create_endpoint", {"EndpointName": "other", "EndpointConfigName": "none"}),
        ("create_endpoint", {"EndpointName": "under_score", "EndpointConfigName": "first"}),
        ("update_endpoint", {"EndpointName": "none", "EndpointConfigName": "first"}),
        ("delete_endpoint_config", {"EndpointConfigName": "none"}),
        ("describe_model", {"ModelName": "none"}),
    ],
)
def test_wrong_request_is_a_validation_exception(
    hosted: Hosted, operation: str, request_: dict[str, Any]
) -> None:
    hosted.create()
    with pytest.raises(ClientError) as refusal:
        getattr(hosted.client("sagemaker"), operation)(**request_)
    assert refusal.value.response["Error"]["Code"] == "ValidationException"
