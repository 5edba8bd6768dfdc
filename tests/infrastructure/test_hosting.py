"""What is said of hosting on the command line, and what no deployment can have."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack

from deepstory_cdk.context import ContextError
from deepstory_cdk.hosting import hosting_from_context
from deepstory_cdk.stage import stage_from_context
from deepstory_cdk.web_address import WebAddress
from deepstory_cdk.web_files import built_site

DOMAIN = {"domain": "diary.example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"}
ARN = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b-2c3d"


def address(region: str | None, **context: str) -> tuple[Stack, WebAddress]:
    hosting = hosting_from_context((DOMAIN | context).get, is_local=False)
    stack = Stack(App(), "Stack", env=Environment(region=region) if region else None)
    return stack, WebAddress(stack, "Address", hosting=hosting)


def test_the_cloud_has_the_web_app_and_a_home_serves_it_itself() -> None:
    nothing: dict[str, str] = {}
    assert hosting_from_context(nothing.get, is_local=False).web
    assert not hosting_from_context(nothing.get, is_local=True).web


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"web": "s3"}, "web must be one of cloudfront, none"),
        ({"domain": "https://diary.example.com"}, "domain must be like diary.example.com"),
        ({"domain": "diary.example.com"}, "domain needs a certificate"),
        ({"hosted_zone": DOMAIN["hosted_zone"]}, "are of a domain"),
        (DOMAIN | {"hosted_zone": "example.com"}, "hosted_zone must be like Z"),
        (DOMAIN | {"web": "none"}, "domain is the web app's"),
        (DOMAIN | {"certificate": ARN.replace("us-east-1", "eu-west-1")}, "certificate must be"),
        ({"waf": "yes"}, "waf must be one of false, true"),
        ({"budget": "much", "alarm_email": "me@example.com"}, "budget must be dollars a month"),
        ({"budget": "-1", "alarm_email": "me@example.com"}, "budget must be dollars a month"),
        ({"budget": "NaN", "alarm_email": "me@example.com"}, "budget must be dollars a month"),
        ({"budget": "20"}, "budget needs alarm_email"),
        ({"budget": "20", "alarm_email": "me"}, "alarm_email must be like"),
    ],
)
def test_what_does_not_go_together_is_named(context: dict[str, str], named: str) -> None:
    with pytest.raises(ContextError, match=named):
        hosting_from_context(context.get, is_local=False)


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"web": "cloudfront"}, "web must be one of none"),
        ({"waf": "true"}, "are of the cloud"),
        ({"budget": "20", "alarm_email": "me@example.com"}, "are of the cloud"),
    ],
)
def test_a_home_has_nothing_that_only_the_cloud_has(context: dict[str, str], named: str) -> None:
    with pytest.raises(ContextError, match=named):
        hosting_from_context(context.get, is_local=True)


def test_flags_and_numbers_may_stand_in_cdk_json_as_well() -> None:
    context = {"waf": True, "budget": 12.5, "alarm_email": "me@example.com"}
    hosting = hosting_from_context(context.get, is_local=False)
    assert (hosting.waf, hosting.budget) == (True, Decimal("12.5"))


@pytest.mark.parametrize(
    ("context", "origin"),
    [
        ({}, ""),
        (DOMAIN, "https://diary.example.com"),
        (DOMAIN | {"web_origin": "https://www.example.com"}, "https://www.example.com"),
        ({"web": "none"}, "http://localhost:5173"),
    ],
)
def test_links_lead_to_the_domain_and_without_one_to_cloudfront(
    context: dict[str, str], origin: str
) -> None:
    assert stage_from_context(context.get).web_origin == origin


@pytest.mark.parametrize("region", ["ap-northeast-2", None])
def test_a_certificate_is_made_only_where_cloudfront_takes_it(region: str | None) -> None:
    with pytest.raises(ContextError, match="--region us-east-1 --domain-name diary"):
        address(region)


def test_elsewhere_a_certificate_is_given() -> None:
    _, made = address("ap-northeast-2", certificate=ARN)
    assert made.certificate is not None
    assert made.certificate.certificate_arn == ARN


def test_a_web_app_that_is_not_built_is_named_with_both_ways_out(tmp_path: Path) -> None:
    with pytest.raises(ContextError, match=r"npm run build --prefix web, or .* web=none"):
        built_site(tmp_path)
