"""The one wrapper around every view: access, parsing, idempotency, errors, encoding.

A view is given a ``Call`` and returns a schema; everything about HTTP stays here. What an
endpoint declares is also what the OpenAPI document is made from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from chalice.app import Blueprint, Chalice, CORSConfig, Request, Response

from chalicelib.access import Access, access_of
from chalicelib.calls import Call, Reply, checked, id_of
from chalicelib.rates import RouteClass, class_of
from chalicelib.responses import encode, error_response, json_response, unexpected_error_response
from chalicelib.runtime import services
from chalicelib.validation import Input, Nothing
from deepstory.errors import DeepStoryError
from deepstory.idempotency import DuplicateRequestError

PREFIX = "/v1"


class _FixedCORS(CORSConfig):
    """Answers with the same headers at each request instead of making them anew."""

    def get_access_control_headers(self) -> dict[str, str]:
        if not hasattr(self, "_fixed"):
            self._fixed = super().get_access_control_headers()
        return self._fixed


CORS = _FixedCORS(
    allow_origin="*",
    allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
    expose_headers=["Retry-After"],
    max_age=600,
)


View = Callable[[Call[Any, Any]], Any]
Replay = Callable[[Call[Any, Any], str], Reply]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What an endpoint takes and gives, for the server and for the OpenAPI document."""

    method: str
    path: str
    view: View
    tag: str
    body: type[Input]
    query: type[Input]
    returns: Any
    status: int
    produces: str
    idempotent: bool
    replay: Replay | None
    errors: tuple[int, ...]

    @property
    def access(self) -> Access:
        return access_of(self.method, self.path)

    @property
    def route_class(self) -> RouteClass:
        return class_of(self.method, self.path)


class Endpoints:
    """Declare the endpoints of one aggregate on its blueprint."""

    def __init__(self, blueprint: Blueprint, *, tag: str) -> None:
        self._blueprint = blueprint
        self._tag = tag
        self.declared: list[Endpoint] = []

    def add(
        self,
        method: str,
        path: str,
        *,
        body: type[Input] = Nothing,
        query: type[Input] = Nothing,
        returns: Any = None,
        status: int = 200,
        produces: str = "application/json",
        idempotent: bool = False,
        replay: Replay | None = None,
        errors: tuple[int, ...] = (),
    ) -> Callable[[View], View]:
        """Declare a view's route; ``errors`` are statuses beyond the usual ones of its kind."""

        def declare(view: View) -> View:
            endpoint = Endpoint(
                method=method,
                path=PREFIX + path,
                view=view,
                tag=self._tag,
                body=body,
                query=query,
                returns=returns,
                status=status,
                produces=produces,
                idempotent=idempotent,
                replay=replay,
                errors=errors,
            )
            self.declared.append(endpoint)

            def handle(**path_parameters: str) -> Response:
                return respond(endpoint, current_request(self._blueprint), path_parameters)

            handle.__name__ = view.__name__
            self._blueprint.route(
                path,
                methods=[method],
                cors=CORS,
                # Chalice's own refusal has another shape; parse_body checks the type.
                content_types=[],
            )(handle)
            return view

        return declare


def current_request(source: Blueprint | Chalice) -> Request:
    request = source.current_request
    assert request is not None  # noqa: S101  # Chalice sets it before it calls a view
    return request


def respond(endpoint: Endpoint, request: Request, path_parameters: Mapping[str, str]) -> Response:
    """Answer one request; every exception becomes an answer in the contract's error shape."""
    request_id = id_of(request)
    try:
        call = checked(
            request,
            path_parameters,
            access=endpoint.access,
            route_class=endpoint.route_class,
            body=endpoint.body,
            query=endpoint.query,
        )
        reply = _run(endpoint, call)
        if not isinstance(reply, Reply):
            reply = Reply(body=reply)
        status = reply.status or endpoint.status
        text = "" if reply.body is None else _text_of(reply.body)
        return json_response(text, status=status, headers=reply.headers)
    except DeepStoryError as error:
        return error_response(error, request_id=request_id)
    except Exception as error:
        return unexpected_error_response(error, request_id=request_id)


def _run(endpoint: Endpoint, call: Call[Any, Any]) -> Any:
    if not endpoint.idempotent or "idempotency-key" not in call.headers:
        return endpoint.view(call)
    answer = _earlier_answer(call)
    if answer is None:
        try:
            return endpoint.view(call)
        except DuplicateRequestError:
            answer = _earlier_answer(call)
            if answer is None:
                raise
    if endpoint.replay:
        return endpoint.replay(call, answer)
    return Reply(body=msgspec.Raw(answer.encode()))


def _earlier_answer(call: Call[Any, Any]) -> str | None:
    claim = call.claim(lambda result: result)
    assert claim is not None  # noqa: S101  # the caller saw the header
    now = services().clock.now()
    return services().idempotency.earlier_answer(claim, request=call.raw_body, now=now)


def _text_of(body: Any) -> str:
    return body if isinstance(body, str) else encode(body)
