"""The firm's day, where days are hard: leap days, clock changes, and zones a day ahead."""

from datetime import UTC, date, datetime

import time_machine

from portal import clock


def test_the_day_is_the_firms_not_the_servers() -> None:
    with time_machine.travel(datetime(2026, 11, 21, 10, 30, tzinfo=UTC), tick=False):
        days = {}
        for zone in ("Pacific/Kiritimati", "America/Mexico_City", "Pacific/Pago_Pago", "UTC"):
            clock.use_zone(zone)
            days[zone] = clock.today()
    assert days == {
        "Pacific/Kiritimati": date(2026, 11, 22),  # UTC+14
        "America/Mexico_City": date(2026, 11, 21),
        "Pacific/Pago_Pago": date(2026, 11, 20),  # UTC-11
        "UTC": date(2026, 11, 21),
    }


def test_the_hour_that_a_clock_change_skips_or_repeats_falls_on_its_day() -> None:
    clock.use_zone("America/New_York")
    assert clock.day_of(datetime(2026, 3, 8, 7, 30, tzinfo=UTC)) == date(2026, 3, 8)  # 02:30 does not exist
    assert clock.day_of(datetime(2026, 11, 1, 5, 30, tzinfo=UTC)) == date(2026, 11, 1)  # 01:30, the first time
    assert clock.day_of(datetime(2026, 11, 2, 4, 59, tzinfo=UTC)) == date(2026, 11, 1)
    assert clock.day_of(datetime(2026, 11, 2, 5, 0, tzinfo=UTC)) == date(2026, 11, 2)


def test_a_leap_day_is_a_day() -> None:
    clock.use_zone("America/Mexico_City")
    with time_machine.travel(datetime(2028, 2, 29, 18, 0, tzinfo=UTC), tick=False):
        assert clock.today() == date(2028, 2, 29)
    assert clock.now().tzinfo is UTC
