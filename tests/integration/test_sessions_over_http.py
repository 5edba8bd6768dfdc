"""Sessions on the running service: races and replays with real processes and a real store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx

from support.service import Person, Service


def refresh(person: Person, token: str) -> httpx.Response:
    with person.service.client() as client:
        return client.post("/auth/refresh", json={"refresh_token": token})


def test_two_simultaneous_refreshes_stay_one_family(service: Service) -> None:
    mina = service.sign_up()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(mina, mina.refresh_token), range(8)))

    assert {answer.status_code for answer in answers} == {200}
    (successor,) = {answer.json()["refresh_token"] for answer in answers}
    assert refresh(mina, successor).status_code == 200


def test_older_token_ends_the_family(service: Service) -> None:
    mina = service.sign_up()
    second = refresh(mina, mina.refresh_token).json()["refresh_token"]
    third = refresh(mina, second).json()["refresh_token"]
    replay = refresh(mina, mina.refresh_token)

    assert (replay.status_code, replay.json()["error"]["code"]) == (401, "refresh_token_reused")
    assert refresh(mina, third).status_code == 401
    assert mina.call("GET", "/me").status_code == 401


def test_simultaneous_sign_ups_with_one_address_make_one_account(service: Service) -> None:
    body = {
        "email": "race@example.com",
        "password": "correct horse",
        "name": "Race",
        "birth_date": "2000-01-01",
        "gender": "other",
    }

    def sign_up(_: int) -> int:
        with service.client() as client:
            return client.post("/auth/signup", json=body).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(sign_up, range(6)))

    assert sorted(statuses) == [201] + [409] * 5


def test_answers_under_concurrency_are_each_callers_own(service: Service) -> None:
    people = [service.sign_up() for _ in range(6)]

    def ask(number: int) -> bool:
        person = people[number % len(people)]
        return bool(person.get("/me")["id"] == person.id)

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(ask, range(240)))


def test_cookie_session_works_like_a_browsers(service: Service) -> None:
    with httpx.Client(base_url=service.url, trust_env=False, timeout=60) as browser:
        person = service.sign_up()
        body = {"email": person.user["email"], "password": "correct horse"}
        logged_in = browser.post("/auth/login", json=body)
        assert "refresh_token" not in logged_in.json()
        cookie = logged_in.cookies.jar
        assert [each.path for each in cookie] == ["/api/v1/auth"]

        refreshed = browser.post("/auth/refresh")
        assert refreshed.status_code == 200
        token = refreshed.json()["access_token"]
        out = browser.post("/auth/logout", headers={"Authorization": f"Bearer {token}"})
        assert out.status_code == 204
        assert browser.post("/auth/refresh").status_code == 401
