"""What the REST API does with a request: route it, call the function, send its result."""

from __future__ import annotations

import logging
import time
import uuid

from chalice.app import Chalice, CORSConfig, RouteEntry

from local.gateway import errors
from local.gateway.context import INTEGRATION_TIMEOUT_SECONDS, DeployedFunction, LambdaContext
from local.gateway.events import STAGE, MalformedRequestError, proxy_event
from local.gateway.http import HttpAnswer, HttpRequest
from local.gateway.results import LAMBDA_PAYLOAD_LIMIT, MalformedResultError, to_answer
from local.gateway.routing import Match, RouteTable

STAGE_PREFIX = f"/{STAGE}"
_LOG = logging.getLogger(__name__)


class Gateway:
    """Serves one Chalice app, one request at a time.

    Chalice keeps the request in the app object, so two threads in ``handle`` would see each
    other's data: every process calls this from a single thread. That is also why a function that
    runs longer than the gateway's 29 seconds is not interrupted: the caller gets the gateway's
    answer for it, but only when the function has returned.
    """

    def __init__(self, app: Chalice, *, function: DeployedFunction | None = None) -> None:
        self._app = app
        self._function = function or DeployedFunction()
        self._routes = RouteTable(app.routes)
        self._binary_types = frozenset(kind.lower() for kind in app.api.binary_types)

    def handle(self, request: HttpRequest) -> HttpAnswer:
        """Return the answer to a request whose path begins with the stage."""
        request_id = str(uuid.uuid4())
        answer = self._answer(request, request_id)
        return HttpAnswer(
            status=answer.status,
            headers=[*answer.headers, ("x-amzn-requestid", request_id)],
            body=b"" if request.method == "HEAD" else answer.body,
        )

    def refuse(self, error: errors.GatewayError) -> HttpAnswer:
        """Return the answer to a request that is not read to its end."""
        return error.answer(str(uuid.uuid4()))

    def _answer(self, request: HttpRequest, request_id: str) -> HttpAnswer:
        path = request.path.removeprefix(STAGE_PREFIX)
        match = self._routes.match(path)
        if match is None:
            return errors.NOT_FOUND.answer(request_id)
        methods = self._app.routes[match.resource]
        if request.method == "OPTIONS" and "OPTIONS" not in methods:
            return _preflight(methods) or errors.NOT_FOUND.answer(request_id)
        if request.method not in methods:
            return errors.NOT_FOUND.answer(request_id)
        return self._invoke(request, match, path, request_id)

    def _invoke(self, request: HttpRequest, match: Match, path: str, request_id: str) -> HttpAnswer:
        try:
            event = proxy_event(
                request,
                match=match,
                path=path,
                request_id=request_id,
                binary_types=self._binary_types,
            )
        except MalformedRequestError:
            return errors.BAD_REQUEST.answer(request_id)
        if len(event["body"] or "") > LAMBDA_PAYLOAD_LIMIT:
            return errors.TOO_LARGE.answer(request_id)
        started = time.monotonic()
        try:
            result = self._app(event, LambdaContext(self._function, request_id))
            answer = to_answer(result, request=request, binary_types=self._binary_types)
        except MalformedResultError as error:
            _LOG.error("request %s: the function's result cannot be sent: %s", request_id, error)
            return errors.FUNCTION_FAILED.answer(request_id)
        except Exception:
            _LOG.exception("request %s: the function failed", request_id)
            return errors.FUNCTION_FAILED.answer(request_id)
        if time.monotonic() - started > INTEGRATION_TIMEOUT_SECONDS:
            return errors.FUNCTION_TIMED_OUT.answer(request_id)
        return answer


def _preflight(methods: dict[str, RouteEntry]) -> HttpAnswer | None:
    """Return what the mock integration that Chalice adds to a resource with CORS answers."""
    allowed = [method for method, entry in methods.items() if entry.cors]
    if not allowed:
        return None
    cors = methods[allowed[0]].cors
    config = cors if isinstance(cors, CORSConfig) else CORSConfig()
    headers = {
        "access-control-allow-methods": ",".join([*allowed, "OPTIONS"]),
        **config.get_access_control_headers(),
        "content-type": "application/json",
    }
    return HttpAnswer(200, [(name.lower(), value) for name, value in headers.items()])
