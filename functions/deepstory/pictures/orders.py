"""Use cases of asking for pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import msgspec

from deepstory.accounts.service import AccountService
from deepstory.clock import Clock
from deepstory.idempotency import Claim
from deepstory.ids import IdFactory, RandomBytes
from deepstory.pictures.entities import MAXIMUM_SEED, Aspect, Picture, Style
from deepstory.pictures.errors import QuotaExceededError
from deepstory.pictures.prompts import PromptWriter
from deepstory.pictures.quota import daily_quota
from deepstory.pictures.repository import PictureRepository
from deepstory.pictures.service import PictureService

_FILE_KEY_BYTES = 20
_SEED_BYTES = 4


class PictureOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for; without ``model_prompt`` the prompt writer makes it."""

    prompt: str
    model_prompt: str | None = None
    style: Style = "none"
    aspect: Aspect = "1:1"
    negative_prompt: str | None = None
    seed: int | None = None
    count: int = 1


class PictureOrders:
    def __init__(
        self,
        *,
        pictures: PictureRepository,
        gallery: PictureService,
        accounts: AccountService,
        writer: PromptWriter,
        clock: Clock,
        ids: IdFactory,
        per_day: int,
        random_bytes: RandomBytes = os.urandom,
    ) -> None:
        self._pictures = pictures
        self._gallery = gallery
        self._accounts = accounts
        self._writer = writer
        self._clock = clock
        self._ids = ids
        self._per_day = per_day
        self._random_bytes = random_bytes

    def write_prompt(self, *, prompt: str, style: Style) -> str:
        """Return what the model would be told, for the user to see and edit first."""
        return self._writer.write(prompt, style)

    def order(
        self,
        *,
        owner_id: str,
        order: PictureOrder,
        claim: Claim[Sequence[Picture]] | None = None,
    ) -> Sequence[Picture]:
        """Ask for the pictures of one request, with consecutive seeds from the given or a random.

        Raises
        ------
        QuotaExceededError : they do not all fit in what is left of the owner's day.
        DuplicateRequestError : the claim's request was carried out before.
        """
        first = self._random_seed() if order.seed is None else order.seed
        seeds = [(first + number) % (MAXIMUM_SEED + 1) for number in range(order.count)]
        return self._add(owner_id=owner_id, order=order, seeds=seeds, claim=claim)

    def order_variations(
        self,
        *,
        picture_id: str,
        owner_id: str,
        count: int,
        claim: Claim[Sequence[Picture]] | None = None,
    ) -> Sequence[Picture]:
        """Ask for the same picture with other random seeds; raises what ``order`` raises."""
        original = self._gallery.owned(picture_id=picture_id, owner_id=owner_id)
        order = PictureOrder(
            prompt=original.prompt,
            model_prompt=original.model_prompt,
            style=original.style,
            aspect=original.aspect,
            negative_prompt=original.negative_prompt,
        )
        seeds = list(self._other_seeds(original.seed, count))
        return self._add(owner_id=owner_id, order=order, seeds=seeds, claim=claim)

    def _add(
        self,
        *,
        owner_id: str,
        order: PictureOrder,
        seeds: Sequence[int],
        claim: Claim[Sequence[Picture]] | None,
    ) -> Sequence[Picture]:
        now = self._clock.now()
        zone = self._accounts.me(user_id=owner_id).timezone
        quota = daily_quota(owner_id, zone=zone, maximum=self._per_day, now=now)
        model_prompt = order.model_prompt or self._writer.write(order.prompt, order.style)
        pictures = [
            Picture(
                picture_id=self._ids.new(),
                owner_id=owner_id,
                status="waiting",
                prompt=order.prompt,
                model_prompt=model_prompt,
                style=order.style,
                aspect=order.aspect,
                negative_prompt=order.negative_prompt,
                seed=seed,
                file_key=self._random_bytes(_FILE_KEY_BYTES).hex(),
                quota=quota,
                created_at=now,
                due_at=now,
            )
            for seed in seeds
        ]
        try:
            self._pictures.add(pictures, claim.record(pictures) if claim else None)
        except QuotaExceededError as error:
            raise QuotaExceededError(retry_after=quota.seconds_left(now)) from error
        return pictures

    def _random_seed(self) -> int:
        return int.from_bytes(self._random_bytes(_SEED_BYTES), "big")

    def _other_seeds(self, seed: int, count: int) -> Iterator[int]:
        """Give distinct random seeds, none of them the original's."""
        seen = {seed}
        while len(seen) <= count:
            other = self._random_seed()
            if other not in seen:
                seen.add(other)
                yield other
