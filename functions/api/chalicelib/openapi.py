"""The OpenAPI 3.1 document, made from the endpoints and schemas that the server runs on."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from chalicelib.access import Access
from chalicelib.endpoints import Endpoint
from chalicelib.responses import ErrorBody
from chalicelib.validation import Nothing
from deepstory import __version__

Json = dict[str, Any]

BASE_PATH = "/api"
_REFERENCE = "#/components/schemas/{name}"
_PATH_PARAMETER = re.compile(r"{(\w+)}")
_MEANINGS = {
    200: "Done.",
    201: "Created.",
    202: "Accepted; the work goes on.",
    204: "Done; no content.",
    302: "Found elsewhere.",
    400: "The request could not be understood.",
    401: "Not logged in, or no longer.",
    403: "Needs the administrator role, or the account is suspended.",
    404: "Absent, or not yours to see.",
    409: "Conflicts with the current state.",
    413: "The body is too large.",
    415: "The body must be JSON.",
    422: "Some fields are not valid; `fields` says why.",
    429: "Too many requests; `Retry-After` says when to come back.",
    431: "Address and headers are too large together.",
    500: "A mistake of the service.",
    503: "Busy; nothing was changed, the call may be repeated.",
}


def document(endpoints: Iterable[Endpoint]) -> Json:
    """Return the document of these endpoints, with every schema they name."""
    declared = sorted(endpoints, key=lambda endpoint: (endpoint.path, endpoint.method))
    types: list[Any] = [ErrorBody]
    for endpoint in declared:
        types += [kind for kind in (endpoint.body, endpoint.query) if kind is not Nothing]
        types += [endpoint.returns] if endpoint.returns is not None else []
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    named = {id(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, Json] = {}
    for endpoint in declared:
        operation = _operation(endpoint, named, components)
        paths.setdefault(BASE_PATH + endpoint.path, {})[endpoint.method.lower()] = operation
    queries = {endpoint.query.__name__ for endpoint in declared}
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Deep-Story",
            "version": __version__,
            "description": "Write the day; Stable Diffusion draws its picture.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "Where this document was read"}],
        "tags": [{"name": tag} for tag in sorted({endpoint.tag for endpoint in declared})],
        "paths": paths,
        "components": {
            # Query schemas are spelled out as parameters.
            "schemas": {
                name: schema for name, schema in sorted(components.items()) if name not in queries
            },
            "securitySchemes": {
                "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }
    # Defaults of schemas may be tuples, which are no JSON.
    return msgspec.json.decode(msgspec.json.encode(whole), type=Json)


def _operation(endpoint: Endpoint, named: dict[int, Json], components: Json) -> Json:
    summary, _, description = (inspect.getdoc(endpoint.view) or "").partition("\n")
    operation: Json = {
        "operationId": endpoint.view.__name__,
        "tags": [endpoint.tag],
        "summary": summary.rstrip("."),
        "security": _security(endpoint.access),
        "parameters": _parameters(endpoint, components),
        "responses": _responses(endpoint, named),
    }
    if description.strip():
        operation["description"] = description.strip()
    if endpoint.body is not Nothing:
        schema = named[id(endpoint.body)]
        required = any(field.required for field in msgspec.structs.fields(endpoint.body))
        operation["requestBody"] = {"required": required, "content": _json(schema)}
    return operation


def _security(access: Access) -> list[Json]:
    if access is Access.PUBLIC:
        return []
    token: Json = {"accessToken": []}
    return [{}, token] if access is Access.OPTIONAL else [token]


def _parameters(endpoint: Endpoint, components: Json) -> list[Json]:
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_PARAMETER.findall(endpoint.path)
    ]
    if endpoint.query is not Nothing:
        schema = components[endpoint.query.__name__]
        parameters += [
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", []),
                "schema": _without_null(kind),
            }
            for name, kind in schema["properties"].items()
        ]
    if endpoint.idempotent:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key and body get the same answer for 24 hours.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 128},
            }
        )
    return parameters


def _without_null(schema: Json) -> Json:
    """Drop the null of an optional query parameter: it is left out, never sent as null."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    kept: Json = kinds[0]
    return kept | {key: schema[key] for key in schema if key not in ("anyOf", "default")}


def _responses(endpoint: Endpoint, named: dict[int, Json]) -> Json:
    success: Json = {"description": _MEANINGS[endpoint.status]}
    if endpoint.returns is not None:
        success["content"] = _json(named[id(endpoint.returns)])
    elif endpoint.produces != "application/json":
        success["content"] = {endpoint.produces: {"schema": {"type": "string"}}}
    responses: Json = {str(endpoint.status): success}
    for status in sorted(_error_statuses(endpoint)):
        responses[str(status)] = {
            "description": _MEANINGS[status],
            "content": _json(named[id(ErrorBody)]),
        }
        if status in (429, 503):
            responses[str(status)]["headers"] = {
                "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
            }
    return responses


def _error_statuses(endpoint: Endpoint) -> set[int]:
    statuses = {429, 431, 500, 503, *endpoint.errors}
    if endpoint.access is not Access.PUBLIC:
        statuses |= {401, 403}
    if "{" in endpoint.path:
        statuses.add(404)
    if endpoint.body is not Nothing:
        statuses |= {400, 413, 415, 422}
    if endpoint.query is not Nothing:
        statuses |= {400, 422}
    if endpoint.idempotent:
        statuses |= {400, 409}
    return statuses


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
