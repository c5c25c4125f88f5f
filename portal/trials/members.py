"""Who is kept apart: entries of lists that nobody is shown while a trial runs.

An untouched customer is hidden from the list of the trial; and, where that list calls for somebody to come back, from
the others that do so too, since a call is a call whichever list brought it. What we owe a customer (a promise, an
answer to be made right, somebody who is answerable) is hidden only by a trial of that very list.

Playbooks, reassurance and surveys go on in both groups alike: they follow what the customer does, not a list. Were they
kept from the untouched, the difference would be theirs too, and what is left out would tell who they are.
"""

from collections.abc import Collection
from typing import cast

from sqlalchemy import Select, Table, update

from portal import bulk
from portal.extensions import db
from portal.lists.catalogue import LISTS
from portal.retention.models import ListEntry
from portal.trials import queries

ENTRIES = cast("Table", ListEntry.__table__)
CALLING = tuple(each.name for each in LISTS if each.hope or each.name in ("silent", "thank"))
"""Lists that call for somebody, so that they come back."""


def hidden_from(name: str) -> tuple[str, ...]:
    """The lists that hide whom a trial of the list of that name leaves untouched."""
    return CALLING if name in CALLING else (name,)


def hold() -> None:
    """Let only one transaction at a time draw customers or write entries: the one calls this before it reads the lists,
    the other before it writes them, so that no entry is written in between that shows an untouched customer.
    """
    bulk.hold("trials")


def keep_apart(customer_ids: Collection[int] | None = None, entries: Table = ENTRIES) -> None:
    """Mark the entries of who is left untouched by a trial that runs: after entries were written anew, of these
    customers or of all. In a transaction that began with `hold`. `entries` may be a table that is still to take the
    place of the one that pages read.
    """
    for trial_id, name in queries.running():
        untouched = queries.untouched_of(trial_id)
        if customer_ids is not None:
            untouched = untouched.where(untouched.selected_columns.customer_id.in_(customer_ids))
        _mark(untouched, hidden_from(name), True, entries)


def let_go(trial_id: int, name: str) -> None:
    """Show those again whom a trial, which runs no longer, has left untouched."""
    hold()
    _mark(queries.untouched_of(trial_id), hidden_from(name), False)
    keep_apart()


def _mark(customers: Select[int], lists: tuple[str, ...], untouched: bool, entries: Table = ENTRIES) -> None:
    theirs = (entries.c.list.in_(lists), entries.c.customer_id.in_(customers), entries.c.untouched.is_(not untouched))
    statement = update(entries).where(*theirs).values(untouched=untouched)
    db.session.execute(statement, execution_options={"synchronize_session": False})
