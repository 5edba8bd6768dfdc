from __future__ import annotations

import json

from deepstory.model_server.absent import NAME
from infrastructure.synthesis import IMAGE, Json, Template


def variant(template: Template) -> Json:
    (only,) = template.only("AWS::SageMaker::EndpointConfig")["ProductionVariants"]
    found: Json = only
    return found


def test_the_container_cannot_reach_the_network(template: Template) -> None:
    assert template.only("AWS::SageMaker::Model")["EnableNetworkIsolation"] is True


def test_the_image_is_the_one_given_and_a_placeholder_at_home(
    prod: Template, local: Template
) -> None:
    for template, image in ((prod, IMAGE), (local, "deepstory-model:local")):
        container = template.only("AWS::SageMaker::Model")["PrimaryContainer"]
        assert container["Image"] == image


def test_networks_that_the_operator_compiled_and_published_may_be_run(prod: Template) -> None:
    container = prod.only("AWS::SageMaker::Model")["PrimaryContainer"]
    assert container["Environment"] == {"MODEL_TRUST_COMPILED": "yes"}


def test_without_an_image_the_project_s_own_is_built(dev: Template) -> None:
    image = dev.only("AWS::SageMaker::Model")["PrimaryContainer"]["Image"]["Fn::Sub"]
    assets = json.loads((dev.folder / "deepstory-dev.assets.json").read_text())["dockerImages"]
    assert image.rpartition(":")[2] in assets


