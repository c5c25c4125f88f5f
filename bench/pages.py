"""What the pages cost against the bare one, and at a hundred times the customers."""

import uuid
from collections.abc import Callable
from urllib.parse import urlencode

from bench.measure import Ask, Served, Visitor, in_turns
from bench.portals import Measured

WARM_UP = 40
FIRST_CUSTOMERS = range(1, 41)


def compare(few: Measured, many: Measured, rounds: int, requests: int) -> dict[str, dict[str, float]]:
    """Per page: milliseconds of CPU on both sizes, the ratio to the bare page, and the ratio of the sizes.

    Rounds alternate between the bare page and the pages, so that what else the machine does falls on all alike.
    """
    asks: dict[tuple[str, str], Ask] = {}
    for size, measured in (("few", few), ("many", many)):
        bare, visitor = measured.stranger(), measured.visitor()
        asks["bare page", size] = (page(bare, "/"), measured.bare_processes)
        asks["customer list", size] = (page(visitor, "/customers"), measured.portal_processes)
        asks["customer page", size] = (customer_page(visitor), measured.portal_processes)
        asks["Today", size] = (page(visitor, "/"), measured.portal_processes)
        asks["Today, everybody's", size] = (page(visitor, "/?whose=everybody"), measured.portal_processes)
        asks["log a follow-up", size] = (follow_up(visitor, measured.portal.csrf), measured.portal_processes)
    served = in_turns(asks, rounds, requests, WARM_UP)
    return {name: _compared(name, served) for name, size in asks if size == "few"}


def _compared(name: str, served: dict[tuple[str, str], Served]) -> dict[str, float]:
    few, many = served[name, "few"], served[name, "many"]
    bare_few, bare_many = served["bare page", "few"], served["bare page", "many"]
    return {
        "few_ms": round(few.milliseconds, 2),
        "many_ms": round(many.milliseconds, 2),
        "to_bare": round((few.milliseconds + many.milliseconds) / (bare_few.milliseconds + bare_many.milliseconds), 2),
        "many_to_few": round(many.milliseconds / few.milliseconds, 2),
    }


def page(visitor: Visitor, path: str) -> Callable[[int], None]:
    """Ask for this page, every time."""

    def ask(n: int) -> None:
        status, body = visitor.ask("GET", path)
        assert status == 200, (path, status, body[:300])

    return ask


def customer_page(visitor: Visitor) -> Callable[[int], None]:
    """Ask for one customer after the other."""

    def ask(n: int) -> None:
        status, body = visitor.ask("GET", f"/customers/{FIRST_CUSTOMERS[n % len(FIRST_CUSTOMERS)]}")
        assert status == 200, (status, body[:300])

    return ask


def follow_up(visitor: Visitor, csrf: str) -> Callable[[int], None]:
    """Log one as the quick log does, each on its own form."""

    def ask(n: int) -> None:
        form = {
            "csrf_token": csrf,
            "form_id": str(uuid.uuid4()),
            "channel": "call",
            "purpose": "care",
            "outcome": "reached",
            "note": "All well; asks about chairs.",
            "next_step": "1_week",
            "place": "row",
        }
        customer = FIRST_CUSTOMERS[n % len(FIRST_CUSTOMERS)]
        status, body = visitor.ask(
            "POST", f"/customers/{customer}/follow-ups", urlencode(form), HX_Request="true", HX_Request_Type="partial"
        )
        assert status == 200, (status, body[:300])

    return ask
