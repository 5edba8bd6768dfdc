"""A CloudFormation stack works, and is there after ``kill -9``, as soon as it is reported done."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from support.cloud import Cloud
from support.functions import RECORDER, packed, wait_for

USES_LAYER = "import shared_package\n" + RECORDER
HIDDEN = "import yaml\ndef handler(event, context): pass\n"


def layer() -> bytes:
    """Return a layer with one package, laid out as Lambda wants it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("python/shared_package/__init__.py", "")
    return buffer.getvalue()


def function(log: Path, source: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": "arn:aws:iam::000000000000:role/any",
            "Code": {"S3Bucket": "assets", "S3Key": f"{source}.zip"},
            "Layers": [{"Ref": "Layer"}],
            "Timeout": 30,
            "Environment": {"Variables": {"LOG": str(log)}},
        },
    }


def template(log: Path) -> str:
    """Return a stack of what the project deploys, each kind once."""
    arn = {"Fn::GetAtt": ["Function", "Arn"]}
    resources = {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
                "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        },
        "Layer": {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {"Content": {"S3Bucket": "assets", "S3Key": "layer.zip"}},
        },
        "Function": function(log, "recorder"),
        "Hidden": function(log, "hidden"),
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
                "StartingPosition": "LATEST",
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "lambda", "Endpoint": arn},
        },
        "Schedule": {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "ScheduleExpression": "rate(1 minute)",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {
                    "Arn": arn,
                    "RoleArn": "arn:aws:iam::000000000000:role/any",
                    "Input": '{"Records": [{"schedule": true}]}',
                },
            },
        },
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"GenerateSecretString": {"PasswordLength": 43}},
        },
        "Bucket": {"Type": "AWS::S3::Bucket"},
    }
    outputs = {name: {"Value": {"Ref": name}} for name in resources}
    return json.dumps({"Resources": resources, "Outputs": outputs})


def upload_assets(cloud: Cloud) -> None:
    storage = cloud.client("s3")
    storage.create_bucket(Bucket="assets")
    assets = {
        "layer.zip": layer(),
        "recorder.zip": packed(USES_LAYER),
        "hidden.zip": packed(HIDDEN),
    }
    for key, body in assets.items():
        storage.put_object(Bucket="assets", Key=key, Body=body)


def status(cloud: Cloud) -> str:
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="all")["Stacks"]
    value: str = stack["StackStatus"]
    return value


def outputs(cloud: Cloud) -> dict[str, str]:
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="all")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def seen(log: Path) -> list[dict[str, Any]]:
    if not log.exists():
        return []
    return [
        record for line in log.read_text().splitlines() for record in json.loads(line)["Records"]
    ]


def test_every_resource_works_right_after_the_stack_is_complete_and_the_cloud_was_killed(
    own_cloud: Cloud, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    upload_assets(own_cloud)
    stacks = own_cloud.client("cloudformation")
    stacks.create_stack(StackName="all", TemplateBody=template(log))
    wait_for(lambda: status(own_cloud) == "CREATE_COMPLETE", "the stack")
    secret = own_cloud.client("secretsmanager").get_secret_value(
        SecretId=outputs(own_cloud)["Secret"]
    )
    own_cloud.kill()
    own_cloud.start()

    made = outputs(own_cloud)
    database = own_cloud.client("dynamodb")
    expiry = database.describe_time_to_live(TableName=made["Table"])["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    again = own_cloud.client("secretsmanager").get_secret_value(SecretId=made["Secret"])
    assert len(again["SecretString"]) == 43
    assert again["SecretString"] == secret["SecretString"]
    own_cloud.client("s3").put_object(Bucket=made["Bucket"], Key="any", Body=b"any")

    database.put_item(TableName=made["Table"], Item={"key": {"S": "one"}})
    own_cloud.client("sns").publish(TopicArn=made["Topic"], Message="hello")
    wait_for(lambda: len(seen(log)) >= 2, "both deliveries")
    assert {record.get("eventSource") or record.get("EventSource") for record in seen(log)} == {
        "aws:dynamodb",
        "aws:sns",
    }


def test_a_function_does_not_see_the_packages_of_the_cloud(
    own_cloud: Cloud, tmp_path: Path
) -> None:
    upload_assets(own_cloud)
    stacks = own_cloud.client("cloudformation")
    stacks.create_stack(StackName="all", TemplateBody=template(tmp_path / "log"))
    wait_for(lambda: status(own_cloud) == "CREATE_COMPLETE", "the stack")
    answer = own_cloud.client("lambda").invoke(FunctionName=outputs(own_cloud)["Hidden"])
    assert "No module named 'yaml'" in answer["Payload"].read().decode()


def test_a_deployment_cut_short_by_kill_9_can_simply_be_repeated(
    own_cloud: Cloud, tmp_path: Path
) -> None:
    upload_assets(own_cloud)
    body = template(tmp_path / "log")
    own_cloud.client("cloudformation").create_stack(StackName="all", TemplateBody=body)
    own_cloud.kill()
    own_cloud.start()
    stacks = own_cloud.client("cloudformation")
    assert stacks.list_stacks()["StackSummaries"] == []
    stacks.create_stack(StackName="all", TemplateBody=body)
    wait_for(lambda: status(own_cloud) == "CREATE_COMPLETE", "the repeated deployment")
