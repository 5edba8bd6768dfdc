"""What differs between deployments: read from the CDK context, checked, and handed down."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from deepstory_cdk.context import ContextError, choice
from deepstory_cdk.context import text as _text
from deepstory_cdk.hosting import Hosting, hosting_from_context

STAGES = ("local", "dev", "prod")
# Dollars for an hour of SageMaker hosting in us-east-1, looked up in November 2026. Other types
# and regions: -c model_instance_prices=ml.g5.2xlarge=1.515,ml.g6.xlarge=1.3
INSTANCE_PRICES = {
    "ml.g4dn.xlarge": Decimal("0.736"),
    "ml.g5.xlarge": Decimal("1.408"),
    "ml.g6.xlarge": Decimal("1.1267"),
}
_MICRO = 1_000_000
# As many priorities as SageMaker knows.
_MOST_POOLS = 5

# Where a developer's web app and mail are; of prod only its owner knows.
_WEB_ORIGINS = {"local": "http://127.0.0.1:8000", "dev": "http://localhost:5173"}
_SENDERS = {"local": "no-reply@deepstory.local", "dev": "no-reply@deepstory.example"}
_ORIGIN = re.compile(r"https?://[^/\s?#]+")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One deployment.

    ``region`` empty means that of the AWS credentials. Without a model pictures wait.
    ``model_image`` empty means: build ``model/Dockerfile``. ``model_weights`` is an S3 prefix
    that replaces the weights inside the image, or names the SSM parameter that holds it;
    published weights lie in ``model_weights_bucket``. ``model_instance_pools`` are types that are
    tried in turn, of which the first is ``model_instance_type`` and the dearest gives the price.
    The two times are guesses told to people until real ones were measured. The price is in
    millionths of a dollar, so that sums of it are exact; at home, where nothing is billed, the
    cloud's is told. ``rate_limit_scale`` multiplies every rate limit; ``trusted_hops`` is how
    many proxies of the service's own stand before the API. Mails come from ``mail_from``, and
    links in them lead to ``web_origin``; empty, to the name that CloudFront gives out. What runs
    while an account is closed has come to its end after ``erasure_settling_seconds``.
    """

    name: str
    region: str
    hosting: Hosting
    has_model: bool
    model_image: str
    model_weights: str
    model_weights_bucket: str
    model_instance_type: str
    model_instance_pools: tuple[str, ...]
    model_max_instances: int
    model_concurrency: int
    model_cold_start_seconds: int
    model_drawing_seconds: int
    model_micro_usd_per_hour: int
    model_idle_minutes: int
    model_prompt_languages: str
    pictures_per_day: int
    service_time_zone: str
    rate_limit_scale: int
    trusted_hops: int
    erasure_settling_seconds: int
    mail_from: str
    web_origin: str

    @property
    def keeps_data(self) -> bool:
        """Whether people's data must outlive the stack."""
        return self.name == "prod"

    @property
    def translates_prompts(self) -> bool:
        """Whether the model needs Korean prompts in English."""
        return "ko" not in self.model_prompt_languages.split(",")

    @property
    def is_local(self) -> bool:
        return self.name == "local"

    @property
    def data_removal(self) -> RemovalPolicy:
        return RemovalPolicy.RETAIN if self.keeps_data else RemovalPolicy.DESTROY

    @property
    def log_retention(self) -> RetentionDays:
        return RetentionDays.THREE_MONTHS if self.keeps_data else RetentionDays.ONE_WEEK


