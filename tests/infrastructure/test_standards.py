"""What holds for every resource of a kind, also for those that come later."""

from __future__ import annotations

from infrastructure.roles import as_list
from infrastructure.synthesis import Json, Template

# Asynchronous Lambdas whose failed events are not kept, and why that loses nothing.
NOT_KEPT = {
    "DispatchWaiting": "the run a minute later finds the same pictures",
    "TendModelServer": "the run a minute later finds the same windows",
    "ResumeErasures": "the run five minutes later finds the same erasures",
}


def denies_plain_http(policies: dict[str, Json], key: str, name: str) -> bool:
    """Tell whether one of these policies of the named resource refuses all but TLS."""
    return any(
        statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for policy in policies.values()
        if name in str(as_list(policy[key]))
        for statement in policy["PolicyDocument"]["Statement"]
    )


def test_every_table_is_encrypted_restorable_and_in_prod_protected(
    templates: dict[str, Template],
) -> None:
    for stage, template in templates.items():
        for props in template.of_type("AWS::DynamoDB::Table").values():
            # Encrypted always: with DynamoDB's own key if nothing is said.
            assert props.get("SSESpecification", {}).get("SSEEnabled", True) is True
            recovery = props["PointInTimeRecoverySpecification"]
            assert recovery["PointInTimeRecoveryEnabled"] is True
            assert props["DeletionProtectionEnabled"] is (stage == "prod")


def test_every_bucket_is_private_encrypted_and_refuses_plain_http(template: Template) -> None:
    policies = template.of_type("AWS::S3::BucketPolicy")
    buckets = template.of_type("AWS::S3::Bucket")
    assert buckets
    for name, props in buckets.items():
        blocked = props["PublicAccessBlockConfiguration"]
        assert len(blocked) == 4
        assert set(blocked.values()) == {True}
        assert "BucketEncryption" in props
        assert denies_plain_http(policies, "Bucket", name)


def test_every_topic_and_queue_refuses_plain_http(template: Template) -> None:
    for kind, key in (("SNS::Topic", "Topics"), ("SQS::Queue", "Queues")):
        policies = template.of_type(f"AWS::{kind}Policy")
        for name in template.of_type(f"AWS::{kind}"):
            assert denies_plain_http(policies, key, name), name


def test_every_queue_is_encrypted_and_has_a_queue_of_failures_or_is_one(
    template: Template,
) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    redriven = {
        props["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for props in queues.values()
        if "RedrivePolicy" in props
    }
    destinations = {
        props["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        for kind in ("AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping")
        for props in template.of_type(kind).values()
        if "DestinationConfig" in props
    }
    for name, props in queues.items():
        assert props["SqsManagedSseEnabled"] is True
        assert ("RedrivePolicy" in props) != (name in redriven | destinations), name


def test_every_log_group_has_a_retention(template: Template) -> None:
    groups = template.of_type("AWS::Logs::LogGroup")
    assert groups
    assert all(props["RetentionInDays"] <= 90 for props in groups.values())


def test_every_event_that_fails_is_kept_or_found_again(template: Template) -> None:
    called = {
        props["Target"]["Arn"]["Fn::GetAtt"][0]
        for props in template.of_type("AWS::Scheduler::Schedule").values()
    } | {
        props["Endpoint"]["Fn::GetAtt"][0]
        for props in template.of_type("AWS::SNS::Subscription").values()
        if props["Protocol"] == "lambda"
    }
    kept = {
        props["FunctionName"]["Ref"]
        for props in template.of_type("AWS::Lambda::EventInvokeConfig").values()
        if "OnFailure" in props.get("DestinationConfig", {})
    }
    given_up = called - kept
    assert len(given_up) == len(NOT_KEPT)
    assert all(any(known in name for name in given_up) for known in NOT_KEPT)


def test_every_record_of_a_stream_that_fails_is_told_of(template: Template) -> None:
    tables = template.of_type("AWS::DynamoDB::Table")
    for props in template.of_type("AWS::Lambda::EventSourceMapping").values():
        if props["EventSourceArn"]["Fn::GetAtt"][0] in tables:
            assert "OnFailure" in props["DestinationConfig"]
