"""Celebrations by the clock."""

from portal.celebrations import celebrating


def look_back() -> None:
    """Whose first purchase was one, two, five or ten years ago today?"""
    celebrating.anniversaries()
