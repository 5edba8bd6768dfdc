"""The web app and the API behind one name, as CloudFront is told."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config

from infrastructure.synthesis import ROOT, Json, Template
from local.gateway.http import HttpRequest
from local.gateway.site import Site

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.fixture(params=["dev", "prod"])
def cloud(request: pytest.FixtureRequest, templates: dict[str, Template]) -> Template:
    return templates[request.param]


def distribution(template: Template) -> Json:
    config: Json = template.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    return config


def api_behavior(template: Template) -> Json:
    (only,) = distribution(template)["CacheBehaviors"]
    found: Json = only
    return found


def origin(template: Template, behavior: Json) -> Json:
    return next(
        each
        for each in distribution(template)["Origins"]
        if each["Id"] == behavior["TargetOriginId"]
    )


def joined(value: Any, **names: str) -> str:
    """Return a joined text with its references put in by their attributes."""
    if isinstance(value, str):
        return value
    parts = value["Fn::Join"][1]
    return "".join(p if isinstance(p, str) else names[p["Fn::GetAtt"][1]] for p in parts)


def headers(template: Template, behavior: Json) -> Json:
    name = behavior["ResponseHeadersPolicyId"]["Ref"]
    found: Json = template.of_type("AWS::CloudFront::ResponseHeadersPolicy")[name]
    config: Json = found["ResponseHeadersPolicyConfig"]
    return config


def test_the_api_is_reached_by_the_path_that_the_gateway_knows(cloud: Template) -> None:
    behavior = api_behavior(cloud)
    gateway = origin(cloud, behavior)
    # The gateway's stage is called api, so nothing is put before the path or taken from it.
    assert behavior["PathPattern"] == "/api/*"
    assert "OriginPath" not in gateway
    assert "FunctionAssociations" not in behavior or cloud.stage == "prod"
    assert gateway["DomainName"]["Fn::Join"][1][:2] == [{"Ref": "RestAPI"}, ".execute-api."]
    assert gateway["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert gateway["CustomOriginConfig"]["OriginReadTimeout"] > 29


def test_the_api_is_never_cached_and_gets_all_that_was_sent(cloud: Template) -> None:
    behavior = api_behavior(cloud)
    assert behavior["CachePolicyId"] == CACHING_DISABLED
    assert behavior["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST_HEADER
    assert {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"} == set(
        behavior["AllowedMethods"]
    )


def test_errors_are_neither_replaced_by_the_page_nor_kept(cloud: Template) -> None:
    errors = distribution(cloud)["CustomErrorResponses"]
    assert {403, 404, 500, 503} <= {each["ErrorCode"] for each in errors}
    for each in errors:
        assert set(each) == {"ErrorCode", "ErrorCachingMinTTL"}
        assert each["ErrorCachingMinTTL"] == 0


def test_the_api_can_tell_who_came_through_cloudfront(cloud: Template) -> None:
    gateway = origin(cloud, api_behavior(cloud))
    (header,) = gateway["OriginCustomHeaders"]
    variables = cloud.only("AWS::Serverless::Function")["Environment"]["Variables"]
    assert header["HeaderName"] == "X-Origin-Key"
    assert header["HeaderValue"] == variables["ORIGIN_KEY"]
    assert variables["TRUSTED_HOPS"] == "1"
    assert not any(
        "OriginCustomHeaders" in each for each in distribution(cloud)["Origins"] if each != gateway
    )


def test_files_come_from_a_bucket_that_only_this_distribution_reads(cloud: Template) -> None:
    bucket = cloud.only("AWS::S3::Bucket", containing="Web")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    files = origin(cloud, distribution(cloud)["DefaultCacheBehavior"])
    assert "OriginAccessControlId" in files
    policy = cloud.only("AWS::S3::BucketPolicy", containing="Web")["PolicyDocument"]["Statement"]
    (allowed,) = (
        each for each in policy if each["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    )
    # Without the second a missing file would be a 403.
    assert allowed["Action"] == ["s3:GetObject", "s3:ListBucket"]
    assert "distribution/" in str(allowed["Condition"]["StringEquals"]["AWS:SourceArn"])


def test_files_are_kept_as_long_as_they_say_themselves(cloud: Template) -> None:
    policy = cloud.only("AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    assert (policy["MinTTL"], policy["DefaultTTL"], policy["MaxTTL"]) == (0, 0, 31_536_000)
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["EnableAcceptEncodingBrotli"]
    assert key["EnableAcceptEncodingGzip"]
    assert distribution(cloud)["DefaultCacheBehavior"]["Compress"] is True


def test_hashed_files_are_there_before_the_page_and_stay_after_it(cloud: Template) -> None:
    uploads = cloud.of_type("Custom::CDKBucketDeployment")
    assert len(uploads) == 2
    hashed = next(name for name in uploads if "Hashed" in name)
    page = next(name for name in uploads if "Page" in name)
    assert hashed in cloud.resources[page]["DependsOn"]
    assert uploads[hashed]["Include"] == uploads[page]["Exclude"] == ["assets/*"]
    assert (uploads[hashed]["Prune"], uploads[page]["Prune"]) == (False, True)
    assert "immutable" in uploads[hashed]["SystemMetadata"]["cache-control"]
    assert uploads[page]["SystemMetadata"]["cache-control"] == "no-cache"


def test_the_uploader_reads_one_archive_and_writes_one_bucket(cloud: Template) -> None:
    role = next(name for name in cloud.of_type("AWS::IAM::Role") if name.startswith("WebFiles"))
    allowed = {}
    for statement in cloud.statements(role):
        action = statement["Action"]
        allowed.update(
            dict.fromkeys([action] if isinstance(action, str) else action, str(statement))
        )
    assert set(allowed) == {
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject"),
    }
    assert ".zip" in allowed["s3:GetObject"]
    assert "WebBucket" in allowed["s3:PutObject"]


def test_files_have_the_headers_that_the_local_gateway_sends(
    cloud: Template, tmp_path: Any
) -> None:
    (tmp_path / "index.html").write_text("page")
    answer = Site(tmp_path, pictures="https://region").answer(HttpRequest("GET", "/"))
    assert answer is not None
    own = {"content-type", "cache-control", "etag"}
    expected = {name: value for name, value in answer.headers if name not in own}

    config = headers(cloud, distribution(cloud)["DefaultCacheBehavior"])
    security = config["SecurityHeadersConfig"]
    sent = {
        each["Header"].lower(): each["Value"] for each in config["CustomHeadersConfig"]["Items"]
    }
    sent["content-security-policy"] = joined(
        security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        RegionalDomainName="region",
        DomainName="region",
    ).replace("https://region https://region", "https://region")
    sent["referrer-policy"] = security["ReferrerPolicy"]["ReferrerPolicy"]
    if security["ContentTypeOptions"]["Override"]:
        sent["x-content-type-options"] = "nosniff"
    assert sent == expected


def test_browsers_come_by_https_only(cloud: Template) -> None:
    for behavior in (distribution(cloud)["DefaultCacheBehavior"], api_behavior(cloud)):
        transport = headers(cloud, behavior)["SecurityHeadersConfig"]["StrictTransportSecurity"]
        assert transport["AccessControlMaxAgeSec"] == 31_536_000
    assert api_behavior(cloud)["ViewerProtocolPolicy"] == "https-only"
    assert distribution(cloud)["HttpVersion"] == "http2and3"
    assert distribution(cloud)["IPV6Enabled"] is True


@pytest.mark.parametrize("region", ["us-east-1", "ap-northeast-2"])
def test_pictures_may_be_shown_from_where_their_addresses_lead(prod: Template, region: str) -> None:
    # As deepstory/core_services.py makes its clients.
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    session = boto3.Session("test", "test", region_name=region)
    client = session.client("s3", config=config)
    url = client.generate_presigned_url("get_object", Params={"Bucket": "pics", "Key": "a"})
    files = headers(prod, distribution(prod)["DefaultCacheBehavior"])
    policy = joined(
        files["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        RegionalDomainName=f"pics.s3.{region}.amazonaws.com",
        DomainName="pics.s3.amazonaws.com",
    )
    (images,) = (each for each in policy.split("; ") if each.startswith("img-src"))
    assert url.partition("/a?")[0] in images.split()


def test_the_domain_has_a_certificate_and_records_of_both_kinds(prod: Template) -> None:
    config = distribution(prod)
    assert config["Aliases"] == ["diary.example.com"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    certificate = prod.only("AWS::CertificateManager::Certificate")
    assert certificate["ValidationMethod"] == "DNS"
    records = prod.of_type("AWS::Route53::RecordSet").values()
    assert {each["Type"] for each in records} == {"A", "AAAA"}
    assert {each["Name"] for each in records} == {"diary.example.com"}


def test_without_a_domain_links_lead_to_the_name_that_cloudfront_gives(dev: Template) -> None:
    assert "Aliases" not in distribution(dev)
    (variables,) = (
        props["Environment"]["Variables"]
        for props in dev.lambdas().values()
        if props["Handler"] == "workers.password_resets.handler"
    )
    (name,) = dev.of_type("AWS::CloudFront::Distribution")
    expected = {"Fn::Join": ["", ["https://", {"Fn::GetAtt": [name, "DomainName"]}]]}
    assert variables["WEB_ORIGIN"] == dev.content["Outputs"]["WebUrl"]["Value"] == expected


@pytest.mark.parametrize(
    ("stage", "class_"), [("dev", "PriceClass_200"), ("prod", "PriceClass_All")]
)
def test_edges_are_paid_for_where_readers_are(
    templates: dict[str, Template], stage: str, class_: str
) -> None:
    assert distribution(templates[stage])["PriceClass"] == class_


def test_a_home_and_an_api_alone_have_none_of_it(local: Template, bare: Template) -> None:
    for template in (local, bare):
        kinds = {resource["Type"] for resource in template.resources.values()}
        assert not any("CloudFront" in kind for kind in kinds)
        assert "WebUrl" not in template.content["Outputs"]


def test_pages_are_never_made_of_the_api_s_answers(cloud: Template) -> None:
    functions = cloud.of_type("AWS::CloudFront::Function")
    pages = next(name for name in functions if "Pages" in name)
    source = ROOT / "cdk" / "deepstory_cdk" / "edge" / "pages.js"
    assert functions[pages]["FunctionCode"] == source.read_text()
    assert pages not in json.dumps(api_behavior(cloud))


def test_a_stack_is_where_the_context_says(bare: Template, dev: Template) -> None:
    places = []
    for template in (bare, dev):
        manifest = json.loads((template.folder / "manifest.json").read_text())
        places.append(manifest["artifacts"]["deepstory-dev"]["environment"])
    assert places == ["aws://123456789012/ap-northeast-2", "aws://123456789012/us-east-1"]
