"""Where a deployment is found and what guards it: the web app, its domain, firewall and budget."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from deepstory_cdk.context import ContextError, Read, choice, flag, text

_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ZONE = re.compile(r"Z[A-Z0-9]{6,31}")
# CloudFront takes certificates from this region, whichever the stack is in.
_CERTIFICATE = re.compile(r"arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate/[\w-]+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, kw_only=True)
class Hosting:
    """What of a deployment is seen from outside.

    ``web`` tells whether CloudFront serves the web app and the API as one. ``domain`` empty means
    CloudFront's own name. ``hosted_zone`` is the id of the Route 53 zone that the domain's records
    go into; without one they are its owner's to make. ``certificate`` empty means: have one made,
    which takes the zone. ``budget`` is in dollars a month for the whole account, None for no alarm.
    ``alarm_email`` empty means: nobody is mailed when something is wrong.
    """

    web: bool
    domain: str
    hosted_zone: str
    certificate: str
    waf: bool
    budget: Decimal | None
    alarm_email: str


def hosting_from_context(read: Read, *, is_local: bool) -> Hosting:
    """Read and check it.

    Raises
    ------
    ContextError : a value is malformed, or does not go with another.
    """
    # At home the local gateway serves the web app, and nothing that CloudFront has is there.
    web = choice(read, "web", *(("none",) if is_local else ("cloudfront", "none")))
    hosting = Hosting(
        web=web == "cloudfront",
        domain=_matching(read, "domain", _DOMAIN, "diary.example.com"),
        hosted_zone=_matching(read, "hosted_zone", _ZONE, "Z0123456789ABCDEFGHIJ"),
        certificate=_matching(
            read, "certificate", _CERTIFICATE, "arn:aws:acm:us-east-1:123456789012:certificate/ID"
        ),
        waf=flag(read, "waf"),
        budget=_budget(text(read, "budget")),
        alarm_email=_matching(read, "alarm_email", _ADDRESS, "you@example.com"),
    )
    _check(hosting, is_local=is_local)
    return hosting


def _check(hosting: Hosting, *, is_local: bool) -> None:
    if is_local and (hosting.waf or hosting.budget):
        raise ContextError("waf and budget are of the cloud: leave them out with stage=local")
    if hosting.domain and not hosting.web:
        raise ContextError("domain is the web app's: leave it out with web=none")
    if hosting.domain and not (hosting.hosted_zone or hosting.certificate):
        raise ContextError(
            "domain needs a certificate: give hosted_zone, the id of its Route 53 zone, to have "
            "one made, or certificate, the ARN of one in us-east-1"
        )
    if (hosting.hosted_zone or hosting.certificate) and not hosting.domain:
        raise ContextError("hosted_zone and certificate are of a domain: give that too")
    if hosting.budget is not None and not hosting.alarm_email:
        raise ContextError("budget needs alarm_email, the address to warn")


def _matching(read: Read, name: str, pattern: re.Pattern[str], example: str) -> str:
    value = text(read, name)
    if value and not pattern.fullmatch(value):
        raise ContextError(f"{name} must be like {example}, not {value!r}")
    return value


def _budget(value: str) -> Decimal | None:
    if not value:
        return None
    try:
        dollars = Decimal(value)
    except InvalidOperation:
        dollars = Decimal(0)
    if not dollars.is_finite() or dollars <= 0:
        raise ContextError(f"budget must be dollars a month, such as 20, not {value!r}")
    return dollars
