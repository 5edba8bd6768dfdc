"""One request as views see it: checked, typed, and nothing of its transport."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Generic, TypeVar

from chalice.app import Request

from chalicelib.access import Access
from chalicelib.addresses import client_address
from chalicelib.rates import RouteClass
from chalicelib.responses import encode
from chalicelib.runtime import services
from chalicelib.validation import Input, parse_body, parse_query
from deepstory.accounts.entities import Principal
from deepstory.errors import BadRequestError, ForbiddenError, NotFoundError, UnauthorizedError
from deepstory.idempotency import Claim
from deepstory.ids import is_id

B = TypeVar("B", bound=Input)
Q = TypeVar("Q", bound=Input)
T = TypeVar("T")

_MAXIMUM_KEY_CHARACTERS = 128


@dataclass(slots=True)
class Reply:
    """An answer that needs more than a body: another status, headers, or no body at all."""

    body: Any = None
    status: int | None = None
    headers: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Call(Generic[B, Q]):
    """One request, checked: what views need of it, and nothing of its transport."""

    body: B
    query: Q
    path: Mapping[str, str]
    headers: Mapping[str, str]
    address: str
    request_id: str
    raw_body: bytes
    scope: str
    principal: Principal | None

    @property
    def user_id(self) -> str:
        return self.caller.user_id

    @property
    def caller(self) -> Principal:
        if self.principal is None:
            raise UnauthorizedError
        return self.principal

    @property
    def viewer_id(self) -> str | None:
        """The caller's id where being logged in is optional."""
        return self.principal.user_id if self.principal else None

    @property
    def is_admin(self) -> bool:
        return self.principal is not None and self.principal.role == "admin"

    def path_id(self, name: str) -> str:
        """Return an id of the path; what cannot be an id is simply not there."""
        value = self.path[name]
        if not is_id(value):
            raise NotFoundError
        return value

    def cookie(self, name: str) -> str | None:
        try:
            morsel = SimpleCookie(self.headers.get("cookie", "")).get(name)
        except CookieError:
            return None
        return morsel.value if morsel else None

    def claim(self, view: Callable[[T], Any]) -> Claim[T] | None:
        """Return the claim of this request's Idempotency-Key, None without one.

        ``view`` makes the answer that repetitions of the request will get.
        """
        key = self.headers.get("idempotency-key")
        if key is None:
            return None
        if not (0 < len(key) <= _MAXIMUM_KEY_CHARACTERS and key.isascii() and key.isprintable()):
            raise BadRequestError("Idempotency-Key must be 1 to 128 printable ASCII characters.")
        return services().idempotency.claim(
            scope=f"{self.viewer_id or ''}\0{self.scope}",
            key=key,
            request=self.raw_body,
            now=services().clock.now(),
            render=lambda result: encode(view(result)),
            owner_id=self.viewer_id,
        )


def id_of(request: Request) -> str:
    return request.context.get("requestId") or "unknown"


def checked(
    request: Request,
    path_parameters: Mapping[str, str],
    *,
    access: Access,
    route_class: RouteClass,
    body: type[B],
    query: type[Q],
) -> Call[B, Q]:
    """Check who calls, how often, and what is sent; raise the error that the caller is to get."""
    event, headers, context = request.to_original_event(), request.headers, request.context
    address = _address(request)
    rates, name = services().rates, route_class.name
    # Before anything is read, and so also for those who come with a made-up token.
    rates.take(name=name, subject=f"address#{address}", rates=route_class.by_address)
    principal = _principal(access, headers.get("authorization"))
    if principal is not None:
        subject = f"user#{principal.user_id}"
        rates.take(
            name=name,
            subject=subject,
            rates=route_class.by_user,
            owner_id=principal.user_id,
        )
    raw_body = _raw_body(event)
    return Call(
        body=parse_body(raw_body, headers.get("content-type", ""), body),
        query=parse_query(event.get("queryStringParameters") or {}, query),
        path=path_parameters,
        headers=headers,
        address=address,
        request_id=id_of(request),
        raw_body=raw_body,
        scope=f"{request.method} {context.get('path', context['resourcePath'])}",
        principal=principal,
    )


def _address(request: Request) -> str:
    settings = services().settings
    return client_address(
        request.context.get("identity", {}).get("sourceIp"),
        request.headers,
        trusted_hops=settings.trusted_hops,
        origin_key=settings.origin_key,
    )


def _principal(access: Access, authorization: str | None) -> Principal | None:
    if access is Access.PUBLIC or (access is Access.OPTIONAL and authorization is None):
        return None
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise UnauthorizedError
    principal = services().sessions.authenticate(access_token=token.strip())
    if access is Access.ADMIN and principal.role != "admin":
        raise ForbiddenError
    return principal


def _raw_body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return b64decode(body)
    # A lone surrogate cannot come from a socket; if one does, it fails to decode as JSON.
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
