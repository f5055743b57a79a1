import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from core.zones import zone_names


def test_every_known_zone_is_one_for_columns_too() -> None:
    noon = pa.array([dt.datetime(2025, 4, 1, 12)], pa.timestamp("ms"))  # noqa: DTZ001  (without a zone, as columns have it)
    assert all(pc.assume_timezone(noon, zone).null_count == 0 for zone in zone_names())


@pytest.mark.parametrize(
    "name", ["Factory", "localtime", "posixrules", "posix/Asia/Shanghai", "right/UTC", "Mars/Olympus"]
)
def test_what_names_no_place_or_another_one_on_each_machine_is_no_zone(name: str) -> None:
    assert name not in zone_names()
