from __future__ import annotations

import pytest

from infrastructure.roles import actions, as_list, own_roles, role, role_of
from infrastructure.synthesis import Template

SCALING = ("application-autoscaling:", "sagemaker:Update", "sagemaker:Create", "sagemaker:Delete")
# What AWS lets nobody narrow down, and why it is allowed.
WITHOUT_RESOURCES = {
    "dynamodb:ListStreams": "reading a stream begins with it",
    "cloudwatch:PutMetricData": "SageMaker reports on the endpoint; a condition names where",
    "ecr:GetAuthorizationToken": "SageMaker pulls the model's image",
    "translate:TranslateText": "a model that reads no Korean is sent English",
}


def test_every_lambda_has_a_role_of_its_own(template: Template) -> None:
    roles = [role_of(props) for props in template.lambdas().values()]
    assert len(set(roles)) == len(roles)


def test_roles_are_taken_only_by_the_service_they_are_for(template: Template) -> None:
    for name in own_roles(template):
        document = template.of_type("AWS::IAM::Role")[name]["AssumeRolePolicyDocument"]
        (statement,) = document["Statement"]
        assert set(statement["Principal"]) == {"Service"}


def test_no_role_has_a_wildcard_action(template: Template) -> None:
    for name in own_roles(template):
        assert not any("*" in action for action in actions(template, name))


def test_every_resource_is_named_where_aws_can_name_it(template: Template) -> None:
    for name in own_roles(template):
        for statement in template.statements(name):
            if "*" in as_list(statement["Resource"]):
                assert set(as_list(statement["Action"])) <= WITHOUT_RESOURCES.keys()


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
