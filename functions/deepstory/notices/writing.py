"""Telling people what happened: each thing once, however often its change is delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deepstory.blocks.repository import Blocks
from deepstory.clock import Clock
from deepstory.errors import UnavailableError
from deepstory.notices import kinds
from deepstory.notices.entities import KEPT_FOR, Inbox, Notice
from deepstory.notices.kinds import News
from deepstory.notices.repository import NoticeRepository, PostAuthors

# A transaction holds 100 items: each notice is two, and the inbox one more.
AT_ONCE = 49
# Losing a race means that the same person was told something else meanwhile.
_ATTEMPTS = 10


class NoticeWriter:
    def __init__(
        self, *, notices: NoticeRepository, posts: PostAuthors, blocks: Blocks, clock: Clock
    ) -> None:
        self._notices = notices
        self._posts = posts
        self._blocks = blocks
        self._clock = clock

    def liked(self, *, post_id: str, actor_ids: Iterable[str]) -> None:
        """Tell a post's author who likes it."""
        news = [kinds.liked(post_id=post_id, actor_id=actor_id) for actor_id in actor_ids]
        self._tell_author(post_id, news)

    def commented(self, *, post_id: str, actors: Iterable[tuple[str, str]]) -> None:
        """Tell a post's author of comments, given as pairs of comment id and author id."""
        news = [
            kinds.commented(post_id=post_id, comment_id=comment_id, actor_id=actor_id)
            for comment_id, actor_id in actors
        ]
        self._tell_author(post_id, news)

    def picture_ended(self, *, picture_id: str, owner_id: str, ready: bool) -> None:
        """Tell a picture's owner that it is there, or that it never will be."""
        self.tell(user_id=owner_id, news=[kinds.picture_ended(picture_id=picture_id, ready=ready)])

    def tell(self, *, user_id: str, news: Sequence[News]) -> None:
        """Tell somebody what they were not told yet.

        What they did themselves, and what somebody did from whom a block keeps them apart, is
        nothing to tell.

        Raises UnavailableError if their inbox stays contended; telling all of it again does no
        harm then.
        """
        actors = {each.actor_id for each in news if each.actor_id}
        untold = self._blocks.apart_from(user_id, actors) | {user_id}
        unique = {each.key: each for each in news if each.actor_id not in untold}
        waiting = list(unique.values())
        for start in range(0, len(waiting), AT_ONCE):
            self._tell_some(user_id, waiting[start : start + AT_ONCE])

    def _tell_author(self, post_id: str, news: Sequence[News]) -> None:
        author_id = self._posts.author_of(post_id)
        if author_id is not None:
            self.tell(user_id=author_id, news=news)

    def _tell_some(self, user_id: str, news: Sequence[News]) -> None:
        for _ in range(_ATTEMPTS):
            told = self._notices.told(user_id, [each.key for each in news])
            new = [each for each in news if each.key not in told]
            if not new:
                return
            inbox = self._notices.inbox(user_id)
            if self._notices.add(inbox, self._numbered(inbox, new)):
                return
        raise UnavailableError(retry_after=1)

    def _numbered(self, inbox: Inbox, news: Sequence[News]) -> list[Notice]:
        now = self._clock.now()
        return [
            Notice(
                user_id=inbox.user_id,
                number=number,
                news=each,
                created_at=now,
                expires_at=int((now + KEPT_FOR).timestamp()),
            )
            for number, each in enumerate(news, start=inbox.last + 1)
        ]
