"""The dashboard of 5,000 random people, on a real engine, against a recount by brute force."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import boto3
from msgspec.structs import asdict

from deepstory.config import Settings
from deepstory.services import Services
from deepstory.stats.counting import of_user, total
from deepstory.stats.service import StatsService
from fakes.core import FixedClock
from fakes.posts import ZONE
from support.people import GENDERS, age, bands_of, people

TODAY = date(2026, 11, 22)
NUMBER = 5000


def test_numbers_equal_a_count_of_everybody_by_hand(settings: Settings) -> None:
    users = list(people(NUMBER, seed=11, today=TODAY))
    ages = {(min(age(user, TODAY) // 10, 9), user.gender) for user in users}
    # Of every gender, those under ten and those over ninety too.
    assert ages == {(decade, gender) for decade in range(10) for gender in GENDERS}
    with boto3.resource("dynamodb").Table(settings.counters_table).batch_writer() as batch:
        for (counter, bucket), cells in total(*map(of_user, users)).items():
            batch.put_item({"counter": counter, "bucket": bucket, "version": 1, **cells})
    noon = datetime(2026, 11, 22, 3, tzinfo=UTC)
    stats = StatsService(counters=Services(settings).counters, clock=FixedClock(noon), zone=ZONE)

    bands = [{"band": each.band, **asdict(each.genders)} for each in stats.age_bands()]
    assert bands == bands_of(users, TODAY)
    genders = Counter(user.gender for user in users)
    assert asdict(stats.genders()) == {gender: genders[gender] for gender in GENDERS}
    assert stats.overview().users == NUMBER
