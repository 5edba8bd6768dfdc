"""The page in the ZIP on which everything can be read without any program but a browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import NamedTuple

from deepstory.accounts.entities import Language, User
from deepstory.posts.entities import Post


class _Words(NamedTuple):
    title: str
    made: str
    private: str
    public: str
    empty: str


_WORDS: dict[Language, _Words] = {
    "ko": _Words(
        "{name} 님의 그림일기", "{day} 내보냄", "비공개", "공개", "아직 쓴 글이 없습니다."
    ),
    "en": _Words(
        "{name}'s picture diary", "Exported {day}", "private", "public", "No entries yet."
    ),
}
_HEAD = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; \
style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ margin: 2rem auto; max-width: 40rem; padding: 0 1rem; line-height: 1.7;
  color: #2b2622; background: #faf7f0; font-family: serif; }}
article {{ margin: 3rem 0; }}
img {{ max-width: 100%; border-radius: 4px; }}
header, footer {{ color: #6b625a; font-size: 0.9rem; }}
p {{ white-space: pre-wrap; }}
</style>
</head>
<body>
<h1>{title}</h1>
<header>{made}</header>
"""
_TAIL = "</body>\n</html>\n"


def page(
    user: User, posts: Iterable[Post], pictures: Mapping[str, str], *, day: str
) -> Iterator[str]:
    """Yield the page bit by bit; ``pictures`` are the files by picture id."""
    words = _WORDS[user.language]
    title = escape(words.title.format(name=user.name))
    yield _HEAD.format(language=user.language, title=title, made=words.made.format(day=day))
    is_empty = True
    for post in posts:
        is_empty = False
        yield _article(post, pictures.get(post.picture_id or ""), words)
    if is_empty:
        yield f"<p>{words.empty}</p>\n"
    yield _TAIL


def _article(post: Post, picture: str | None, words: _Words) -> str:
    state = words.public if post.visibility == "public" else words.private
    tags = " ".join(f"#{tag}" for tag in post.tags)
    lines = [
        "<article>",
        f"<header>{post.diary_date} · {state}</header>",
        f"<h2>{escape(post.title)}</h2>",
        f'<img src="{escape(picture)}" alt="">' if picture else "",
        f"<p>{escape(post.text)}</p>",
        f"<footer>{escape(tags)}</footer>" if tags else "",
        "</article>",
    ]
    return "\n".join(line for line in lines if line) + "\n"
