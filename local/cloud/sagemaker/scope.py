"""Whose resources a request is about."""

from dataclasses import dataclass
from typing import Self

from local.cloud import seams


@dataclass(frozen=True, slots=True)
class Scope:
    """An account in a region; names are unique within it."""

    account: str
    region: str

    @classmethod
    def current(cls) -> Self:
        """Return the scope of the request being handled."""
        responses = seams.module("core.responses")
        return cls(responses.get_account_id(), responses.get_region())

    @classmethod
    def of(cls, key: str) -> Self:
        """Return the scope that a key was made in."""
        account, region, _ = key.split("/", 2)
        return cls(account, region)

    def key(self, name: str) -> str:
        return f"{self.account}/{self.region}/{name}"

    def arn(self, resource: str, service: str = "sagemaker") -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


def name_of(key: str) -> str:
    """Return the name that a key was made from."""
    return key.split("/", 2)[2]
