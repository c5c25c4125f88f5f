"""Taking a batch of sales into the ledger: customers matched or made, purchases, events, figures, reassurance.

Everything happens in the caller's transaction, in a number of statements that does not grow with the batch.
"""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table

from portal import bulk, clock
from portal.bulk import Same, Stored
from portal.customers.models import Customer
from portal.customers.search import fold, searchable
from portal.follow_ups.reassurance import plan_reassurances
from portal.imports import queries
from portal.imports.matching import Matcher
from portal.imports.models import Import, ImportRefusal
from portal.imports.orders import Item, Refused, Sale, refusal
from portal.imports.queries import Known
from portal.imports.tally import Tally
from portal.imports.values import Fault, text_of
from portal.purchases import figures
from portal.purchases.figures import Figures
from portal.purchases.models import Purchase
from portal.timeline.models import Event

if TYPE_CHECKING:
    from portal.users.models import User

CUSTOMERS, PURCHASES = cast("Table", Customer.__table__), cast("Table", Purchase.__table__)
EVENTS, REFUSALS = cast("Table", Event.__table__), cast("Table", ImportRefusal.__table__)


def take(batch: Sequence[Item], tally: Tally, import_: Import, by: "User | None") -> None:
    """Take a batch in, and count what came of it."""
    bulk.hold("imports")
    tally.see(batch)
    new, differing = sort_out([item for item in batch if isinstance(item, Sale)], tally)
    customer_ids, made = _customers_of(new)
    _write_customers(made, _figures_of(new, customer_ids, made), by)
    purchase_ids = _write_purchases(new, customer_ids, import_, by)
    figures.refresh(set(customer_ids).difference(made))
    days = (sale.on for sale in new)
    tally.reassurances += plan_reassurances(zip(customer_ids, purchase_ids, days, strict=True), by)
    tally.new_customers += len(made)
    tally.take(new)
    write_refusals([*(item for item in batch if isinstance(item, Refused)), *differing], import_.id)


def sort_out(sales: Sequence[Sale], tally: Tally) -> tuple[list[Sale], list[Refused]]:
    """Which sales are new, and which orders the ledger holds differently; those that it holds already are counted.

    An order that somebody has corrected or voided since counts as held: nobody's correction is undone by its file.
    """
    known = queries.purchases_by_key([sale.key for sale in sales]) if sales else {}
    new, differing = [], []
    for sale in sales:
        stands = known.get(sale.key)
        if stands is None:
            new.append(sale)
        elif _differs(stands, sale):
            fault = Fault("order", "order_differs", order=sale.order[:40], stands=stands.purchased_on.isoformat())
            refused = refusal(sale.lines, [fault])
            tally.refuse(refused)
            differing.append(refused)
        else:
            tally.unchanged += 1
    return new, differing


def _differs(stands: Known, sale: Sale) -> bool:
    untouched = stands.version == 1 and stands.voided_at is None
    as_imported = (stands.purchased_on, stands.amount_minor, stands.currency) == (
        sale.on,
        sale.amount_minor,
        sale.currency,
    )
    return untouched and not as_imported


def _customers_of(sales: Sequence[Sale]) -> tuple[list[int], dict[int, Sale]]:
    """The customer id of each sale; and, by their new ids, those customers that have to be made, each from a sale."""
    matcher = Matcher()
    matcher.look_up(sales)
    found: list[int] = []
    made: dict[int, Sale] = {}
    for sale in sales:
        id = matcher.find(sale)
        if id is None:
            id = -1 - len(made)  # until the ids are known
            matcher.add(id, sale)
            made[id] = sale
        found.append(id)
    ids = bulk.next_ids(CUSTOMERS, len(made))
    final = dict(zip(made, ids, strict=True))
    return [final.get(id, id) for id in found], {final[id]: sale for id, sale in made.items()}


def _figures_of(sales: Sequence[Sale], customer_ids: Sequence[int], made: dict[int, Sale]) -> list[Figures]:
    """The figures of customers that are about to be made: all they ever bought is in this batch."""
    days: dict[int, list[figures.Day]] = {id: [] for id in made}
    for sale, id in zip(sales, customer_ids, strict=True):
        if id in days:
            days[id].append((sale.on, sale.currency, sale.amount_minor, 1))
    return [figures.of(days[id]) for id in made]


