"""The buying centre by the clock."""

from portal.buying_centre import standing_out


def look_again() -> None:
    """Touches grow old by themselves: what stands out is looked at anew."""
    standing_out.look_again()
