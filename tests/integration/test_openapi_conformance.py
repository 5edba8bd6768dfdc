"""What Schemathesis makes of the OpenAPI document, sent to the running service.

Answers have to be as documented: the status, the type, the headers and the schema, whatever is
asked. Half of the requests name things that exist; the choice is the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.application import declared_endpoints
from chalicelib.openapi import document
from support.service import Person, Service

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(document(declared_endpoints()))


def _operations() -> Iterator[Any]:
    for result in SCHEMA.get_all_operations():
        assert isinstance(result, Ok), result
        yield result.ok()


OPERATIONS = {operation.label: operation for operation in _operations()}
# What is deleted is asked for no more, so that comes last.
LABELS = sorted(OPERATIONS, key=lambda label: (label.startswith("DELETE"), label))
# What takes neither a body nor a query can be asked in no wrong way.
CASES = [
    (label, mode)
    for label in LABELS
    for mode in GenerationMode
    if mode.is_positive or OPERATIONS[label].body or OPERATIONS[label].query
]
# They end sessions: whoever calls them is needed for nothing else.
ENDING = {"POST /api/v1/auth/logout-all", "POST /api/v1/auth/logout"}
EXAMPLES = 12


@dataclass(frozen=True)
class World:
    """People who may call, and ids of things that exist."""

    origin: str
    user: Person
    admin: Person
    leaving: Person
    ids: dict[str, str]

    def caller_of(self, label: str) -> Person:
        if "/admin/" in label:
            return self.admin
        return self.leaving if label in ENDING else self.user


def _made(person: Person, path: str, body: Any) -> Any:
    answer = person.call("POST", path, json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


@pytest.fixture(scope="module")
def world(service: Service) -> Iterator[World]:
    user, other, admin = service.sign_up(), service.sign_up(), service.admin()
    post = user.post()
    comment = other.call("POST", f"/posts/{post['id']}/comments", json={"text": "좋아요"}).json()
    report = {"target_type": "post", "target_id": post["id"], "reason": "spam"}
    assert other.call("POST", "/reports", json=report).status_code == 202
    asked = {"user_id": user.id, "diary_name": "우리 일기"}
    path = f"/friend-requests/{_made(other, '/friend-requests', asked)['id']}/accept"
    diary = _made(user, path, None)["diary"]
    entry = _made(user, f"/diaries/{diary['id']}/entries", {"title": "첫눈", "text": "비밀"})
    ids = {
        "diary_id": diary["id"],
        "entry_id": entry["id"],
        "request_id": _made(service.sign_up(), "/friend-requests", asked)["id"],
        "export_id": user.call("GET", "/me/export").json()["export"]["id"],
        "post_id": post["id"],
        "comment_id": comment["id"],
        "picture_id": user.draw("a cat")[0],
        "user_id": other.id,
        "report_id": admin.get("/admin/reports")["items"][0]["id"],
    }
    yield World(service.url.removesuffix("/api/v1"), user, admin, service.sign_up(), ids)
    assert admin.call("PUT", "/admin/model", json={"mode": "auto"}).status_code == 200


@pytest.mark.parametrize(("label", "mode"), CASES)
def test_answers_are_as_documented(world: World, label: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[label]
    names = {parameter.name for parameter in operation.path_parameters}
    known = {name: value for name, value in world.ids.items() if name in names}
    made = operation.as_strategy(generation_mode=mode)
    found = operation.as_strategy(generation_mode=mode, path_parameters=known) if known else made
    token = world.caller_of(label).access_token

    @given(case=st.one_of(made, found))
    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case[Any]) -> None:
        response = case.call(base_url=world.origin, headers={"Authorization": f"Bearer {token}"})
        case.validate_response(response, checks=CHECKS)

    ask()


def test_every_path_parameter_names_something_that_exists(world: World) -> None:
    names: set[Any] = {
        parameter.name
        for operation in OPERATIONS.values()
        for parameter in operation.path_parameters
    }
    assert names - world.ids.keys() == {"asset"}