def _write_customers(made: dict[int, Sale], their_figures: Sequence[Figures], by: "User | None") -> None:
    """The customers with their figures, and an event for each."""
    now, today = clock.now(), clock.today()
    names = [sale.name or sale.email or sale.phone or sale.customer for sale in made.values()]
    sales = made.values()
    words = zip(names, sales, strict=True)
    bulk.insert(
        CUSTOMERS,
        len(made),
        {
            "id": list(made),
            "name": names,
            "sort_name": [fold(name)[:160] for name in names],
            "external_id": [sale.customer or None for sale in sales],
            "email": [sale.email or None for sale in sales],
            "phone": [sale.phone or None for sale in sales],
            "search_text": [searchable([name, sale.customer, sale.email, sale.phone]) for name, sale in words],
            "created_at": Same(now),
            "leg_since": Same(today),
            **{name: [getattr(each, name) for each in their_figures] for name in Figures._fields},
        },
    )
    bulk.insert(
        EVENTS,
        len(made),
        {
            "at": Same(now),
            "happened_on": Same(today),
            "kind": Same("customer.created"),
            "user_id": Same(by.id if by else None),
            "customer_id": list(made),
            "subject_id": list(made),
            "data": Stored([json.dumps({"name": name}, ensure_ascii=False) for name in names]),
        },
    )


def _write_purchases(
    sales: Sequence[Sale], customer_ids: Sequence[int], import_: Import, by: "User | None"
) -> Sequence[int]:
    """The purchases, and an event for each on the day of the purchase. Their ids."""
    now = clock.now()
    ids = list(bulk.next_ids(PURCHASES, len(sales)))
    days = [sale.on for sale in sales]
    bulk.insert(
        PURCHASES,
        len(sales),
        {
            "id": ids,
            "customer_id": customer_ids,
            "purchased_on": days,
            "amount_minor": [sale.amount_minor for sale in sales],
            "currency": [sale.currency for sale in sales],
            "number": [sale.order for sale in sales],
            "description": [sale.description for sale in sales],
            "import_key": [sale.key for sale in sales],
            "import_id": Same(import_.id),
            "created_at": Same(now),
        },
    )
    bulk.insert(
        EVENTS,
        len(sales),
        {
            "at": Same(now),
            "happened_on": days,
            "kind": Same("purchase.recorded"),
            "user_id": Same(by.id if by else None),
            "customer_id": customer_ids,
            "subject_id": ids,
            "data": Stored([_facts(sale) for sale in sales]),
        },
    )
    return ids


def _facts(sale: Sale) -> str:
    """What a line of the timeline shows of a purchase, as `purchases.ledger` writes it, as JSON."""
    if not sale.order and not sale.description:
        return f'{{"amount_minor": {sale.amount_minor}, "currency": "{sale.currency}"}}'
    facts: dict[str, Any] = {"amount_minor": sale.amount_minor, "currency": sale.currency}
    if sale.order:
        facts["number"] = sale.order
    if sale.description:
        facts["description"] = sale.description
    return json.dumps(facts, ensure_ascii=False)


def write_refusals(refusals: Iterable[Refused], import_id: int) -> None:
    """One row for each row of the file that is refused; the reasons stand with the first row of an order."""
    numbers, faults, cells = [], [], []
    for refused in refusals:
        for number, row in refused.lines:
            reasons = refused.faults if number == refused.row else (("order", "with_row", {"row": refused.row}),)
            numbers.append(number)
            faults.append(json.dumps(reasons, ensure_ascii=False))
            cells.append(json.dumps([_fit(text_of(cell)) for cell in row], ensure_ascii=False))
    columns = {"row_number": numbers, "faults": Stored(faults), "cells": Stored(cells)}
    bulk.insert(REFUSALS, len(numbers), {"import_id": Same(import_id), **columns})


def _fit(text: str) -> str:
    """A cell as it can be kept for the file of refused rows."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:1000]
