"""Endpoints as CloudFormation makes, updates and removes them."""

import json
from pathlib import Path
from typing import Any

from support.hosting import VARIANT, Hosted, eventually, hosting_cloud


def _template(model_environment: dict[str, str]) -> str:
    resources: dict[str, Any] = {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Model": {
            "Type": "AWS::SageMaker::Model",
            "Properties": {
                "PrimaryContainer": {"Image": "echo", "Environment": model_environment},
                "ExecutionRoleArn": "arn:aws:iam::000000000000:role/r",
            },
        },
        "Config": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {
                "ProductionVariants": [
                    {
                        "VariantName": VARIANT,
                        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
                        "InitialInstanceCount": 1,
                        "InstanceType": "ml.g5.xlarge",
                    }
                ],
                "AsyncInferenceConfig": {
                    "OutputConfig": {"S3OutputPath": {"Fn::Sub": "s3://${Bucket}/out"}}
                },
            },
        },
        "Endpoint": {
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": {
                "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
                "RetainAllVariantProperties": True,
            },
        },
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {
                "ServiceNamespace": "sagemaker",
                "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
                "ResourceId": {"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/main"},
                "MinCapacity": 0,
                "MaxCapacity": 1,
            },
        },
        "Wake": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "PolicyName": "wake",
                "PolicyType": "StepScaling",
                "ScalingTargetId": {"Ref": "Target"},
                "StepScalingPolicyConfiguration": {
                    "AdjustmentType": "ChangeInCapacity",
                    "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
                },
            },
        },
        "Waiting": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "Namespace": "AWS/SageMaker",
                "MetricName": "HasBacklogWithoutCapacity",
                "Dimensions": [
                    {
                        "Name": "EndpointName",
                        "Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]},
                    }
                ],
                "Statistic": "Average",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "AlarmActions": [{"Ref": "Wake"}],
            },
        },
    }
    outputs = {
        "Name": {"Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}},
        "Ref": {"Value": {"Ref": "Endpoint"}},
    }
    return json.dumps({"Resources": resources, "Outputs": outputs})


def _stack(hosted: Hosted, status: str) -> dict[str, str]:
    """Wait for the stack and return its outputs."""
    formation = hosted.client("cloudformation")

    def ended() -> Any:
        (stack,) = formation.describe_stacks(StackName="home")["Stacks"]
        return stack if not stack["StackStatus"].endswith("IN_PROGRESS") else None

    stack = eventually(ended, status)
    assert stack["StackStatus"] == status, formation.describe_stack_events(StackName="home")
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def _wake(hosted: Hosted) -> str:
    """Send a request to the sleeping endpoint and return where its result is."""
    answer = hosted.invoke("wake")
    location: str = answer["OutputLocation"]
    bucket, _, key = location.removeprefix("s3://").partition("/")
    s3 = hosted.client("s3")
    eventually(
        lambda: s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"], "the result is stored"
    )
    return location


def test_stack_makes_updates_and_removes_an_endpoint(tmp_path: Path) -> None:
    with hosting_cloud(tmp_path / "data") as cloud:
        hosted = Hosted(cloud, "test")
        formation = hosted.client("cloudformation")
        formation.create_stack(StackName="home", TemplateBody=_template({}))
        outputs = _stack(hosted, "CREATE_COMPLETE")
        hosted.name = outputs["Name"]
        assert outputs["Ref"].endswith(f":endpoint/{hosted.name}")
        first = hosted.wait_for(1)["EndpointConfigName"]

        formation.update_stack(StackName="home", TemplateBody=_template({"CHANGED": "yes"}))
        assert _stack(hosted, "UPDATE_COMPLETE")["Name"] == hosted.name
        assert hosted.wait_for(1)["EndpointConfigName"] != first
        sagemaker = hosted.client("sagemaker")
        assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1
        assert len(sagemaker.list_models()["Models"]) == 1

        hosted.scale(0)
        cloud.kill()
        cloud.start()
        assert json.loads(hosted.object(_wake(hosted)))["echo"] == {"id": "wake"}

        formation.delete_stack(StackName="home")
        eventually(lambda: not sagemaker.list_endpoints()["Endpoints"], "the endpoint is gone")
        scaling = hosted.client("application-autoscaling")
        described = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")
        assert described["ScalableTargets"] == []


def test_what_a_killed_deployment_made_is_removed(tmp_path: Path) -> None:
    with hosting_cloud(tmp_path / "data") as cloud:
        hosted = Hosted(cloud, "test")
        hosted.client("cloudformation").create_stack(StackName="home", TemplateBody=_template({}))
        sagemaker = hosted.client("sagemaker")
        eventually(lambda: sagemaker.list_endpoints()["Endpoints"], "the endpoint exists")
        stack_state = tmp_path / "data" / "state" / "cloudformation.json"
        cloud.kill()
        stack_state.unlink(missing_ok=True)
        cloud.start()

        assert sagemaker.list_endpoints()["Endpoints"] == []
        assert sagemaker.list_models()["Models"] == []
