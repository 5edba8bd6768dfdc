"""Entry point of ``cdk``: one stack for the stage given with ``-c stage=local|dev|prod``."""

from __future__ import annotations

import os
import sys

from aws_cdk import App, Environment

from deepstory_cdk.checks import require_aws_solutions
from deepstory_cdk.context import ContextError
from deepstory_cdk.packaging.layers import PackagingError
from deepstory_cdk.stack import DeepStory
from deepstory_cdk.stage import Stage, stage_from_context


def main() -> None:
    try:
        stage = stage_from_context(App(auto_synth=False).node.try_get_context)
        app = _app(stage)
    except (ContextError, PackagingError) as error:
        sys.exit(f"error: {error}")
    app.synth()


def _app(stage: Stage) -> App:
    # At home a deployment costs nothing and starts the service: there the tests do the checking.
    app = App(builtin_cloud_formation_validation=not stage.is_local)
    DeepStory(
        app,
        f"deepstory-{stage.name}",
        stage=stage,
        env=Environment(
            account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
            region=stage.region or os.environ.get("CDK_DEFAULT_REGION"),
        ),
    )
    if not stage.is_local:
        require_aws_solutions(app)
    return app


if __name__ == "__main__":
    main()
