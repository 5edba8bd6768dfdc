"""People of every age and gender, and their count by looking at each of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import get_args

from msgspec.structs import replace

from deepstory.accounts.entities import Gender, User
from fakes.core import START
from fakes.posts import a_user

GENDERS: tuple[Gender, ...] = get_args(Gender)


def people(number: int, *, seed: int, today: date) -> Iterator[User]:
    """Return users from newborn to a hundred years old; many have a birthday about today."""
    choice = random.Random(seed)  # noqa: S311  # no secret
    for index in range(number):
        born = today - timedelta(days=choice.randrange(0, 101 * 365))
        if index % 3 == 0:
            near = today + timedelta(days=choice.randint(-40, 40))
            years = choice.randint(0, 100)
            # Who would be born on a 29 February that is none is born the day before.
            born = min(today, _in_year(near, near.year - years))
        yield replace(
            a_user(f"{seed}-{index}"),
            birth_date=born,
            gender=choice.choice(GENDERS),
            created_at=START - timedelta(days=choice.randrange(0, 400)),
        )


def age(user: User, today: date) -> int:
    """Return full years, step by step."""
    years = today.year - user.birth_date.year
    while (user.birth_date.year + years, user.birth_date.month, user.birth_date.day) > (
        today.year,
        today.month,
        today.day,
    ):
        years -= 1
    return years


def bands_of(users: Iterable[User], today: date) -> list[dict[str, int | str]]:
    """Return the age chart as the API does, from each user."""
    names = ["0s", "10s", "20s", "30s", "40s", "50s", "60s", "70s", "80+"]
    counts = Counter((min(age(user, today) // 10, 8), user.gender) for user in users)
    return [
        {"band": name, **{gender: counts[position, gender] for gender in GENDERS}}
        for position, name in enumerate(names)
    ]


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
