"""The mail with the link, in the reader's language."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from deepstory.accounts.entities import Language, User
from deepstory.mail.mailer import Mail
from deepstory.password_resets.entities import LIFETIME

_MINUTES = int(LIFETIME.total_seconds()) // 60


class _Words(NamedTuple):
    subject: str
    greeting: str
    before: str
    button: str
    after: str


_WORDS: dict[Language, _Words] = {
    "ko": _Words(
        subject="Deep-Story 비밀번호 다시 정하기",
        greeting="{name} 님, 안녕하세요.",
        before="아래 링크에서 새 비밀번호를 정할 수 있습니다.",
        button="새 비밀번호 정하기",
        after=f"링크는 {_MINUTES}분 동안 한 번만 쓸 수 있습니다. "
        "요청하신 적이 없다면 이 메일은 무시하세요. 비밀번호는 바뀌지 않습니다.",
    ),
    "en": _Words(
        subject="Reset your Deep-Story password",
        greeting="Hello {name},",
        before="With this link you can choose a new password.",
        button="Choose a new password",
        after=f"The link works once, within {_MINUTES} minutes. "
        "If you did not ask for it, ignore this mail: your password stays as it is.",
    ),
}
_TEXT = "{greeting}\n\n{before}\n\n{link}\n\n{after}\n\nDeep-Story\n"
_HTML = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{subject}</title></head>
<body style="margin:0;padding:32px 16px;background:#faf7f0;color:#2b2622;font-family:sans-serif">
<div style="max-width:480px;margin:0 auto;line-height:1.6">
<p>{greeting}</p>
<p>{before}</p>
<p><a href="{link}" style="display:inline-block;padding:10px 18px;border-radius:6px;\
background:#2f5d9b;color:#ffffff;text-decoration:none">{button}</a></p>
<p style="word-break:break-all"><a href="{link}" style="color:#2f5d9b">{link}</a></p>
<p style="color:#6b625a">{after}</p>
<p>Deep-Story</p>
</div>
</body>
</html>
"""


def reset_mail(user: User, *, link: str) -> Mail:
    """Return the mail to the owner of an account."""
    words = _WORDS[user.language]
    # The name is put in last: whatever somebody calls themselves is no template.
    parts = {**words._asdict(), "greeting": words.greeting.format(name=user.name), "link": link}
    escaped = {name: escape(text) for name, text in parts.items()}
    return Mail(
        to=user.email,
        subject=words.subject,
        text=_TEXT.format_map(parts),
        html=_HTML.format_map({**escaped, "language": user.language}),
    )
