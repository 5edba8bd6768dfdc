"""The Chalice app as part of the stack: packaged by Chalice, its zip made reproducible."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from chalice.cdk import Chalice
from constructs import Construct

from deepstory_cdk.packaging import sources
from deepstory_cdk.packaging.layers import PackagingError
from deepstory_cdk.packaging.locks import exclusive

# Chalice looks for a region although packaging calls no AWS service.
_ANY_REGION = "us-east-1"


class ChaliceApp(Chalice):
    """Chalice's construct, leaving no files behind and adding bytecode to what is uploaded."""

    def __init__(
        self, scope: Construct, name: str, *, project: Path, stage_config: dict[str, Any]
    ) -> None:
        os.environ.setdefault("AWS_DEFAULT_REGION", _ANY_REGION)
        super().__init__(scope, name, source_dir=str(project), stage_config=stage_config)
        made = Path(self._sam_package_dir)
        shutil.rmtree(made)
        made.with_name(f"{made.name}.sam_with_assets.json").unlink()

    def remove_outputs(self, *names: str) -> None:
        """Remove outputs that Chalice's template brings and the stack has under other names."""
        for name in names:
            output = self.sam_template.get_output(name)
            outputs = output.node.scope
            if outputs is None or not outputs.node.try_remove_child(output.node.id):
                raise PackagingError(f"Chalice's template has no removable output {name}")

    def _package_app(self) -> None:
        with exclusive("api"):
            super()._package_app()
            sources.recompile(Path(self._sam_package_dir) / "deployment.zip")
            # Chalice keeps every package it ever made; ours are kept in .build.
            shutil.rmtree(Path(self.source_dir) / ".chalice" / "deployments")
