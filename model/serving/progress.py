import asyncio
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock

News = tuple[str, Mapping[str, int]]


class Listener:
    """Hears of a job's progress, for one reader in an event loop.

    Hearing never waits: a reader that is slower than the news finds only the newest.
    """

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._lock = Lock()
        self._newest: News | None = None

    def hear(self, event: str, news: Mapping[str, int]) -> None:
        with self._lock:
            unread, self._newest = self._newest, (event, news)
        if unread is None:
            with suppress(RuntimeError):  # the loop has ended, and so has the reader
                self._loop.call_soon_threadsafe(self.heard.set)

    def take(self) -> News | None:
        """The newest news, if there is any that was not taken; in the loop's thread."""
        self.heard.clear()
        with self._lock:
            newest, self._newest = self._newest, None
        return newest
