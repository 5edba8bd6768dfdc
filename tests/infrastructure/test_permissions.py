from __future__ import annotations

from typing import Any

import pytest

from infrastructure.synthesis import Json, Template

SCALING = ("application-autoscaling:", "sagemaker:Update", "sagemaker:Create", "sagemaker:Delete")
# What AWS lets nobody narrow down, and why it is allowed.
WITHOUT_RESOURCES = {
    "dynamodb:ListStreams": "reading a stream begins with it",
    "cloudwatch:PutMetricData": "SageMaker reports on the endpoint; a condition names where",
    "ecr:GetAuthorizationToken": "SageMaker pulls the model's image",
    "translate:TranslateText": "a model that reads no Korean is sent English",
}
# How a resource may end that stands for many, and why nothing narrower would do.
MANY = {
    "/pictures/*": "pictures of everybody; which is whose, the table says",
    "/exports/*": "exports of everybody; which is whose, the table says",
    "/async-output/*": "results, under keys that SageMaker makes up",
    "/aws/sagemaker/Endpoints/*": "logs of instances, under names that SageMaker makes up",
    ":scalable-target/*": "Application Auto Scaling makes up the id; conditions say what of",
    "/stable-diffusion/*": "the weights, which are many files",
}
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


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def actions(template: Template, role: str) -> set[str]:
    return {
        action for statement in template.statements(role) for action in as_list(statement["Action"])
    }


def role_of(props: Json) -> str:
    role: str = props["Role"]["Fn::GetAtt"][0]
    return role


def role(template: Template, handler: str) -> str:
    return next(
        role_of(props) for props in template.lambdas().values() if handler in props["Handler"]
    )


def ending(resource: Any) -> str:
    """Return a resource as text, or the last part of one that is put together."""
    if isinstance(resource, dict):
        ((function, value),) = resource.items()
        return str(value[1][-1]) if function == "Fn::Join" else ""
    return str(resource)


def own_roles(template: Template) -> list[str]:
    return [name for name in template.of_type("AWS::IAM::Role") if "Custom" not in name]


def test_every_lambda_has_a_role_of_its_own(template: Template) -> None:
    roles = [role_of(props) for props in template.lambdas().values()]
    assert len(set(roles)) == len(roles)


def test_roles_are_taken_only_by_the_service_they_are_for(template: Template) -> None:
    for name in own_roles(template):
        document = template.of_type("AWS::IAM::Role")[name]["AssumeRolePolicyDocument"]
        (statement,) = document["Statement"]
        assert set(statement["Principal"]) == {"Service"}


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
                if statement["Effect"] == "Allow":
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


def test_no_role_has_a_wildcard_action(template: Template) -> None:
    for name in own_roles(template):
        assert not any("*" in action for action in actions(template, name))


def test_every_resource_is_named_where_aws_can_name_it(template: Template) -> None:
    for name in own_roles(template):
        for statement in template.statements(name):
            if "*" in as_list(statement["Resource"]):
                assert set(as_list(statement["Action"])) <= WITHOUT_RESOURCES.keys()


def test_resource_that_stands_for_many_has_its_reason(template: Template) -> None:
    for name in own_roles(template):
        for statement in template.statements(name):
            for resource in map(ending, as_list(statement["Resource"])):
                assert "*" not in resource or resource == "*" or resource.endswith(tuple(MANY))


def test_only_the_admin_lambda_may_change_how_many_servers_run(template: Template) -> None:
    scaling = {
        name
        for name in own_roles(template)
        if any(action.startswith(SCALING) for action in actions(template, name))
    }
    assert scaling == {role(template, "model_control")}


@pytest.mark.parametrize(
    "action",
    [
        "application-autoscaling:RegisterScalableTarget",
        "sagemaker:UpdateEndpointWeightsAndCapacities",
    ],
)
def test_one_role_alone_has_each_way_to_scale(template: Template, action: str) -> None:
    allowed = [name for name in own_roles(template) if action in actions(template, name)]
    assert allowed == [role(template, "model_control")]


def test_the_clock_may_only_ask_the_admin_lambda_to_tend_the_model(template: Template) -> None:
    tending = role(template, "tend_model_server")
    doing = actions(template, tending) - {"logs:CreateLogStream", "logs:PutLogEvents"}
    (resource,) = (
        statement["Resource"]
        for statement in template.statements(tending)
        if "lambda:InvokeFunction" in as_list(statement["Action"])
    )
    assert doing == {"lambda:InvokeFunction"}
    assert "ModelControl" in resource["Fn::GetAtt"][0]


def test_the_admin_lambda_may_scale_nothing_but_endpoints(template: Template) -> None:
    (statement,) = (
        statement
        for statement in template.statements(role(template, "model_control"))
        if "application-autoscaling:RegisterScalableTarget" in as_list(statement["Action"])
    )
    assert statement["Condition"]["StringEquals"] == {
        "application-autoscaling:service-namespace": "sagemaker",
        "application-autoscaling:scalable-dimension": "sagemaker:variant:DesiredInstanceCount",
    }


def test_the_api_may_read_the_signing_keys_and_the_rotation_may_change_them(
    template: Template,
) -> None:
    allowed = {
        name: {each for each in actions(template, name) if each.startswith("secretsmanager:")}
        for name in own_roles(template)
    }
    assert {name: each for name, each in allowed.items() if each} == {
        role(template, "app.app"): {"secretsmanager:GetSecretValue"},
        role(template, "rotate_signing_keys"): {
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
        },
    }


