"""What make run makes of its variables."""

from pathlib import Path

import pytest

from local.errors import StartError
from local.settings import RunSettings, from_environment

HERE = Path("/somewhere")


def test_nothing_set_or_set_to_nothing_means_the_defaults():
    expected = RunSettings(data_dir=HERE / ".deepstory")
    empty = dict.fromkeys(("PORT", "DATA_DIR", "DEMO", "DEMO_PASSWORD", "WORKERS"), "")
    assert from_environment({}, HERE) == from_environment(empty, HERE) == expected
    assert expected.url == "http://127.0.0.1:8000"


def test_everything_can_be_set():
    told = {"PORT": "9000", "DATA_DIR": "d", "DEMO": "0", "DEMO_PASSWORD": "pw", "WORKERS": "1"}
    assert from_environment(told, HERE) == RunSettings(
        port=9000, data_dir=HERE / "d", demo=False, demo_password="pw", workers=1
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "web"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "８０"),
        ("WORKERS", "0"),
        ("WORKERS", "many"),
        ("DEMO", "yes"),
    ],
)
def test_malformed_value_is_refused_by_name(name, value):
    with pytest.raises(StartError, match=name):
        from_environment({name: value}, HERE)
