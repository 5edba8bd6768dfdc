from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from infrastructure import synthesis
from infrastructure.synthesis import Template

# Between them the stages take both sides of every choice.
CONTEXT: dict[str, dict[str, str]] = {
    "local": {},
    "dev": {"model_prompt_languages": "en", "model_weights": "s3://models/stable-diffusion/"},
    "prod": {
        "instance_types": "ml.g6.xlarge, ml.g5.xlarge",
        "model_weights": "ssm:/deepstory/prod/model/weights",
        "model_weights_bucket": "deepstory-models",
        "model_image": synthesis.IMAGE,
        "domain": "diary.example.com",
        "hosted_zone": "Z0123456789ABCDEFGHIJ",
        "waf": "true",
        "budget": "20",
        "alarm_email": "owner@example.com",
        "mail_from": "no-reply@diary.example.com",
    },
}


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """The stack of every stage, synthesised once; the cloud's stages pass cdk-nag on the way."""
    folder = tmp_path_factory.mktemp("synthesis")

    def synthesize(stage: str) -> Template:
        return synthesis.synthesize(stage, folder / stage, **CONTEXT[stage])

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(CONTEXT, pool.map(synthesize, CONTEXT), strict=True))


@pytest.fixture(params=synthesis.STAGES)
def template(request: pytest.FixtureRequest, templates: dict[str, Template]) -> Template:
    """Each stage's stack in turn."""
    return templates[request.param]


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A deployment without web app and without model, elsewhere, behind a firewall all the same."""
    context = {"web": "none", "model": "none", "region": "ap-northeast-2", "waf": "true"}
    return synthesis.synthesize("dev", tmp_path_factory.mktemp("bare") / "dev", **context)


@pytest.fixture(scope="session")
def prod(templates: dict[str, Template]) -> Template:
    return templates["prod"]


@pytest.fixture(scope="session")
def dev(templates: dict[str, Template]) -> Template:
    return templates["dev"]


@pytest.fixture(scope="session")
def local(templates: dict[str, Template]) -> Template:
    return templates["local"]