def stage_from_context(read: Callable[[str], Any]) -> Stage:
    """Build the stage from a function that looks up a context value by name.

    Raises
    ------
    ContextError : the stage is unknown, or a number is malformed or out of range.
    """
    name = str(read("stage") or "dev")
    if name not in STAGES:
        raise ContextError(f"stage must be one of {', '.join(STAGES)}, not {name!r}")
    weights = _text(read, "model_weights", "")
    if weights and not weights.startswith(("s3://", "ssm:/")):
        raise ContextError(
            f"model_weights must start with s3:// or name a parameter (ssm:/...), not {weights!r}"
        )
    weights_bucket = _text(read, "model_weights_bucket", "")
    if weights.startswith("ssm:") and not weights_bucket:
        raise ContextError("model_weights from a parameter needs model_weights_bucket=NAME too")
    local = name == "local"
    pools = _pools(read)
    instance_type = pools[0] if pools else _text(read, "model_instance_type", "ml.g6.xlarge")
    region = _text(read, "region", "")
    if region and not _REGION.fullmatch(region):
        raise ContextError(f"region must be one of AWS, such as ap-northeast-2, not {region!r}")
    hosting = hosting_from_context(read, is_local=local)
    hops = _number(read, "trusted_hops", int(hosting.web), minimum=int(hosting.web))
    origin = _text(read, "web_origin", _web_origin(name, hosting))
    if not _ORIGIN.fullmatch(origin) and not (hosting.web and not origin):
        raise ContextError(
            "web_origin must be where people find the web app, such as https://diary.example.com, "
            f"not {origin!r}"
        )
    sender = _text(read, "mail_from", _SENDERS.get(name, ""))
    if not _ADDRESS.fullmatch(sender):
        raise ContextError(
            f"mail_from must be an e-mail address that Amazon SES may send from, not {sender!r}"
        )
    return Stage(
        name=name,
        region=region,
        hosting=hosting,
        has_model=choice(read, "model", "endpoint", "none") == "endpoint",
        # The embedded cloud runs model/inference.py itself and never looks into an image.
        model_image=_text(read, "model_image", "deepstory-model:local" if local else ""),
        model_weights=weights,
        model_weights_bucket=weights_bucket,
        model_instance_type=instance_type,
        model_instance_pools=pools,
        model_max_instances=_number(read, "model_max_instances", 1),
        model_concurrency=_number(read, "model_concurrency", 8),
        model_cold_start_seconds=_number(read, "model_cold_start_seconds", 15 if local else 300),
        model_drawing_seconds=_number(read, "model_drawing_seconds", 8),
        model_micro_usd_per_hour=max(_price(read, one) for one in (pools or (instance_type,))),
        model_idle_minutes=_number(read, "model_idle_minutes", 3),
        model_prompt_languages=_text(read, "model_prompt_languages", "ko,en"),
        pictures_per_day=_number(read, "pictures_per_day", 50),
        service_time_zone=_text(read, "service_time_zone", "Asia/Seoul"),
        # At home everybody, and every test, comes from the one address.
        rate_limit_scale=_number(read, "rate_limit_scale", 100 if local else 1),
        trusted_hops=hops,
        erasure_settling_seconds=_number(read, "erasure_settling_seconds", 5 if local else 120),
        mail_from=sender,
        web_origin=origin,
    )


def _web_origin(name: str, hosting: Hosting) -> str:
    """Return where people find the web app; empty if only CloudFront will know."""
    if hosting.web:
        return f"https://{hosting.domain}" if hosting.domain else ""
    return _WEB_ORIGINS.get(name, "")


def _number(read: Callable[[str], Any], name: str, default: int, *, minimum: int = 1) -> int:
    text = _text(read, name, str(default))
    if not text.isdecimal() or int(text) < minimum:
        raise ContextError(f"{name} must be a whole number of at least {minimum}, not {text!r}")
    return int(text)


def _pools(read: Callable[[str], Any]) -> tuple[str, ...]:
    """Return the instance types to be had in turn; one alone is a type and no pool."""
    text = _text(read, "instance_types", "")
    types = tuple(one.strip() for one in text.split(",") if one.strip())
    if len(types) > _MOST_POOLS or len(set(types)) < len(types):
        raise ContextError(
            f"instance_types must be up to {_MOST_POOLS} different types, not {text!r}"
        )
    return types


def _price(read: Callable[[str], Any], instance_type: str) -> int:
    """Return an hour's price; an unknown one is refused, for a cost of nothing would be a lie."""
    given = read("model_instance_prices") or {}
    if isinstance(given, str):
        pairs = (pair.partition("=") for pair in given.split(","))
        given = {kind.strip(): price for kind, _, price in pairs}
    if not isinstance(given, Mapping):
        raise ContextError("model_instance_prices must be TYPE=PRICE,... or an object")
    prices: dict[str, Any] = {**INSTANCE_PRICES, **given}
    if instance_type not in prices:
        raise ContextError(
            f"model_instance_prices has no price of {instance_type}: "
            f"give it with -c model_instance_prices={instance_type}=DOLLARS_PER_HOUR"
        )
    try:
        micro = Decimal(str(prices[instance_type])) * _MICRO
    except InvalidOperation:
        micro = Decimal(-1)
    if not micro.is_finite() or micro < 0 or micro != micro.to_integral_value():
        raise ContextError(
            f"model_instance_prices must give {instance_type} a price in dollars with at most "
            f"6 decimals, not {prices[instance_type]!r}"
        )
    return int(micro)
