"""The OpenAPI document: valid, complete, and true to the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from chalicelib.application import declared_endpoints
from chalicelib.openapi import document
from support.api import Api

DOCUMENT = document(declared_endpoints())
COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_document_is_valid_openapi() -> None:
    validate(DOCUMENT)  # raises when it is not


def test_committed_document_is_what_the_code_says() -> None:
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == json.loads(json.dumps(DOCUMENT))


def test_every_endpoint_is_documented() -> None:
    documented = {
        (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    }

    assert documented == {(each.method, f"/api{each.path}") for each in declared_endpoints()}


def test_operation_ids_are_unique() -> None:
    names = [operation["operationId"] for operation in operations()]

    assert len(names) == len(set(names))


def test_every_operation_has_a_summary_and_typed_errors() -> None:
    for operation in operations():
        assert operation["summary"]
        errors = {code: each for code, each in operation["responses"].items() if code >= "400"}
        assert {"500", "503"} <= set(errors)
        for each in errors.values():
            reference = each["content"]["application/json"]["schema"]["$ref"]
            assert reference == "#/components/schemas/ErrorBody"


def test_query_parameters_are_never_null() -> None:
    for operation in operations():
        for parameter in operation["parameters"]:
            assert {"type": "null"} not in parameter["schema"].get("anyOf", [])


def test_document_is_served(api: Api) -> None:
    answer = api.call("GET", "/openapi.json")

    assert answer.json == json.loads(json.dumps(DOCUMENT))


def test_documentation_page_loads_only_what_is_served(api: Api) -> None:
    page = api.call("GET", "/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "http" not in page.text.replace("<!doctype html>", "")

    for asset in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert f'"docs/{asset}"' in page.text
        answer = api.call("GET", f"/docs/{asset}")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/")


@pytest.mark.parametrize("asset", ["nothing.js", "..", "%2e%2e", "app.py"])
def test_other_assets_do_not_exist(api: Api, asset: str) -> None:
    assert api.call("GET", f"/docs/{asset}").status == 404


def operations() -> list[dict[str, Any]]:
    return [each for methods in DOCUMENT["paths"].values() for each in methods.values()]
