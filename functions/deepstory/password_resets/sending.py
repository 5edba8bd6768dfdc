"""Answering requests to reset a password, out of sight of whoever asked."""

from __future__ import annotations

import os

from deepstory.clock import Clock
from deepstory.ids import RandomBytes
from deepstory.mail.mailer import Mailer
from deepstory.observability import logger, pseudonym
from deepstory.password_resets.entities import SECRET_BYTES, Reset, ResetRequest, new_token
from deepstory.password_resets.repository import Recipients, ResetRepository
from deepstory.password_resets.wording import reset_mail


class ResetSender:
    """Every request may come twice, late, or after a later one."""

    def __init__(
        self,
        *,
        resets: ResetRepository,
        recipients: Recipients,
        mailer: Mailer,
        clock: Clock,
        web_origin: str,
        random_bytes: RandomBytes = os.urandom,
    ) -> None:
        self._resets = resets
        self._recipients = recipients
        self._mailer = mailer
        self._clock = clock
        self._web_origin = web_origin
        self._random_bytes = random_bytes

    def answer(self, request: ResetRequest) -> bool:
        """Mail a link to the owner of the address; False if there is nobody to mail, or no time.

        A try that broke off before the mail was handed over is made again with another token; one
        that broke off after that mails a second link, and the first is worth nothing then.
        """
        if request.valid_until <= self._clock.now():
            return False
        user = self._recipients.find_by_email(request.email)
        if user is None or user.is_suspended:
            return False
        token = new_token(user.user_id, self._random_bytes(SECRET_BYTES))
        reset = Reset(
            user_id=user.user_id,
            request_id=request.request_id,
            token_hash=token.hashed(),
            valid_until=request.valid_until,
        )
        if not self._resets.begin(reset):
            return False
        # In the fragment, which browsers send to nobody: it stands in no log.
        link = f"{self._web_origin}/reset-password#token={token}"
        self._mailer.send(reset_mail(user, link=link))
        self._resets.mark_sent(reset)
        logger().info("reset link mailed", extra={"user": pseudonym(user.user_id)})
        return True
