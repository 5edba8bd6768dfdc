"""What follows secret friends' requests, diaries, entries, and likes and comments of these."""

from __future__ import annotations

from collections.abc import Sequence

from deepstory.posts.entities import EntryDraft
from support.redelivered.posts import NOTICES
from support.redelivery import Case, Record
from support.scenes import Scene

_OF = "secret entries"


def _diary(scene: Scene, asker_id: str, friend_id: str) -> str:
    scene.clock.advance(seconds=1)
    shown = scene.services.friend_requests.ask_person(
        asker_id=asker_id, user_id=friend_id, diary_name="우리 일기"
    )
    answers = scene.services.friend_answers
    request_id = shown.request.request_id
    return answers.accept(request_id=request_id, user_id=friend_id).diary.diary_id


def _write(scene: Scene, diary_id: str, author_id: str) -> str:
    scene.clock.advance(seconds=1)
    draft = EntryDraft(title="첫눈", text="우리만 아는 이야기.")
    written = scene.services.secret_entries.write(
        diary_id=diary_id, author_id=author_id, draft=draft
    )
    return written.entry.entry_id


def _like(scene: Scene, diary_id: str, entry_id: str, *user_ids: str) -> None:
    for user_id in user_ids:
        scene.services.secret_likes.like(diary_id=diary_id, entry_id=entry_id, user_id=user_id)


def _comment(scene: Scene, diary_id: str, entry_id: str, author_id: str) -> str:
    scene.clock.advance(seconds=1)
    written = scene.services.secret_comments.write(
        diary_id=diary_id, entry_id=entry_id, author_id=author_id, text="예쁘다"
    )
    return written.comment.comment_id


def _likes(scene: Scene) -> Sequence[Record]:
    mina, jun, sora = (scene.sign_up(name) for name in ("mina", "jun", "sora"))
    diary, left = _diary(scene, mina, jun), _diary(scene, mina, sora)
    first, second, third = (_write(scene, diary, mina) for _ in range(3))
    for entry_id in (first, second, third):
        _like(scene, diary, entry_id, mina, jun)
    likes = scene.services.secret_likes
    likes.unlike(diary_id=diary, entry_id=first, user_id=jun)
    likes.unlike(diary_id=diary, entry_id=second, user_id=jun)
    _like(scene, diary, second, jun)
    # Its likes belong to nothing any more.
    scene.services.secret_entries.delete(diary_id=diary, entry_id=third, author_id=mina)
    _like(scene, left, _write(scene, left, mina), mina, sora)
    scene.services.secret_diaries.leave(diary_id=left, user_id=sora)
    return scene.stream("likes")


def _comments(scene: Scene) -> Sequence[Record]:
    mina, jun = (scene.sign_up(name) for name in ("mina", "jun"))
    diary = _diary(scene, mina, jun)
    entries = [_write(scene, diary, mina) for _ in range(3)]
    for entry_id in entries:
        comments = [_comment(scene, diary, entry_id, author) for author in (jun, mina, jun)]
        scene.services.secret_comments.delete(
            diary_id=diary, entry_id=entry_id, comment_id=comments[0], user_id=jun
        )
    scene.services.secret_entries.delete(diary_id=diary, entry_id=entries[2], author_id=mina)
    return scene.stream("comments")


def _deleted(scene: Scene) -> Sequence[Record]:
    mina, jun = (scene.sign_up(name) for name in ("mina", "jun"))
    diary = _diary(scene, mina, jun)
    entries = [_write(scene, diary, mina) for _ in range(4)]
    for entry_id in entries:
        _like(scene, diary, entry_id, mina, jun)
        _comment(scene, diary, entry_id, jun)
    for entry_id in entries[1:]:
        scene.services.secret_entries.delete(diary_id=diary, entry_id=entry_id, author_id=mina)
    return [record for record in scene.stream("secret_entries") if record["eventName"] == "REMOVE"]


def _news(scene: Scene) -> Sequence[Record]:
    mina, jun, sora = (scene.sign_up(name) for name in ("mina", "jun", "sora"))
    diary, left = _diary(scene, mina, jun), _diary(scene, sora, mina)
    ask = scene.services.friend_requests.ask_by_email
    for email in ("sora@example.com", "nobody@example.com"):
        ask(asker_id=jun, email=email, diary_name="비밀")
    for author, reader in ((mina, jun), (jun, mina)):
        entry_id = _write(scene, diary, author)
        _like(scene, diary, entry_id, author, reader)
        _comment(scene, diary, entry_id, reader)
        _comment(scene, diary, entry_id, author)
    # Who parted is told nothing more.
    _like(scene, left, _write(scene, left, sora), mina)
    scene.services.secret_diaries.leave(diary_id=left, user_id=sora)
    happened = scene.stream(
        "friend_requests", "secret_diaries", "secret_entries", "likes", "comments"
    )
    return [record for record in happened if record["eventName"] == "INSERT"]


CASES = [
    Case("workers.like_counts", _likes, of=_OF),
    Case("workers.comment_counts", _comments, of=_OF),
    Case("workers.posts_removed", _deleted, of=_OF),
    Case("workers.notices", _news, ignored=NOTICES, of="secret friends"),
]
