"""Bringing web/dist into its bucket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from deepstory_cdk import paths
from deepstory_cdk.checks import accept_resource
from deepstory_cdk.context import ContextError
from deepstory_cdk.grants import allow

if TYPE_CHECKING:
    from deepstory_cdk.functions import Functions

_HASHED = "assets/*"
_MEMORY_MB = 512


class WebFiles(Construct):
    """Hashed files first, and they stay: who has an older page open goes on loading its parts.

    A release leaves about a megabyte of them behind, which costs nothing that could be seen. The
    page and what has a fixed name come after all they may ask for, and those that a release no
    longer has are removed. CloudFront asks for these each time, so nothing is invalidated.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        functions: Functions,
        bucket: s3.IBucket,
        dist: Path,
    ) -> None:
        super().__init__(scope, name)
        self._bucket = bucket
        self._log = functions.log_group(self)
        built = assets.Asset(self, "Dist", path=str(built_site(dist)), exclude=[".*"])
        self._source = deployment.Source.bucket(built.bucket, built.s3_object_key)
        self._role = functions.role(self, self._log)
        self._allow(built)
        caching = json.loads(paths.WEB_HOSTING.read_text())["cache_control"]
        hashed = self._deploy("Hashed", caching["hashed"], exclude=["*"], include=[_HASHED])
        page = self._deploy("Page", caching["other"], exclude=[_HASHED], prune=True)
        page.node.add_dependency(hashed)

    def _deploy(
        self,
        name: str,
        cache_control: str,
        *,
        exclude: list[str],
        include: list[str] | None = None,
        prune: bool = False,
    ) -> deployment.BucketDeployment:
        made = deployment.BucketDeployment(
            self,
            name,
            sources=[self._source],
            destination_bucket=self._bucket,
            cache_control=[deployment.CacheControl.from_string(cache_control)],
            exclude=exclude,
            include=include,
            prune=prune,
            memory_limit=_MEMORY_MB,
            log_group=self._log,
            # What CDK would let it do, it writes with stars; see _allow.
            role=self._role.without_policy_updates(),
        )
        made.node.add_dependency(self._role)
        return made

    def _allow(self, built: assets.Asset) -> None:
        """Let the uploader read the one archive, and compare, write and remove files."""
        archive = built.bucket.arn_for_objects(built.s3_object_key)
        allow(self._role, ["s3:GetObject"], [archive])
        allow(self._role, ["s3:ListBucket"], [self._bucket.bucket_arn])
        files = self._bucket.arn_for_objects("*")
        allow(self._role, ["s3:PutObject", "s3:DeleteObject"], [files])
        accept_resource(self._role, files, "Only the build knows the names of the web app's files.")


def built_site(dist: Path) -> Path:
    if not (dist / "index.html").is_file():
        raise ContextError(
            f"the web app is not built: {dist} has no index.html. Build it with "
            "npm ci --prefix web && npm run build --prefix web, or leave it out with -c web=none"
        )
    return dist
