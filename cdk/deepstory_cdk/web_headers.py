"""What CloudFront adds to answers: for files the same as local/gateway, from web/hosting.json."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3
from constructs import Construct

from deepstory_cdk import paths

# CloudFront knows these by other fields and refuses them here.
_NOT_CUSTOM = ("X-Content-Type-Options", "Referrer-Policy")


class WebHeaders(Construct):
    """The API sends its own headers; both are to be asked for by HTTPS only, from then on."""

    def __init__(self, scope: Construct, name: str, *, pictures: s3.IBucket) -> None:
        super().__init__(scope, name)
        hosting = json.loads(paths.WEB_HOSTING.read_text())
        # Signed addresses name the region's host, and the one without it in the first region.
        hosts = (pictures.bucket_regional_domain_name, pictures.bucket_domain_name)
        policy = "; ".join(
            directive.format(pictures=" ".join(f"https://{host}" for host in hosts))
            for directive in hosting["content_security_policy"]
        )
        self.of_files = self._policy("Files", hosting["headers"], policy)
        self.of_api = self._policy("Api", {}, None)

    def _policy(
        self, name: str, headers: Mapping[str, str], content_security: str | None
    ) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            name,
            security_headers_behavior=_security(headers, content_security),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=header, value=value, override=True)
                    for header, value in headers.items()
                    if header not in _NOT_CUSTOM
                ]
            )
            if headers
            else None,
        )


def _security(
    headers: Mapping[str, str], content_security: str | None
) -> cloudfront.ResponseSecurityHeadersBehavior:
    referrer = headers.get("Referrer-Policy")
    return cloudfront.ResponseSecurityHeadersBehavior(
        # Of what else is below the domain only its owner knows.
        strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
            access_control_max_age=Duration.days(365), include_subdomains=False, override=True
        ),
        content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
            content_security_policy=content_security, override=True
        )
        if content_security
        else None,
        content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True)
        if "X-Content-Type-Options" in headers
        else None,
        referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
            referrer_policy=cloudfront.HeadersReferrerPolicy[referrer.upper().replace("-", "_")],
            override=True,
        )
        if referrer
        else None,
    )