def test_weights_in_s3_replace_those_of_the_image(dev: Template, local: Template) -> None:
    given = dev.only("AWS::SageMaker::Model")["PrimaryContainer"]["ModelDataSource"]
    assert given["S3DataSource"] == {
        "S3Uri": "s3://models/stable-diffusion/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    assert "ModelDataSource" not in local.only("AWS::SageMaker::Model")["PrimaryContainer"]


def test_published_weights_are_asked_for_at_every_deployment(prod: Template) -> None:
    """A template that held their place would bring back older ones."""
    source = prod.only("AWS::SageMaker::Model")["PrimaryContainer"]["ModelDataSource"]
    name = source["S3DataSource"]["S3Uri"]["Ref"]
    parameter = prod.content["Parameters"][name]
    assert parameter["Type"] == "AWS::SSM::Parameter::Value<String>"
    assert parameter["Default"] == "/deepstory/prod/model/weights"


def test_the_model_reads_published_weights_and_nothing_else_of_their_bucket(
    prod: Template,
) -> None:
    (role,) = [name for name in prod.of_type("AWS::IAM::Role") if "ModelContainerRole" in name]
    text = json.dumps(prod.statements(role))
    assert "deepstory-models/models/*" in text
    assert "deepstory-models/*" not in text


def test_several_instance_types_are_pools_tried_in_turn(prod: Template, dev: Template) -> None:
    props = variant(prod)
    assert props["InstancePools"] == [
        {"InstanceType": "ml.g6.xlarge", "Priority": 1},
        {"InstanceType": "ml.g5.xlarge", "Priority": 2},
    ]
    assert "InstanceType" not in props
    assert variant(dev)["InstanceType"] == "ml.g6.xlarge"
    assert "InstancePools" not in variant(dev)


def test_operators_are_told_the_endpoint_s_name(template: Template) -> None:
    assert template.content["Outputs"]["ModelEndpointName"]["Value"]["Fn::GetAtt"][1] == (
        "EndpointName"
    )


def test_one_variant_is_given_the_time_that_a_cold_start_takes(template: Template) -> None:
    props = variant(template)
    assert props["VariantName"] == "main"
    assert props["InitialInstanceCount"] == 1
    assert props["ContainerStartupHealthCheckTimeoutInSeconds"] >= 900
    assert props["InferenceAmiVersion"] == "al2023-ami-sagemaker-inference-gpu-4-1"


def test_answers_come_through_the_bucket_and_two_topics(template: Template) -> None:
    config = template.only("AWS::SageMaker::EndpointConfig")["AsyncInferenceConfig"]
    output = config["OutputConfig"]
    assert output["S3OutputPath"]["Fn::Join"][1][-1] == "/async-output/results"
    assert output["S3FailurePath"]["Fn::Join"][1][-1] == "/async-output/failures"
    topics = output["NotificationConfig"]
    assert set(topics) == {"SuccessTopic", "ErrorTopic", "IncludeInferenceResponseIn"}
    assert topics["IncludeInferenceResponseIn"] == ["ERROR_NOTIFICATION_TOPIC"]
    assert topics["SuccessTopic"] != topics["ErrorTopic"]


def test_lambdas_are_told_the_concurrency_that_the_endpoint_has(template: Template) -> None:
    config = template.only("AWS::SageMaker::EndpointConfig")["AsyncInferenceConfig"]
    concurrency = config["ClientConfig"]["MaxConcurrentInvocationsPerInstance"]
    variables = template.only("AWS::Serverless::Function")["Environment"]["Variables"]
    assert concurrency == 8
    assert variables["MODEL_CONCURRENCY"] == str(concurrency)


def test_a_deployment_neither_wakes_nor_stops_the_server(template: Template) -> None:
    assert template.only("AWS::SageMaker::Endpoint")["RetainAllVariantProperties"] is True


def test_the_server_sleeps_at_zero_and_never_passes_its_limit(template: Template) -> None:
    target = template.only("AWS::ApplicationAutoScaling::ScalableTarget")
    variables = template.only("AWS::Serverless::Function")["Environment"]["Variables"]
    assert target["MinCapacity"] == 0
    assert str(target["MaxCapacity"]) == variables["MODEL_MAX_INSTANCES"]
    assert target["ScalableDimension"] == "sagemaker:variant:DesiredInstanceCount"
    parts = target["ResourceId"]["Fn::Join"][1]
    assert (parts[0], parts[-1]) == ("endpoint/", "/variant/main")


def test_more_servers_follow_the_backlog_of_each(template: Template) -> None:
    policy = template.only("AWS::ApplicationAutoScaling::ScalingPolicy", containing="FollowBacklog")
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    metric = tracking["CustomizedMetricSpecification"]
    assert metric["MetricName"] == "ApproximateBacklogSizePerInstance"


def test_a_backlog_wakes_the_server_from_zero(template: Template) -> None:
    policies = template.of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
    wake = next(name for name in policies if "WakeFromZero" in name)
    step = policies[wake]["StepScalingPolicyConfiguration"]
    alarm = template.only("AWS::CloudWatch::Alarm", containing="BacklogWithoutCapacity")
    assert step["AdjustmentType"] == "ChangeInCapacity"
    assert [one["ScalingAdjustment"] for one in step["StepAdjustments"]] == [1]
    assert alarm["MetricName"] == "HasBacklogWithoutCapacity"
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (
        1,
        "GreaterThanOrEqualToThreshold",
    )
    assert alarm["AlarmActions"] == [{"Ref": wake}]


def test_topics_refuse_plain_http(template: Template) -> None:
    for policy in template.of_type("AWS::SNS::TopicPolicy").values():
        effects = {one["Effect"]: one for one in policy["PolicyDocument"]["Statement"]}
        assert effects["Deny"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_without_a_model_everything_is_there_but_the_endpoint(
    bare: Template, dev: Template
) -> None:
    kinds = {resource["Type"] for resource in bare.resources.values()}
    assert not {kind for kind in kinds if "SageMaker" in kind or "ApplicationAutoScaling" in kind}
    assets = json.loads((bare.folder / "deepstory-dev.assets.json").read_text())
    assert not assets.get("dockerImages")
    assert set(bare.lambdas()) == {name for name in dev.lambdas() if not name.startswith("Web")}


def test_without_a_model_lambdas_are_told_and_none_may_call_one(bare: Template) -> None:
    told = {
        props["Environment"]["Variables"].get("MODEL_ENDPOINT", NAME)
        for props in bare.lambdas().values()
    }
    assert told == {NAME}
    policies = json.dumps(
        [bare.of_type("AWS::IAM::Policy"), bare.of_type("AWS::IAM::ManagedPolicy")]
    )
    assert "sagemaker:" not in policies
    assert "application-autoscaling:" not in policies