def test_the_api_asks_the_admin_lambda_and_cannot_reach_the_model(template: Template) -> None:
    allowed = actions(template, role(template, "app.app"))
    assert "lambda:InvokeFunction" in allowed
    assert not any(action.startswith("sagemaker:") for action in allowed)


# Whoever looks after everything has to see everything.
SCANNING = ("rebuild_stats", "verify_counts", "sweep_pictures", "backfill")


def test_no_lambda_administers_tables_and_only_upkeep_scans(template: Template) -> None:
    scanning = {role(template, handler) for handler in SCANNING}
    allowed = {
        "GetItem",
        "BatchGetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "ConditionCheckItem",
        "DescribeStream",
        "GetRecords",
        "GetShardIterator",
        "ListStreams",
    }
    for name in own_roles(template):
        used = {
            action.removeprefix("dynamodb:")
            for action in actions(template, name)
            if action.startswith("dynamodb:")
        }
        assert used <= allowed | ({"Scan"} if name in scanning else set())


@pytest.mark.parametrize(
    ("handler", "tables"),
    [
        ("like_counts", {"Posts", "SecretEntries", "Likes"}),
        ("comment_counts", {"Posts", "SecretEntries", "Comments"}),
        ("posts_removed", {"Posts", "SecretEntries", "Likes", "Comments"}),
        (
            "notices",
            {
                *("Posts", "Notices", "Blocks", "Likes", "Comments", "Pictures"),
                *("FriendRequests", "SecretDiaries", "SecretEntries"),
            },
        ),
        ("search_index", {"Posts", "Postings", "IndexedPosts"}),
        ("dispatch_pictures", {"Pictures", "ModelServer"}),
        ("picture_finished", {"Pictures", "ModelServer", "Counters"}),
        ("dispatch_waiting", {"Pictures", "ModelServer"}),
        ("model_control", {"Pictures", "ModelServer", "Audit"}),
        ("rebuild_stats", {"Users", "Posts", "Pictures", "Counters"}),
        ("verify_counts", {"Posts", "SecretEntries", "Likes", "Comments", "Counters"}),
        ("sweep_pictures", {"Pictures", "Counters"}),
        ("backfill", {"Users", "Posts", "Postings", "IndexedPosts", "Counters"}),
        ("password_resets", {"Users", "Emails", "PasswordResets"}),
        (
            "workers.exports",
            {"Users", "Posts", "Pictures", "Comments", "Likes", "Blocks", "Notices", "Reports"}
            | {"Exports", "Friendships", "SecretDiaries", "SecretEntries"},
        ),
        (
            "workers.erasures",
            {"Sessions", "Posts", "Pictures", "Comments", "Likes", "Blocks", "Notices", "Reports"}
            | {"PasswordResets", "Exports", "Erasures", "Idempotency", "Limits", "Counters"}
            | {"FriendRequests", "Friendships", "SecretDiaries", "SecretEntries"},
        ),
        ("resume_erasures", {"Erasures"}),
    ],
)
def test_workers_reach_only_the_tables_of_their_work(
    template: Template, handler: str, tables: set[str]
) -> None:
    reached = str(
        [
            statement["Resource"]
            for statement in template.statements(role(template, handler))
            if any(action.startswith("dynamodb:") for action in as_list(statement["Action"]))
        ]
    )
    every = {"Users", "Emails", "Sessions", "Pictures", "Posts", "Likes", "ModelServer"}
    every |= {"Comments", "Notices", "Blocks", "Reports"}
    every |= {"Idempotency", "Limits", "Postings", "IndexedPosts"}
    every |= {"Counters", "Audit", "PasswordResets", "Exports", "Erasures"}
    every |= {"FriendRequests", "Friendships", "SecretDiaries", "SecretEntries"}
    assert {name for name in every if f"'Data{name}" in reached} == tables


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


def test_the_sweep_may_remove_pictures_and_results_and_nothing_else(template: Template) -> None:
    statements = [
        statement
        for statement in template.statements(role(template, "sweep_pictures"))
        if any(action.startswith("s3:") for action in as_list(statement["Action"]))
    ]
    assert {action for each in statements for action in as_list(each["Action"])} == {
        "s3:ListBucket",
        "s3:GetObject",
        "s3:DeleteObject",
    }
    for statement in statements:
        resources = str(statement["Resource"])
        if "s3:DeleteObject" in as_list(statement["Action"]):
            assert "/pictures/*" in resources or "/async-output/*" in resources


def test_the_search_index_may_read_posts_and_change_none(template: Template) -> None:
    on_posts = {
        action
        for statement in template.statements(role(template, "search_index"))
        for action in as_list(statement["Action"])
        if "'DataPosts" in str(statement["Resource"]) and "'Arn'" in str(statement["Resource"])
    }
    assert on_posts == {"dynamodb:GetItem"}


def test_entries_of_the_audit_log_can_be_added_and_read_and_nothing_else(
    template: Template,
) -> None:
    allowed = {
        action
        for name in own_roles(template)
        for statement in template.statements(name)
        if "DataAudit" in str(statement["Resource"])
        for action in as_list(statement["Action"])
    }
    assert allowed == {"dynamodb:PutItem", "dynamodb:Query"}


def test_only_models_that_need_translation_are_allowed_it(
    templates: dict[str, Template],
) -> None:
    allowed = {
        stage: "translate:TranslateText" in actions(template, role(template, "app.app"))
        for stage, template in templates.items()
    }
    assert allowed == {"local": False, "dev": True, "prod": False}
