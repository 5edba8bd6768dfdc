"""The web app in CloudFront, and the API behind the same name: one origin for a browser."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from deepstory_cdk import paths
from deepstory_cdk.checks import accept
from deepstory_cdk.web_address import WebAddress
from deepstory_cdk.web_files import WebFiles
from deepstory_cdk.web_headers import WebHeaders

if TYPE_CHECKING:
    from deepstory_cdk.functions import Functions
    from deepstory_cdk.origin import OriginKey
    from deepstory_cdk.stage import Stage

_EDGE = Path(__file__).with_name("edge")
_PAGE = "index.html"
# Those that CloudFront would keep for ten seconds even where nothing else is kept: somebody's 404
# would be given to the one whose post it is.
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
_READ_SECONDS = 30


class Web(Construct):
    """Files come from a private bucket, ``/api/*`` from API Gateway with the path as it is.

    A page's address is turned into the page on the way in, by a function. Custom error pages, the
    usual way, hold for all of a distribution and would answer the API's 404s with the web app.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        functions: Functions,
        api_domain: str,
        pictures: s3.IBucket,
        origin_key: OriginKey,
    ) -> None:
        super().__init__(scope, name)
        self._stage = stage
        headers = WebHeaders(self, "Headers", pictures=pictures)
        bucket = self._bucket()
        address = WebAddress(self, "Address", hosting=stage.hosting)
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Deep-Story {stage.name}",
            default_root_object=_PAGE,
            default_behavior=self._files(bucket, headers),
            additional_behaviors={"/api/*": self._api(api_domain, origin_key, headers)},
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0))
                for status in _ERRORS
            ],
            domain_names=[stage.hosting.domain] if address.certificate else None,
            certificate=address.certificate,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            enable_ipv6=True,
            # The cheapest class has no place in Asia, where this diary's readers are.
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL
            if stage.keeps_data
            else cloudfront.PriceClass.PRICE_CLASS_200,
        )
        _accept(distribution, has_certificate=address.certificate is not None)
        address.lead_to(distribution)
        WebFiles(self, "Files", functions=functions, bucket=bucket, dist=paths.WEB_DIST)
        self.origin = stage.web_origin or f"https://{distribution.domain_name}"
        CfnOutput(scope, "WebUrl", value=self.origin)
        CfnOutput(scope, "WebDistribution", value=distribution.domain_name)

    def _bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # It holds nothing that cannot be built again.
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        accept(
            bucket, "AwsSolutions-S1", "Only CloudFront reads it, and only files that all may read."
        )
        return bucket

    def _files(self, bucket: s3.Bucket, headers: WebHeaders) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(
                bucket,
                # Without LIST, S3 answers 403 instead of 404 for a file that is not there.
                origin_access_levels=[cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
            ),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            compress=True,
            # As the files' own headers say: what must be looked up is asked for each time, so
            # that a deployment has nothing to invalidate.
            cache_policy=cloudfront.CachePolicy(
                self,
                "FileCache",
                min_ttl=Duration.seconds(0),
                default_ttl=Duration.seconds(0),
                max_ttl=Duration.days(365),
                enable_accept_encoding_gzip=True,
                enable_accept_encoding_brotli=True,
            ),
            response_headers_policy=headers.of_files,
            function_associations=[self._at_the_edge("Pages", "pages.js")],
        )

    def _api(
        self, domain: str, origin_key: OriginKey, headers: WebHeaders
    ) -> cloudfront.BehaviorOptions:
        waf = self._stage.hosting.waf
        return cloudfront.BehaviorOptions(
            origin=origins.HttpOrigin(
                domain,
                protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
                # The gateway gives up before.
                read_timeout=Duration.seconds(_READ_SECONDS),
                custom_headers={"X-Origin-Key": origin_key.value},
            ),
            # A token sent in the clear is lost, whatever is answered.
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            # Everything, Authorization and cookies too; the gateway knows only its own Host.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=headers.of_api,
            function_associations=[self._at_the_edge("Viewer", "viewer.js")] if waf else None,
        )

    def _at_the_edge(self, name: str, file: str) -> cloudfront.FunctionAssociation:
        return cloudfront.FunctionAssociation(
            event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
            function=cloudfront.Function(
                self,
                name,
                code=cloudfront.FunctionCode.from_file(file_path=str(_EDGE / file)),
                runtime=cloudfront.FunctionRuntime.JS_2_0,
            ),
        )


def _accept(distribution: cloudfront.Distribution, *, has_certificate: bool) -> None:
    accepted = partial(accept, distribution)
    accepted("AwsSolutions-CFR1", "A diary is read wherever its writer travels.")
    accepted(
        "AwsSolutions-CFR2",
        "A firewall is an option (-c waf=true) and stands at the API, where it also meets those "
        "who go round CloudFront; files are the same for everybody.",
    )
    accepted(
        "AwsSolutions-CFR3",
        "API Gateway logs every request of the API; who fetched which file is personal data that "
        "nobody needs.",
    )
    if not has_certificate:
        accepted("AwsSolutions-CFR4", "CloudFront's own certificate comes with its own policy.")
