"""The legs of the relay, and which one a colleague runs."""

LEGS = ("marketing", "sales", "service")
OF_ROLE = {"marketing": "marketing", "sales": "sales", "support": "service"}


def leg_of(role: str, now: str | None) -> str:
    """The leg that holds a customer once a user of that role does. An owner runs in every leg: it stays as it is, and
    is sales where there is none.
    """
    return OF_ROLE.get(role) or now or "sales"
