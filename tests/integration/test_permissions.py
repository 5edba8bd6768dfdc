"""What the roles may do beside what was done with them, after all other tests of the service.

The embedded cloud refuses what a role does not allow, so a permission that is missing fails the
test that needs it; these tests look at what is left: whether anything was refused unseen, and
whether each permission was used or has its reason to be there. Run by themselves they find much
unused: they judge the whole of the integration tests.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from integration.reasons import AWS_USES, TAKEN_BY_AWS, UNUSED
from support.permissions import Role, Use, roles, used
from support.service import PASSWORD, Service, wait_for

NOON = 12


@pytest.fixture(scope="module")
def clients(service: Service) -> Any:
    def client(name: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]  # the name is a variable
            name,
            endpoint_url=service.cloud_url(),
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return client


@pytest.fixture(scope="module")
def deployed(clients: Any) -> dict[str, Role]:
    return roles(clients, "deepstory-local")


def of_the_clock(clients: Any) -> list[str]:
    """Return the Lambdas that schedules call, and have all of them see the same hour."""
    functions = clients("lambda")
    names = [
        each["FunctionName"]
        for page in functions.get_paginator("list_functions").paginate()
        for each in page["Functions"]
        if each["Handler"].startswith("scheduler.")
    ]
    for name in names:
        variables = functions.get_function_configuration(FunctionName=name)["Environment"]
        if "SERVICE_TIME_ZONE" in variables["Variables"]:
            # What works at night has begun by noon, whenever this runs.
            variables["Variables"]["SERVICE_TIME_ZONE"] = zone_of_noon(datetime.now(UTC))
            functions.update_function_configuration(FunctionName=name, Environment=variables)
    return names


def zone_of_noon(now: datetime) -> str:
    """Name the time zone whose clock shows twelve; ``Etc`` counts westwards."""
    return f"Etc/GMT{now.hour - NOON:+d}"


def test_every_lambda_of_the_clock_is_allowed_what_it_does(clients: Any) -> None:
    for name in of_the_clock(clients):
        answer = clients("lambda").invoke(FunctionName=name)
        assert "FunctionError" not in answer, (name, answer["Payload"].read())


def test_rare_wishes_are_allowed(service: Service) -> None:
    mina, jun, blocked = (service.sign_up() for _ in range(3))
    admin = service.admin()
    for period in ("week", "month"):
        mina.get("/posts", sort="top", period=period)
    assert admin.get("/admin/users", q=mina.user["email"])["items"]
    for _ in range(2):
        assert mina.call("PUT", f"/me/blocks/{blocked.id}").status_code == 204
    path = f"/posts/{mina.post()['id']}/comments"
    comment = jun.call("POST", path, json={"text": "욕설"}).json()
    report = {"target_type": "comment", "target_id": comment["id"], "reason": "욕설"}
    assert mina.call("POST", "/reports", json=report).status_code == 202
    reports = admin.get("/admin/reports")["items"]
    (told,) = (each for each in reports if each["target_id"] == comment["id"])
    hide = {"action": "hide"}
    assert admin.call("PATCH", f"/admin/reports/{told['id']}", json=hide).status_code == 200


def test_picture_that_waits_can_be_cancelled(service: Service) -> None:
    mina, admin = service.sign_up(), service.admin()
    assert admin.call("PUT", "/admin/model", json={"mode": "off"}).status_code == 200
    try:
        (picture_id,) = mina.draw("a cat")
        assert mina.call("POST", f"/pictures/{picture_id}/cancel").status_code == 200
    finally:
        assert admin.call("PUT", "/admin/model", json={"mode": "auto"}).status_code == 200


def test_friends_leave_one_after_the_other(service: Service) -> None:
    mina, jun, stranger = (service.sign_up() for _ in range(3))
    asked = {"user_id": jun.id, "diary_name": "우리"}
    request = mina.call("POST", "/friend-requests", json=asked).json()
    assert jun.call("POST", f"/friend-requests/{request['id']}/accept").status_code == 200
    by_address = {"email": jun.user["email"], "diary_name": "우리"}
    assert stranger.call("POST", "/friend-requests", json=by_address).status_code == 201
    for person in (jun, mina):
        assert person.call("DELETE", "/me", json={"password": PASSWORD}).status_code == 202


def test_no_role_wanted_what_it_may_not(deployed: dict[str, Role], service: Service) -> None:
    refused = used(service.permissions, deployed, allowed=False)
    assert sorted(map(str, refused)) == []


def test_every_call_is_granted_by_a_policy(deployed: dict[str, Role], service: Service) -> None:
    grants = {grant for role in deployed.values() for grant in role.grants}
    calls = used(service.permissions, deployed, allowed=True)
    assert calls
    assert [str(call) for call in calls if not any(grant.covers(call) for grant in grants)] == []


def test_every_permission_is_used_or_has_its_reason(
    deployed: dict[str, Role], service: Service
) -> None:
    def missing() -> set[str]:
        calls = used(service.permissions, deployed, allowed=True)
        unused = {
            str(grant)
            for role in deployed.values()
            if role.taken_by not in TAKEN_BY_AWS
            for grant in role.grants
            if not any(grant.covers(call) for call in calls) and not is_used_by_aws(grant)
        }
        return unused - known_reasons()

    # Workers may still be at what the last tests began.
    with contextlib.suppress(AssertionError):
        wait_for(lambda: not missing(), seconds=60)
    assert sorted(missing()) == []


def test_every_reason_is_for_a_permission_that_is_there(deployed: dict[str, Role]) -> None:
    grants = {str(grant) for role in deployed.values() for grant in role.grants}
    assert sorted(known_reasons() - grants) == []
    assert {role.taken_by for role in deployed.values()} == {"lambda.amazonaws.com", *TAKEN_BY_AWS}


def is_used_by_aws(grant: Use) -> bool:
    return any(
        grant.action in actions and part in grant.resource for part, actions in AWS_USES.items()
    )


def known_reasons() -> set[str]:
    return {grant for grants in UNUSED.values() for grant in grants}
