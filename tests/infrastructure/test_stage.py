from __future__ import annotations

import pytest

from deepstory_cdk.context import ContextError
from deepstory_cdk.stage import stage_from_context

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


def test_limits_are_wider_at_home_and_never_off() -> None:
    stages = {
        name: stage_from_context(({"stage": name} | (PROD if name == "prod" else {})).get)
        for name in ("local", "dev", "prod")
    }
    assert {name: stage.rate_limit_scale for name, stage in stages.items()} == {
        "local": 100,
        "dev": 1,
        "prod": 1,
    }


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"stage": "production"}, "stage must be one of local, dev, prod"),
        ({"model_concurrency": "many"}, "model_concurrency must be a whole number"),
        ({"model_max_instances": "0"}, "model_max_instances must be a whole number"),
        ({"model_weights": "bucket/folder"}, "model_weights must start with s3://"),
        ({"model_weights": "ssm:/a/b"}, "needs model_weights_bucket"),
        ({"instance_types": "ml.g6.xlarge,ml.g6.xlarge"}, "different types"),
        ({"instance_types": "a,b,c,d,e,f"}, "up to 5"),
        ({"instance_types": "ml.g6.xlarge,ml.p5.48xlarge"}, "has no price of ml.p5.48xlarge"),
        ({"pictures_per_day": "-1"}, "pictures_per_day must be a whole number"),
        ({"model_idle_minutes": "0"}, "model_idle_minutes must be a whole number"),
        ({"model_instance_type": "ml.p5.48xlarge"}, "has no price of ml.p5.48xlarge"),
        ({"model_instance_prices": "ml.g6.xlarge=dear"}, "price in dollars"),
        ({"model_instance_prices": "ml.g6.xlarge=-1"}, "price in dollars"),
        ({"model_instance_prices": "ml.g6.xlarge=NaN"}, "price in dollars"),
        ({"model_instance_prices": "ml.g6.xlarge=1.1234567"}, "at most 6 decimals"),
        ({"rate_limit_scale": "0"}, "rate_limit_scale must be a whole number of at least 1"),
        (
            {"trusted_hops": "-1", "web": "none"},
            "trusted_hops must be a whole number of at least 0",
        ),
        ({"web_origin": "diary.example.com"}, "web_origin must be where people find the web app"),
        ({"web_origin": "https://diary.example.com/app"}, "web_origin must be"),
        ({"mail_from": "Deep-Story"}, "mail_from must be an e-mail address"),
        ({"alarm_email": "everybody"}, "alarm_email must be like"),
        # A link to a developer's machine, or mail from nobody, is worse than no deployment.
        (PROD | {"web_origin": "", "web": "none"}, "web_origin must be"),
        (PROD | {"mail_from": ""}, "mail_from must be"),
        (
            {"stage": "prod", "mail_from": PROD["mail_from"], "web": "none"},
            "web_origin must be",
        ),
        ({"trusted_hops": "0"}, "trusted_hops must be a whole number of at least 1"),
        ({"region": "Seoul"}, "region must be one of AWS"),
        ({"model": "sdxl"}, "model must be one of endpoint, none"),
    ],
)
def test_context_that_no_deployment_can_have_is_named(context: dict[str, str], named: str) -> None:
    with pytest.raises(ContextError, match=named):
        stage_from_context(context.get)


@pytest.mark.parametrize(
    ("context", "micro_usd"),
    [
        ({}, 1_126_700),
        ({"model_instance_type": "ml.g5.xlarge"}, 1_408_000),
        ({"instance_types": "ml.g6.xlarge,ml.g5.xlarge"}, 1_408_000),
        ({"model_instance_prices": "ml.g6.xlarge=1.3, ml.g5.xlarge=2"}, 1_300_000),
        (
            {
                "model_instance_type": "ml.p5.48xlarge",
                "model_instance_prices": {"ml.p5.48xlarge": 63.296},
            },
            63_296_000,
        ),
    ],
)
def test_price_is_that_of_the_instance_type(context: dict[str, object], micro_usd: int) -> None:
    assert stage_from_context(context.get).model_micro_usd_per_hour == micro_usd
