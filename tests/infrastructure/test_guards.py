"""Firewall, budget, and what is left when a deployment goes."""

from __future__ import annotations

import json
from typing import Any

from infrastructure.synthesis import Json, Template

# The setting is one of the whole account and region, which others may have come to rely on.
ALWAYS_LEFT = {"AWS::IAM::Role", "AWS::ApiGateway::Account"}


def rules(template: Template) -> dict[str, Json]:
    acl = template.only("AWS::WAFv2::WebACL")
    assert acl["Scope"] == "REGIONAL"
    return {rule["Name"]: rule for rule in acl["Rules"]}


def counted(template: Template, name: str) -> Json:
    statement: Json = rules(template)[name]["Statement"]["RateBasedStatement"]
    return statement


def left(template: Template) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, resource in template.resources.items():
        if resource.get("DeletionPolicy", "Delete") != "Delete":
            found.setdefault(resource["Type"], set()).add(name)
    return found


def test_the_firewall_stands_at_the_api_s_own_stage(prod: Template, bare: Template) -> None:
    for template in (prod, bare):
        association = template.only("AWS::WAFv2::WebACLAssociation")
        parts = association["ResourceArn"]["Fn::Join"][1]
        assert parts[-3:] == [{"Ref": "RestAPI"}, "/stages/", {"Ref": "RestAPI.Stage"}]


def test_long_texts_and_strange_ones_are_counted_and_not_refused(prod: Template) -> None:
    group = rules(prod)["common"]["Statement"]["ManagedRuleGroupStatement"]
    overridden = {each["Name"]: each["ActionToUse"] for each in group["RuleActionOverrides"]}
    # The first refuses bodies above 8 KiB; an entry may have more.
    assert overridden["SizeRestrictions_BODY"] == {"Count": {}}
    assert overridden["CrossSiteScripting_BODY"] == {"Count": {}}
    assert group["Name"] == "AWSManagedRulesCommonRuleSet"
    assert "Version" not in group


def test_viewers_are_counted_one_by_one_and_never_cloudfront(prod: Template) -> None:
    variables = prod.only("AWS::Serverless::Function")["Environment"]["Variables"]
    viewers, others = counted(prod, "viewers"), counted(prod, "connections")
    came_through = viewers["ScopeDownStatement"]
    match = came_through["ByteMatchStatement"]
    assert match["SearchString"] == variables["ORIGIN_KEY"]
    assert match["FieldToMatch"] == {"SingleHeader": {"Name": "x-origin-key"}}
    (key,) = viewers["CustomKeys"]
    assert key["Header"]["Name"] == "x-viewer-network"
    assert others["AggregateKeyType"] == "IP"
    assert others["ScopeDownStatement"] == {"NotStatement": {"Statement": came_through}}


def test_the_header_that_viewers_are_counted_by_is_set_on_every_request(prod: Template) -> None:
    (behavior,) = prod.only("AWS::CloudFront::Distribution")["DistributionConfig"]["CacheBehaviors"]
    (association,) = behavior["FunctionAssociations"]
    name = association["FunctionARN"]["Fn::GetAtt"][0]
    code = prod.of_type("AWS::CloudFront::Function")[name]["FunctionCode"]
    assert (behavior["PathPattern"], association["EventType"]) == ("/api/*", "viewer-request")
    assert "x-viewer-network" in code


def test_without_cloudfront_everybody_is_counted_by_address(bare: Template) -> None:
    assert set(rules(bare)) == {"common", "connections"}
    assert "ScopeDownStatement" not in counted(bare, "connections")


def test_who_is_too_fast_is_answered_in_the_contract_s_shape(prod: Template) -> None:
    response = rules(prod)["viewers"]["Action"]["Block"]["CustomResponse"]
    bodies = prod.only("AWS::WAFv2::WebACL")["CustomResponseBodies"]
    body: Any = json.loads(bodies[response["CustomResponseBodyKey"]]["Content"])
    assert response["ResponseCode"] == 429
    assert response["ResponseHeaders"] == [{"Name": "Retry-After", "Value": "300"}]
    assert set(body["error"]) == {"code", "message", "request_id"}


def test_the_owner_is_warned_of_what_was_spent_and_of_what_will_be(prod: Template) -> None:
    budget = prod.only("AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 20, "Unit": "USD"}
    assert budget["Budget"]["TimeUnit"] == "MONTHLY"
    warnings = budget["NotificationsWithSubscribers"]
    assert {
        (each["Notification"]["NotificationType"], each["Notification"]["Threshold"])
        for each in warnings
    } == {("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)}
    for each in warnings:
        assert each["Subscribers"] == [
            {"SubscriptionType": "EMAIL", "Address": "owner@example.com"}
        ]


def test_options_that_nobody_took_cost_nothing(local: Template, dev: Template) -> None:
    for template in (local, dev):
        kinds = {resource["Type"] for resource in template.resources.values()}
        assert not {kind for kind in kinds if "WAF" in kind or "Budgets" in kind}


def test_nothing_is_left_of_a_deployment_but_an_account_s_setting_that_costs_nothing(
    local: Template, dev: Template, bare: Template
) -> None:
    for template in (local, dev, bare):
        found = left(template)
        assert set(found) == ALWAYS_LEFT
        assert all("Gateway" in name for names in found.values() for name in names)


def test_prod_leaves_people_s_data_and_the_keys_to_it_and_nothing_else(prod: Template) -> None:
    found = left(prod)
    tables = found.pop("AWS::DynamoDB::Table")
    assert tables == set(prod.of_type("AWS::DynamoDB::Table"))
    (pictures,) = found.pop("AWS::S3::Bucket")
    (keys,) = found.pop("AWS::SecretsManager::Secret")
    assert pictures.startswith("PicturesBucket")
    assert keys.startswith("DataSigningKeys")
    assert set(found) == ALWAYS_LEFT


def test_buckets_that_go_are_emptied_first(dev: Template, prod: Template) -> None:
    for template in (dev, prod):
        emptied = {
            props["BucketName"]["Ref"]
            for props in template.of_type("Custom::S3AutoDeleteObjects").values()
        }
        assert emptied == set(template.of_type("AWS::S3::Bucket")) - left(template).get(
            "AWS::S3::Bucket", set()
        )
