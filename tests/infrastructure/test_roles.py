"""Who takes a role, what none may have, and who sees what is private."""

from __future__ import annotations

from typing import Any

import pytest

from infrastructure.roles import actions, as_list, own_roles, role, role_of
from infrastructure.synthesis import Template

# How a resource may end that stands for many, and why nothing narrower would do.
MANY = {
    "/pictures/*": "pictures of everybody; which is whose, the table says",
    "/exports/*": "exports of everybody; which is whose, the table says",
    "/async-output/*": "results, under keys that SageMaker makes up",
    "/aws/sagemaker/Endpoints/*": "logs of instances, under names that SageMaker makes up",
    ":scalable-target/*": "Application Auto Scaling makes up the id; conditions say what of",
    "/stable-diffusion/*": "the weights, which are many files",
    "deepstory-models/models/*": "published weights, which are many files",
}
# Brings the web app's files into their bucket, at each deployment.
UPLOADER = "WebFiles"
# Conditions that the embedded cloud is known to evaluate as AWS does (tests/local).
CONDITIONS = {
    "application-autoscaling:scalable-dimension",
    "application-autoscaling:service-namespace",
    "cloudwatch:namespace",
    "dynamodb:Attributes",
    "dynamodb:Select",
    "ses:FromAddress",
}
# Actions that give away permissions, or change who has which.
GIVING_AWAY = ("iam:", "sts:", "kms:", "organizations:", "lambda:Add", "lambda:Update")


def ending(resource: Any) -> str:
    """Return a resource as text, or the last part of one that is put together."""
    if isinstance(resource, dict):
        ((function, value),) = resource.items()
        return str(value[1][-1]) if function == "Fn::Join" else ""
    return str(resource)


def test_each_role_is_for_the_one_service_that_needs_it(template: Template) -> None:
    functions = {role_of(props) for props in template.lambdas().values()}
    schedules = {
        props["Target"]["RoleArn"]["Fn::GetAtt"][0]
        for props in template.of_type("AWS::Scheduler::Schedule").values()
    }
    models = {
        props["ExecutionRoleArn"]["Fn::GetAtt"][0]
        for props in template.of_type("AWS::SageMaker::Model").values()
    }
    expected = {
        **dict.fromkeys(functions, "lambda.amazonaws.com"),
        **dict.fromkeys(schedules, "scheduler.amazonaws.com"),
        **dict.fromkeys(models, "sagemaker.amazonaws.com"),
    }
    uploader = [name for name in own_roles(template) if name.startswith(UPLOADER)]
    expected |= dict.fromkeys(uploader, "lambda.amazonaws.com")
    trusted = {}
    for name in own_roles(template):
        (statement,) = template.of_type("AWS::IAM::Role")[name]["AssumeRolePolicyDocument"][
            "Statement"
        ]
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
        trusted[name] = statement["Principal"]["Service"]
    others = {name: service for name, service in trusted.items() if name not in expected}
    assert trusted == expected | others
    assert set(others.values()) <= {"apigateway.amazonaws.com"}


def test_roles_have_no_policy_but_those_looked_at_here(template: Template) -> None:
    for name in own_roles(template):
        props = template.of_type("AWS::IAM::Role")[name]
        assert "Policies" not in props
        if managed := props.get("ManagedPolicyArns"):
            # API Gateway writes its logs with the account's one role; AWS has no other way.
            assert "AmazonAPIGatewayPushToCloudWatchLogs" in str(managed)
            assert template.statements(name) == []
        for statement in template.statements(name):
            assert statement.keys() <= {"Action", "Condition", "Effect", "Resource", "Sid"}
            assert statement["Effect"] == "Allow"


def test_no_role_can_give_itself_or_others_permissions(template: Template) -> None:
    for name in own_roles(template):
        assert not any(action.startswith(GIVING_AWAY) for action in actions(template, name))


def test_nothing_is_open_to_everybody(template: Template) -> None:
    for kind in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        for props in template.of_type(kind).values():
            for statement in props["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Allow" and "AWS" in statement["Principal"]:
                    # What empties a bucket before it is deleted with its stack.
                    assert "CustomS3AutoDeleteObjects" in str(statement["Principal"])
                elif statement["Effect"] == "Allow":
                    assert set(statement["Principal"]) == {"Service"}
                    assert statement["Condition"]
    for props in template.of_type("AWS::Lambda::Permission").values():
        assert props["SourceArn"], "any topic or API of that service could call"


def test_conditions_are_those_that_the_embedded_cloud_knows(template: Template) -> None:
    named = {
        key
        for name in own_roles(template)
        for statement in template.statements(name)
        for keys in statement.get("Condition", {}).values()
        for key in keys
    }
    assert named <= CONDITIONS


def test_resource_that_stands_for_many_has_its_reason(template: Template) -> None:
    for name in own_roles(template):
        for statement in template.statements(name):
            for resource in map(ending, as_list(statement["Resource"])):
                if name.startswith(UPLOADER) and resource == "/*":
                    continue  # The whole bucket is its own.
                assert "*" not in resource or resource == "*" or resource.endswith(tuple(MANY))


# Who may read what is nobody else's business, besides the API.
PRIVATE = {
    "Sessions": {"workers.erasures"},
    "PasswordResets": {"workers.erasures"},
    "Idempotency": {"workers.erasures"},
    "FriendRequests": {"workers.erasures"},
    "Friendships": {"workers.exports", "workers.erasures"},
    "Emails": {"password_resets"},
    "SecretEntries": {
        *("workers.exports", "workers.erasures"),
        *("like_counts", "comment_counts", "notices", "verify_counts"),
    },
}
READING = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan")


@pytest.mark.parametrize("table", PRIVATE)
def test_what_is_private_is_read_by_those_who_need_it(template: Template, table: str) -> None:
    allowed = {
        name
        for name in own_roles(template)
        for statement in template.statements(name)
        if set(READING) & set(as_list(statement["Action"]))
        and any(
            f"'Data{table}" in str(each) and "StreamArn" not in str(each)
            for each in as_list(statement["Resource"])
        )
    }
    assert allowed == {role(template, each) for each in ("app.app", *PRIVATE[table])}
