"""An account as a whole on the running service: back in by mail, everything along, and gone."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import boto3

from support.service import PASSWORD, Person, Service, fetch, wait_for
from support.stored import object_keys

NEW = "battery staple"
# Of a post's like and comment, of a friend request, a secret entry, its like and two comments.
TOLD = 7


def mailed_link(service: Service, person: Person) -> str | None:
    """Return the link of the newest mail to somebody, as the mailbox shows it."""
    root = service.url.removesuffix("/api/v1")
    page = fetch(f"{root}/mailbox").text
    mails = [mail for mail in page.split("<article>") if person.user["email"] in mail]
    match = re.search(r'<a href="([^"]+)">', mails[0]) if mails else None
    return match[1] if match else None


def log_in(service: Service, person: Person, password: str) -> int:
    body = {"email": person.user["email"], "password": password}
    with service.client() as client:
        return client.post("/auth/login", json=body).status_code


def test_forgotten_password_is_reset_by_the_mailed_link(service: Service) -> None:
    mina = service.sign_up(language="ko")
    with service.client() as client:
        for email in (mina.user["email"], "nobody@example.com"):
            answer = client.post("/auth/password-reset", json={"email": email})
            assert (answer.status_code, answer.text) == (202, "")

        link = wait_for(lambda: mailed_link(service, mina))
        assert link
        root = service.url.removesuffix("/api/v1")
        origin, _, token = link.partition("/reset-password#token=")
        assert origin == root
        body = {"token": token, "password": NEW}
        assert client.post("/auth/password-reset/confirm", json=body).status_code == 204
        again = client.post("/auth/password-reset/confirm", json=body)
        assert again.json()["error"]["code"] == "invalid_reset_token"

    assert mina.call("GET", "/me").status_code == 401
    assert (log_in(service, mina, PASSWORD), log_in(service, mina, NEW)) == (401, 200)
    files = (service.data_dir / "cloud" / "mailbox").glob("*.eml")
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in files]
    (mail,) = (mail for mail in mails if mail["To"] == mina.user["email"])
    assert "비밀번호" in mail["Subject"]
    html = mail.get_body(("html",))
    assert html and token in html.get_content()
    assert "nobody@example.com" not in [mail["To"] for mail in mails]


def test_export_is_a_zip_with_the_picture_in_it(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    (picture_id,) = mina.draw("바다의 고래")
    picture = mina.picture(picture_id, "ready", "failed")
    mina.post(title="고래", text="큰 고래를 보았다.", picture_id=picture_id)
    post = jun.post(title="Jun")
    mina.call("POST", f"/posts/{post['id']}/comments", json={"text": "예쁘다"})

    begun = mina.call("GET", "/me/export")
    assert begun.status_code == 202
    export_id = begun.json()["export"]["id"]
    assert jun.call("GET", f"/me/export/{export_id}").status_code == 404

    def ready() -> dict[str, Any] | None:
        export: dict[str, Any] = mina.get(f"/me/export/{export_id}")
        return export if export["status"] != "pending" else None

    export = wait_for(ready)
    assert export and export["status"] == "ready", export
    answer = fetch(export["url"])
    assert "deep-story-" in answer.headers["content-disposition"]
    assert len(answer.content) == export["size_bytes"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None

    (listed,) = json.loads(archive.read("pictures.json"))
    original = fetch(picture["url"]).content
    assert archive.read(listed["file"]) == original
    assert [each["title"] for each in json.loads(archive.read("posts.json"))] == ["고래"]
    assert [each["text"] for each in json.loads(archive.read("comments.json"))] == ["예쁘다"]
    assert json.loads(archive.read("profile.json"))["email"] == mina.user["email"]
    assert listed["file"] in archive.read("index.html").decode()


def test_account_that_is_deleted_leaves_nothing(service: Service) -> None:
    mina, jun, admin = service.sign_up(), service.sign_up(), service.admin()
    posted, objects = live(mina, jun, admin)
    assert {name for name, _ in traces(service, mina.id)} >= {"Users", "Posts", "Pictures"}
    secret = {"FriendRequests", "SecretDiaries", "SecretEntries"}
    assert {name for name, _ in traces(service, mina.id)} >= secret
    before = admin.get("/admin/stats/overview")

    answer = mina.call("DELETE", "/me", json={"password": "wrong password"})
    assert answer.json()["error"]["code"] == "wrong_password"
    assert mina.call("DELETE", "/me", json={"password": PASSWORD}).status_code == 202

    assert mina.call("GET", "/me").status_code == 401
    assert log_in(service, mina, PASSWORD) == 401
    assert jun.call("GET", f"/users/{mina.id}").status_code == 404
    assert jun.call("GET", f"/posts/{posted}").status_code == 404
    assert posted not in [each["id"] for each in jun.get("/posts", sort="latest")["items"]]

    wait_for(lambda: {name for name, _ in traces(service, mina.id)} == {"Erasures", "Audit"})
    (item,) = (item for name, item in traces(service, mina.id) if name == "Erasures")
    wait_for(lambda: "verified_at" in str(traces(service, mina.id)))
    assert set(json.loads(item)) & {"email", "name"} == set()
    assert traces(service, mina.user["email"]) == []
    left = set(object_keys(service))
    assert objects & left == set()
    after = admin.get("/admin/stats/overview")
    assert (after["users"], after["posts"]) == (before["users"] - 1, before["posts"] - 2)
    assert after["pictures"] == before["pictures"] - 1
    assert jun.get("/notifications")["unread"] == TOLD
    assert {each["actor"] for each in jun.get("/notifications")["items"]} == {None}


def live(mina: Person, jun: Person, admin: Person) -> tuple[str, set[str]]:
    """Have somebody leave every kind of trace; return a post of theirs and their objects."""
    service = mina.service
    others = set(object_keys(service))
    (picture_id,) = mina.draw("a lighthouse")
    mina.picture(picture_id, "ready", "failed")
    wait_for(lambda: mina.get("/notifications")["unread"] == 1)
    key = {"Idempotency-Key": f"once {mina.id}"}
    body = {"title": "등대", "text": "불빛", "visibility": "public", "picture_id": picture_id}
    posted = mina.call("POST", "/posts", json=body | {"tags": ["등대"]}, headers=key).json()["id"]
    mina.post(visibility="private")
    yours = jun.post(title="Jun")["id"]
    mina.call("PUT", f"/posts/{yours}/like")
    mina.call("POST", f"/posts/{yours}/comments", json={"text": "예쁘다"})
    jun.call("PUT", f"/posts/{posted}/like")
    wait_for(lambda: jun.get("/notifications")["unread"] == 2)
    for reporter, kind, target in ((mina, "post", yours), (jun, "user", mina.id)):
        report = {"target_type": kind, "target_id": target, "reason": "욕설"}
        assert reporter.call("POST", "/reports", json=report).status_code == 202
    with service.client() as client:
        client.post("/auth/password-reset", json={"email": mina.user["email"]})
    wait_for(lambda: mailed_link(service, mina))
    export_id = mina.call("GET", "/me/export").json()["export"]["id"]
    wait_for(lambda: mina.get(f"/me/export/{export_id}")["status"] == "ready")
    befriend(mina, jun)
    wait_for(lambda: jun.get("/notifications")["unread"] == TOLD)
    mina.call("PUT", f"/me/blocks/{jun.id}")
    mina.call("DELETE", f"/me/blocks/{jun.id}")
    third = service.sign_up()
    mina.call("PUT", f"/me/blocks/{third.id}")
    third.call("PUT", f"/me/blocks/{mina.id}")
    # The audit log is the one place that remembers, and only what administrators did.
    for suspended in (True, False):
        admin.call("PATCH", f"/admin/users/{mina.id}", json={"suspended": suspended})
    with service.client() as client:
        log = {"email": mina.user["email"], "password": PASSWORD, "token_delivery": "body"}
        mina.access_token = client.post("/auth/login", json=log).json()["access_token"]
    objects = set(object_keys(service)) - others
    assert {each.partition("/")[0] for each in objects} == {"pictures", "exports"}
    return posted, objects


def befriend(mina: Person, jun: Person) -> None:
    """Have the two keep a secret diary, and another pair one that is left again."""
    third = mina.service.sign_up()
    for asker, friend in ((mina, jun), (third, mina)):
        ask = {"user_id": friend.id, "diary_name": "우리 일기"}
        key = {"Idempotency-Key": f"ask {asker.id}"}
        asked = asker.call("POST", "/friend-requests", json=ask, headers=key)
        accept = f"/friend-requests/{asked.json()['id']}/accept"
        diary = f"/diaries/{friend.call('POST', accept).json()['diary']['id']}"
        for author, reader in ((asker, friend), (friend, asker)):
            body = {"title": "비밀", "text": "쉿"}
            key = {"Idempotency-Key": f"secret {author.id} {diary}"}
            written = author.call("POST", f"{diary}/entries", json=body, headers=key)
            entry = f"{diary}/entries/{written.json()['id']}"
            for each in (author, reader):
                answer = each.call("POST", f"{entry}/comments", json={"text": "예쁘다"})
                assert answer.status_code == 201, answer.text
            assert reader.call("PUT", f"{entry}/like").status_code == 200
    assert third.call("DELETE", diary).status_code == 200
    # Pending ones either way: the first by the id of who leaves, the second to nobody.
    for asker, ask in (
        (third, {"user_id": mina.id}),
        (mina, {"email": f"nobody.{mina.id}@example.com"}),
    ):
        asked = asker.call("POST", "/friend-requests", json=ask | {"diary_name": "우리 일기"})
        assert asked.status_code == 201, asked.text


def client_of(service: Service, name: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]  # the name is a variable
        name,
        endpoint_url=service.cloud_url(),
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def traces(service: Service, text: str) -> list[tuple[str, str]]:
    """Return every item of every table that holds the text anywhere, with its table's name."""
    return [(name, item) for name, item in items(service) if text in item]


def items(service: Service) -> Iterator[tuple[str, str]]:
    dynamodb = client_of(service, "dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        match = re.search(r"Data([A-Za-z]+?)[0-9A-F]{8}", table)
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield match[1] if match else table, json.dumps(item, ensure_ascii=False)
