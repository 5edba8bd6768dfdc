"""Queues, mail and exports of accounts."""

from __future__ import annotations

import pytest

from infrastructure.roles import as_list, own_roles, role
from infrastructure.synthesis import Json, Template
from infrastructure.test_events import failure_queues, mapping, schedule_of

WORK = {"PasswordResets": 10, "Exports": 1, "Erasures": 1}


def queue(template: Template, name: str) -> Json:
    found = [
        props
        for logical_id, props in template.of_type("AWS::SQS::Queue").items()
        if f"Queues{name}" in logical_id and "RedrivePolicy" in props
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("name", WORK)
def test_work_that_fails_comes_again_and_is_kept_aside_in_the_end(
    template: Template, name: str
) -> None:
    policy = queue(template, name)["RedrivePolicy"]
    assert policy["deadLetterTargetArn"]["Fn::GetAtt"][0] in failure_queues(template)
    assert policy["maxReceiveCount"] == 5
    assert queue(template, name)["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("name", WORK)
def test_only_messages_that_failed_come_again(template: Template, name: str) -> None:
    props = mapping(template, f"Account{name}")
    assert props["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert props["BatchSize"] == WORK[name]
    assert props["EventSourceArn"]["Fn::GetAtt"][0].startswith(f"Queues{name}")


@pytest.mark.parametrize("name", WORK)
def test_message_is_given_to_nobody_else_while_its_lambda_may_run(
    template: Template, name: str
) -> None:
    (timeout,) = (
        props["Timeout"]
        for logical_id, props in template.lambdas().items()
        if f"Account{name}" in logical_id
    )
    assert queue(template, name)["VisibilityTimeout"] > timeout


def test_the_api_may_hand_over_work_and_take_none(template: Template) -> None:
    allowed = {
        action
        for statement in template.statements(role(template, "app.app"))
        for action in as_list(statement["Action"])
        if action.startswith("sqs:")
    }
    assert allowed == {"sqs:SendMessage"}


def test_one_lambda_may_send_mail_and_only_from_the_services_address(
    templates: dict[str, Template],
) -> None:
    for stage, template in templates.items():
        address = template.only("AWS::SES::EmailIdentity")["EmailIdentity"]
        allowed = {
            name: statement
            for name in own_roles(template)
            for statement in template.statements(name)
            if any(action.startswith("ses:") for action in as_list(statement["Action"]))
        }
        assert list(allowed) == [role(template, "password_resets")]
        (statement,) = allowed.values()
        assert statement["Action"] == "ses:SendEmail"
        assert f"identity/{address}" in str(statement["Resource"])
        assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": address}}
        assert (
            address
            == {
                "local": "no-reply@deepstory.local",
                "dev": "no-reply@deepstory.example",
                "prod": "no-reply@diary.example.com",
            }[stage]
        )


def test_links_in_mails_lead_to_the_web_app(prod: Template) -> None:
    (variables,) = (
        props["Environment"]["Variables"]
        for props in prod.lambdas().values()
        if props["Handler"] == "workers.password_resets.handler"
    )
    assert variables["WEB_ORIGIN"] == "https://diary.example.com"


def test_exports_are_written_by_one_lambda_and_pictures_by_another(template: Template) -> None:
    writers = {
        (name, prefix)
        for name in own_roles(template)
        for statement in template.statements(name)
        for prefix in ("exports/*", "pictures/*")
        if "s3:PutObject" in as_list(statement["Action"]) and prefix in str(statement["Resource"])
    }
    assert writers == {
        (role(template, "workers.exports"), "exports/*"),
        (role(template, "picture_finished"), "pictures/*"),
    }


def test_erasures_whose_message_was_lost_are_looked_for(template: Template) -> None:
    schedule = schedule_of(template, "ResumeErasures")
    assert schedule["ScheduleExpression"] == "rate(5 minutes)"
