"""Asking for pictures."""

from __future__ import annotations

import pytest

from deepstory.idempotency import DuplicateRequestError
from deepstory.limits import Limit
from deepstory.pictures.entities import MAXIMUM_SEED
from deepstory.pictures.errors import QuotaExceededError
from deepstory.pictures.orders import PictureOrder
from fakes.core import MemoryIdempotencyRepository, fake_claim
from fakes.drawing import PER_DAY, Studio


@pytest.fixture
def studio() -> Studio:
    return Studio()


def used_today(studio: Studio) -> int:
    return studio.limits.used(
        Limit(key=f"pictures#{studio.user_id}#2026-11-22", maximum=0, ends_at=studio.clock.now())
    )


def test_ordered_picture_waits_with_what_the_model_will_be_told(studio: Studio) -> None:
    picture = studio.order(prompt="바다의 고래", style="crayon", aspect="3:4", seed=9)

    assert picture.status == "waiting"
    assert picture.model_prompt == "바다의 고래, 크레용 그림"
    assert (picture.prompt, picture.style, picture.aspect, picture.seed) == (
        "바다의 고래",
        "crayon",
        "3:4",
        9,
    )
    assert studio.stored(picture) == picture


def test_edited_model_prompt_is_sent_as_it_is(studio: Studio) -> None:
    picture = studio.order(model_prompt="a whale, oil", style="crayon")

    assert picture.model_prompt == "a whale, oil"


def test_pictures_of_one_request_have_consecutive_seeds(studio: Studio) -> None:
    order = PictureOrder(prompt="sea", seed=MAXIMUM_SEED, count=3)

    pictures = studio.orders.order(owner_id=studio.user_id, order=order)

    assert [picture.seed for picture in pictures] == [MAXIMUM_SEED, 0, 1]
    assert len({picture.file_key for picture in pictures}) == 3


def test_seed_is_random_when_none_is_given(studio: Studio) -> None:
    assert studio.order().seed != studio.order().seed


def test_orders_stop_at_the_quota_until_midnight_of_the_user(studio: Studio) -> None:
    for _ in range(PER_DAY):
        studio.order()

    with pytest.raises(QuotaExceededError) as caught:
        studio.order()

    assert caught.value.retry_after == 12 * 3600  # it is noon in Seoul
    studio.clock.advance(hours=12)
    studio.order()


def test_order_that_does_not_fit_whole_is_refused_whole(studio: Studio) -> None:
    order = PictureOrder(prompt="sea", count=PER_DAY + 1)

    with pytest.raises(QuotaExceededError):
        studio.orders.order(owner_id=studio.user_id, order=order)

    assert used_today(studio) == 0


def test_repeated_request_orders_nothing_more(studio: Studio) -> None:
    claim = fake_claim(MemoryIdempotencyRepository(), studio.clock)
    order = PictureOrder(prompt="sea")
    studio.orders.order(owner_id=studio.user_id, order=order, claim=claim)  # type: ignore[arg-type]  # a wider type on purpose

    with pytest.raises(DuplicateRequestError):
        studio.orders.order(owner_id=studio.user_id, order=order, claim=claim)  # type: ignore[arg-type]  # a wider type on purpose

    assert used_today(studio) == 1


def test_variations_are_the_same_picture_with_other_seeds(studio: Studio) -> None:
    original = studio.order(prompt="바다", style="ink", negative_prompt="blur", seed=2)

    variations = studio.orders.order_variations(
        picture_id=original.picture_id, owner_id=studio.user_id, count=3
    )

    assert len({original.seed, *(picture.seed for picture in variations)}) == 4
    for picture in variations:
        assert picture.model_prompt == original.model_prompt
        assert picture.style == "ink"
        assert picture.negative_prompt == "blur"


def test_variation_never_has_the_seed_of_the_original() -> None:
    numbers = iter([1, 2, 2, 3, 4])
    studio = Studio(random_bytes=lambda length: next(numbers).to_bytes(length, "big"))
    original = studio.order(seed=2)

    (variation,) = studio.orders.order_variations(
        picture_id=original.picture_id, owner_id=studio.user_id, count=1
    )

    assert variation.seed == 3


def test_prompt_can_be_seen_before_it_is_sent(studio: Studio) -> None:
    assert studio.orders.write_prompt(prompt="a house", style="none") == "a house"
    assert studio.orders.write_prompt(prompt="a house", style="flat") == (
        "a house, flat illustration"
    )
