from __future__ import annotations

import pytest

from deepstory_cdk.stage import ContextError, stage_from_context

PROD = {
    "stage": "prod",
    "web_origin": "https://diary.example.com",
    "mail_from": "no-reply@diary.example.com",
}


def test_without_context_a_deployment_is_dev_and_builds_its_own_image() -> None:
    nothing: dict[str, str] = {}
    stage = stage_from_context(nothing.get)
    assert (stage.name, stage.model_image, stage.keeps_data) == ("dev", "", False)


def test_context_changes_what_it_names_and_nothing_else() -> None:
    stage = stage_from_context((PROD | {"model_concurrency": "16"}).get)
    assert (stage.name, stage.model_concurrency, stage.model_max_instances) == ("prod", 16, 1)


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"stage": "production"}, "stage must be one of local, dev, prod"),
        ({"model_concurrency": "many"}, "model_concurrency must be a whole number"),
        ({"model_max_instances": "0"}, "model_max_instances must be a whole number"),
        ({"model_weights": "bucket/folder"}, "model_weights must start with s3://"),
        ({"pictures_per_day": "-1"}, "pictures_per_day must be a whole number"),
        ({"web_origin": "diary.example.com"}, "web_origin must be where people find the web app"),
        ({"web_origin": "https://diary.example.com/app"}, "web_origin must be"),
        ({"mail_from": "Deep-Story"}, "mail_from must be an e-mail address"),
        # A link to a developer's machine, or mail from nobody, is worse than no deployment.
        (PROD | {"web_origin": ""}, "web_origin must be"),
        (PROD | {"mail_from": ""}, "mail_from must be"),
        ({"stage": "prod", "mail_from": PROD["mail_from"]}, "web_origin must be"),
    ],
)
def test_context_that_no_deployment_can_have_is_named(context: dict[str, str], named: str) -> None:
    with pytest.raises(ContextError, match=named):
        stage_from_context(context.get)
