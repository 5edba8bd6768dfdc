"""The composition root."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deepstory.config import Settings
from deepstory.pictures.prompts import BundledPromptWriter, TranslatingPromptWriter
from deepstory.services import Services


@pytest.fixture(autouse=True)
def aws_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "ap-northeast-2",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture
def services() -> Services:
    names = [f"{name}_table" for name in ("users", "emails", "sessions", "pictures", "posts")]
    names += ["likes_table", "comments_table", "notices_table", "blocks_table", "reports_table"]
    names += ["postings_table", "indexed_posts_table"]
    names += ["friend_requests_table", "friendships_table"]
    names += ["secret_diaries_table", "secret_entries_table"]
    names += ["idempotency_table", "limits_table", "model_server_table"]
    names += ["counters_table", "audit_table"]
    names += ["pictures_bucket", "signing_keys_secret", "model_endpoint"]
    names += ["model_control_function"]
    return Services(Settings(**{name: name.replace("_", "-") for name in names}))  # type: ignore[arg-type]  # a wider type on purpose


def test_everything_is_built_from_complete_settings(services: Services) -> None:
    names = {
        name
        for kind in type(services).__mro__
        for name, value in vars(kind).items()
        if isinstance(value, cached_property)
    }

    for name in names:
        assert getattr(services, name) is not None


def test_worker_needs_only_the_tables_that_it_is_given() -> None:
    settings = Settings(
        pictures_table="pictures",
        model_server_table="server",
        model_endpoint="endpoint",
        pictures_bucket="bucket",
    )

    assert Services(settings).finisher is not None


def test_addresses_of_pictures_name_the_region(services: Services) -> None:
    url = urlsplit(services.picture_urls.url("pictures/1.png"))

    assert url.netloc == "pictures-bucket.s3.ap-northeast-2.amazonaws.com"


def test_clients_are_made_once(services: Services) -> None:
    assert services.client("s3") is services.client("s3")


@pytest.mark.parametrize(
    ("languages", "writer"), [("ko,en", BundledPromptWriter), ("en", TranslatingPromptWriter)]
)
def test_prompts_are_translated_only_for_models_without_korean(
    languages: str, writer: type
) -> None:
    services = Services(Settings(model_prompt_languages=languages))

    assert isinstance(services.prompt_writer, writer)
