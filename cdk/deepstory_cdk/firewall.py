"""AWS WAF before the API, as an option: it costs some dollars a month, also at rest.

It stands at API Gateway and not at CloudFront. There it meets whoever calls the gateway's own
address too, lives in the stack's region (CloudFront's would have to be in us-east-1), and what it
refuses is answered in the contract's error shape. The files that CloudFront serves are the same
for everybody and need none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from deepstory_cdk.checks import accept
from deepstory_cdk.gateway_responses import RESPONSES

if TYPE_CHECKING:
    from deepstory_cdk.origin import OriginKey

_ACL = wafv2.CfnWebACL
# Five minutes of one connection: far above a person with several windows open.
_REQUESTS = 3000
_WINDOW_SECONDS = 300
# A diary may say anything, of any length that the API takes, and be searched for it: these look
# for attacks in what is only ever text here. They count what they would have refused.
_ONLY_COUNTED = (
    "SizeRestrictions_BODY",
    "SizeRestrictions_QUERYSTRING",
    "CrossSiteScripting_BODY",
    "CrossSiteScripting_QUERYARGUMENTS",
    "GenericLFI_BODY",
    "GenericLFI_QUERYARGUMENTS",
    "GenericRFI_BODY",
    "GenericRFI_QUERYARGUMENTS",
    "EC2MetaDataSSRF_BODY",
    "EC2MetaDataSSRF_QUERYARGUMENTS",
)
_TOO_MANY = "too-many"
_AS_IT_IS = [_ACL.TextTransformationProperty(priority=0, type="NONE")]


class Firewall(Construct):
    """AWS's common rules, and a limit of requests by connection.

    Behind CloudFront the gateway's peer is CloudFront, and X-Forwarded-For begins with whatever a
    client wrote. So those who prove that they came that way (``origin_key``) are counted by the
    header that edge/viewer.js sets, and all others by their own address.
    """

    def __init__(
        self, scope: Construct, name: str, *, api_stage_arn: str, origin_key: OriginKey | None
    ) -> None:
        super().__init__(scope, name)
        rules = [_common(0), _limit(1, "connections", _by_address(origin_key))]
        if origin_key:
            rules.append(_limit(2, "viewers", _by_viewer(origin_key)))
        acl = _ACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=_ACL.DefaultActionProperty(allow=_ACL.AllowActionProperty()),
            visibility_config=_counted_as("all"),
            custom_response_bodies={
                _TOO_MANY: _ACL.CustomResponseBodyProperty(
                    content_type="APPLICATION_JSON", content=_too_many()
                )
            },
            rules=rules,
        )
        association = wafv2.CfnWebACLAssociation(
            self, "AtTheApi", resource_arn=api_stage_arn, web_acl_arn=acl.attr_arn
        )
        accept(
            association,
            "CloudFormation-Validate::F1020",
            "SAM makes the stage, and knows it by this name, when the template is deployed.",
        )


def _common(priority: int) -> wafv2.CfnWebACL.RuleProperty:
    count = _ACL.RuleActionProperty(count=_ACL.CountActionProperty())
    return _ACL.RuleProperty(
        name="common",
        priority=priority,
        override_action=_ACL.OverrideActionProperty(none={}),
        visibility_config=_counted_as("common"),
        statement=_ACL.StatementProperty(
            managed_rule_group_statement=_ACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name="AWSManagedRulesCommonRuleSet",
                rule_action_overrides=[
                    _ACL.RuleActionOverrideProperty(name=name, action_to_use=count)
                    for name in _ONLY_COUNTED
                ],
            )
        ),
    )


def _limit(
    priority: int, name: str, counted: wafv2.CfnWebACL.RateBasedStatementProperty
) -> wafv2.CfnWebACL.RuleProperty:
    return _ACL.RuleProperty(
        name=name,
        priority=priority,
        action=_ACL.RuleActionProperty(
            block=_ACL.BlockActionProperty(
                custom_response=_ACL.CustomResponseProperty(
                    response_code=429,
                    custom_response_body_key=_TOO_MANY,
                    response_headers=[
                        _ACL.CustomHTTPHeaderProperty(
                            name="Retry-After", value=str(_WINDOW_SECONDS)
                        )
                    ],
                )
            )
        ),
        visibility_config=_counted_as(name),
        statement=_ACL.StatementProperty(rate_based_statement=counted),
    )


def _by_address(origin_key: OriginKey | None) -> wafv2.CfnWebACL.RateBasedStatementProperty:
    directly = None
    if origin_key:
        directly = _ACL.StatementProperty(
            not_statement=_ACL.NotStatementProperty(statement=_came_through(origin_key))
        )
    return _ACL.RateBasedStatementProperty(
        aggregate_key_type="IP",
        limit=_REQUESTS,
        evaluation_window_sec=_WINDOW_SECONDS,
        scope_down_statement=directly,
    )


def _by_viewer(origin_key: OriginKey) -> wafv2.CfnWebACL.RateBasedStatementProperty:
    header = _ACL.RateLimitHeaderProperty(name="x-viewer-network", text_transformations=_AS_IT_IS)
    return _ACL.RateBasedStatementProperty(
        aggregate_key_type="CUSTOM_KEYS",
        custom_keys=[_ACL.RateBasedStatementCustomKeyProperty(header=header)],
        limit=_REQUESTS,
        evaluation_window_sec=_WINDOW_SECONDS,
        scope_down_statement=_came_through(origin_key),
    )


def _came_through(origin_key: OriginKey) -> wafv2.CfnWebACL.StatementProperty:
    return _ACL.StatementProperty(
        byte_match_statement=_ACL.ByteMatchStatementProperty(
            field_to_match=_ACL.FieldToMatchProperty(single_header={"Name": "x-origin-key"}),
            positional_constraint="EXACTLY",
            search_string=origin_key.value,
            text_transformations=_AS_IT_IS,
        )
    )


def _counted_as(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return _ACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True,
        metric_name=f"deepstory-{name}",
        # Samples would keep addresses and headers of people.
        sampled_requests_enabled=False,
    )


def _too_many() -> str:
    answer = RESPONSES["THROTTLED"]
    # The firewall has no id to tell.
    error = {"code": answer.code, "message": answer.message, "request_id": "unknown"}
    return json.dumps({"error": error})
