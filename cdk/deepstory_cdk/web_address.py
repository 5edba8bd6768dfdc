"""The domain that people type: its certificate, and its records if its zone is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack, Token
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_route53 as route53
from constructs import Construct

from deepstory_cdk.context import ContextError

if TYPE_CHECKING:
    from deepstory_cdk.hosting import Hosting

_CERTIFICATES_IN = "us-east-1"
# Every distribution is in this zone of Amazon's.
_CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"


class WebAddress(Construct):
    """Nothing without a domain.

    CloudFront takes certificates from us-east-1 only. A stack that is elsewhere is given one that
    was made there, by one command; to make it would take a second stack, and Lambdas that carry
    its ARN over, to be kept and permitted for a thing that is made once and renews itself.
    """

    def __init__(self, scope: Construct, name: str, *, hosting: Hosting) -> None:
        super().__init__(scope, name)
        self._hosting = hosting
        self.certificate = self._certificate() if hosting.domain else None

    def lead_to(self, distribution: cloudfront.IDistribution) -> None:
        """Have the domain's records name the distribution."""
        if not self._hosting.hosted_zone:
            return
        for kind in ("A", "AAAA"):
            route53.CfnRecordSet(
                self,
                kind,
                name=self._hosting.domain,
                type=kind,
                hosted_zone_id=self._hosting.hosted_zone,
                alias_target=route53.CfnRecordSet.AliasTargetProperty(
                    dns_name=distribution.distribution_domain_name,
                    hosted_zone_id=_CLOUDFRONT_ZONE,
                ),
            )

    def _certificate(self) -> acm.ICertificate:
        arn = self._hosting.certificate or self._made()
        return acm.Certificate.from_certificate_arn(self, "Certificate", arn)

    def _made(self) -> str:
        region = Stack.of(self).region
        if Token.is_unresolved(region) or region != _CERTIFICATES_IN:
            raise ContextError(
                f"domain: CloudFront takes certificates from {_CERTIFICATES_IN} only, and this "
                "stack is not there. Have one made with aws acm request-certificate --region "
                f"{_CERTIFICATES_IN} --domain-name {self._hosting.domain} --validation-method DNS "
                "and give its ARN with -c certificate=ARN"
            )
        domain = self._hosting.domain
        made = acm.CfnCertificate(
            self,
            "Made",
            domain_name=domain,
            validation_method="DNS",
            domain_validation_options=[
                acm.CfnCertificate.DomainValidationOptionProperty(
                    domain_name=domain, hosted_zone_id=self._hosting.hosted_zone
                )
            ],
        )
        return made.ref
