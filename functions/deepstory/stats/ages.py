"""Ages in full years today, from counts of birth dates.

Somebody born in a year is, today, as old as the years since then, or one less until the birthday.
The two ages are in different bands only for the years 10, 20, ... 80 before this one, and only
the people of those years who were born in this very month need to be told apart by day. Who was
born on 29 February has the birthday on 1 March where there is no such day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from deepstory.stats.counting import GENDERS
from deepstory.stats.entities import AgeBand, Cells, GenderCounts

BANDS = ("0s", "10s", "20s", "30s", "40s", "50s", "60s", "70s", "80+")
_LAST = len(BANDS) - 1


def age_bands(
    *, birth_years: Mapping[str, Cells], birthdays: Mapping[str, Cells], today: date
) -> list[AgeBand]:
    """Return all bands, empty ones too.

    ``birthdays`` is the counter of this month and of every tenth year from this one. Each person
    is taken from exactly one of the two, so a sign-up between their readings miscounts nobody.
    """
    counts = [GenderCounts() for _ in BANDS]

    def count(age: int, letter: str, amount: int) -> None:
        # Elsewhere it may be tomorrow already, and somebody may have been born there.
        genders, gender = counts[min(max(age, 0) // 10, _LAST)], GENDERS[letter]
        setattr(genders, gender, getattr(genders, gender) + amount)

    for name, cells in birth_years.items():
        years = today.year - _year(name)
        for cell, amount in cells.items():
            month, letter = int(cell[:2]), cell[2:]
            if not (month == today.month and _needs_days(years)):
                count(years - (month > today.month), letter, amount)
    for name, cells in birthdays.items():
        years = today.year - _year(name)
        if _needs_days(years):
            for cell, amount in cells.items():
                count(years - (int(cell[:2]) > today.day), cell[2:], amount)
    return [
        AgeBand(band=band, genders=genders) for band, genders in zip(BANDS, counts, strict=True)
    ]


def _needs_days(years: int) -> bool:
    """Tell whether turning this old is changing the band."""
    return years % 10 == 0 and 0 < years <= 10 * _LAST


def _year(name: str) -> int:
    return int(name.partition("#")[0])
