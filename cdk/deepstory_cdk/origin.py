"""What proves to the API that a request came through the service's own proxy."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from deepstory_cdk.checks import accept


class OriginKey(Construct):
    """A key that CloudFront adds to what it sends to the API, as the header X-Origin-Key.

    Without it the client's address, which limits go by, could be forged by whoever calls the
    gateway's own address; see ``chalicelib/addresses.py``.
    """

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        secret = secretsmanager.Secret(
            self,
            "Secret",
            description="Deep-Story: proves that a request came through CloudFront",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=48, exclude_punctuation=True
            ),
            # The next deployment makes another one.
            removal_policy=RemovalPolicy.DESTROY,
        )
        accept(
            secret,
            "AwsSolutions-SMG4",
            "Proxy and API must change it in the same deployment; it opens nothing but a header.",
        )
        # A reference that CloudFormation resolves: the template does not hold the key.
        self.value = secret.secret_value.unsafe_unwrap()
