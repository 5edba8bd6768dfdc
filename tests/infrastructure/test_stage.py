from __future__ import annotations

import pytest

from deepstory_cdk.stage import ContextError, stage_from_context


def test_without_context_a_deployment_is_dev_and_builds_its_own_image() -> None:
    nothing: dict[str, str] = {}
    stage = stage_from_context(nothing.get)
    assert (stage.name, stage.model_image, stage.keeps_data) == ("dev", "", False)


def test_context_changes_what_it_names_and_nothing_else() -> None:
    stage = stage_from_context({"stage": "prod", "model_concurrency": "16"}.get)
    assert (stage.name, stage.model_concurrency, stage.model_max_instances) == ("prod", 16, 1)


def test_limits_are_wider_at_home_and_never_off() -> None:
    scales = {
        name: stage_from_context({"stage": name}.get).rate_limit_scale
        for name in ("local", "dev", "prod")
    }
    assert scales == {"local": 100, "dev": 1, "prod": 1}


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"stage": "production"}, "stage must be one of local, dev, prod"),
        ({"model_concurrency": "many"}, "model_concurrency must be a whole number"),
        ({"model_max_instances": "0"}, "model_max_instances must be a whole number"),
        ({"model_weights": "bucket/folder"}, "model_weights must start with s3://"),
        ({"pictures_per_day": "-1"}, "pictures_per_day must be a whole number"),
        ({"rate_limit_scale": "0"}, "rate_limit_scale must be a whole number of at least 1"),
        ({"trusted_hops": "-1"}, "trusted_hops must be a whole number of at least 0"),
    ],
)
def test_context_that_no_deployment_can_have_is_named(context: dict[str, str], named: str) -> None:
    with pytest.raises(ContextError, match=named):
        stage_from_context(context.get)
