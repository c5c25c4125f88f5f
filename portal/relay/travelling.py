"""What travels along with a hand-off: what we have promised the customer, and what its runner had planned.

Whoever accepts answers for both from then on. What another colleague has planned with the customer stays theirs; what
nobody was given goes along.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Row, or_, update

from portal.commitments.models import OPEN, Commitment
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.relay import queries

if TYPE_CHECKING:
    from portal.users.models import User

Giver = int | None


class Along(NamedTuple):
    """What travels with one customer, each the first due first."""

    promises: list[Row[Any]]
    plans: list[Row[Any]]

    @property
    def told(self) -> dict[str, list[str]]:
        """The same for the record, a plan without words by its purpose; what there is nothing of is left out."""
        said = {
            "promises": [each.text for each in self.promises],
            "plans": [each.text or each.kind for each in self.plans],
        }
        return {name: texts for name, texts in said.items() if texts}


def with_each(givers: Mapping[int, Giver]) -> dict[int, Along]:
    """What travels with these customers, by customer, from whom it comes. One query, or none for none."""
    found = {id: Along([], []) for id in givers}
    for row in queries.what_may_travel(list(givers)) if givers else ():
        if row.what == "promise":
            found[row.customer_id].promises.append(row)
        elif row.assignee_id in (None, givers[row.customer_id]):
            found[row.customer_id].plans.append(row)
    return found


def with_one(customer_id: int, giver: Giver) -> Along:
    """What travels with one customer."""
    return with_each({customer_id: giver})[customer_id]


def give(customer_id: int, giver: Giver, to: "User") -> None:
    """Let that user answer for all of it from now on."""
    promised = update(Commitment).where(Commitment.customer_id == customer_id, OPEN, Commitment.side == "ours")
    db.session.execute(promised.values(assignee_id=to.id, version=Commitment.version + 1))
    planned = update(FollowUp).where(
        FollowUp.customer_id == customer_id, FollowUp.done_on.is_(None), FollowUp.undone_at.is_(None),
        or_(FollowUp.assignee_id.is_(None), FollowUp.assignee_id == giver),
    )  # fmt: skip
    db.session.execute(planned.values(assignee_id=to.id, version=FollowUp.version + 1))
