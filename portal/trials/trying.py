"""A trial of a list: what it could find out, its beginning, and its end.

Its customers are the list's of that moment, drawn once (`drawing`); nothing of it changes afterwards. At its end, who
bought is counted in both groups as they were drawn, whatever became of them: archived, called all the same, or not.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table

from portal import bulk, clock
from portal.extensions import db
from portal.retention.uplift import Uplift, findable, uplift
from portal.rules import N_, BrokenRule
from portal.timeline.models import record
from portal.trials import drawing, members, queries
from portal.trials.models import Trial, TrialMember

if TYPE_CHECKING:
    from portal.users.models import User

FEWEST = 5
"""Customers in each group, at least."""
FRESH = timedelta(days=7)
"""How old books may be to begin a trial with: it looks at what customers do from today on."""
USUAL = 0.2
"""Of 1, who buy anyway in 90 days where the list has no grade to go by."""
GRADED_DAYS = 90


class AlreadyRunning(BrokenRule):
    """One trial at a time on one list: two would spoil each other."""

    message = N_("A trial of this list is running already.")


class TooFew(BrokenRule):
    """With a handful of customers there is nothing to be found."""

    message = N_("There are too few customers: at least %(num)s are needed in each group.")


class OldBooks(BrokenRule):
    """A trial is about what comes, not about a day gone by."""

    message = N_("The lists speak of a day gone by, and a trial looks at what customers do from today on.")


@dataclass(frozen=True)
class Outlook:
    """What a trial would be: how many in each group, and the gain that it could find."""

    worked: int
    untouched: int
    anyway: float
    """Who buy anyway in so many days, 0 to 1."""
    graded: bool
    """Is that from the list's own grade?"""
    gain: float | None
    """The smallest one that would be found in four trials of five, 0 to 1; None where none would."""
    old: bool
    """Do the lists speak of a day gone by, so that none can begin?"""

    @property
    def enough(self) -> bool:
        """Is there somebody in each group?"""
        return min(self.worked, self.untouched) >= FEWEST


def outlook(name: str, share: int, days: int) -> Outlook:
    """What a trial of that list would be if it began now."""
    customers = queries.count_to_take_part(name, members.hidden_from(name))
    untouched = drawing.how_many(customers, share) if customers > 1 else 0
    books = queries.books_of_lists()
    found = (books.lists.get(name) or {}).get("grade") if books else None
    graded = bool(found and "bought" in found)
    quarter = found["bought"] / found["named"] if found and graded else USUAL
    anyway = 1 - (1 - quarter) ** (days / GRADED_DAYS)
    gain = findable(anyway, customers, untouched / customers) if untouched else None
    return Outlook(customers - untouched, untouched, anyway, graded, gain, _are_old(books))


def _are_old(books: Any) -> bool:
    return books is None or books.as_of < clock.today() - FRESH


def start(name: str, share: int, days: int, by: "User", form_id: str, *, lot: str | None = None) -> Trial:
    """Draw who is left untouched from now on, and seal it. The same form sent twice starts one trial. `lot` is the seed
    of a story that is to be the same each time it is told; nobody else names one.

    Raises `AlreadyRunning`, `OldBooks`, `TooFew`.
    """
    members.hold()
    if earlier := queries.trial_by_form(form_id):
        return earlier
    if queries.running_of(name):
        raise AlreadyRunning
    today = clock.today()
    if _are_old(queries.books_of_lists()):
        raise OldBooks
    ids = queries.ids_to_take_part(name, members.hidden_from(name))
    count = drawing.how_many(len(ids), share)
    if min(count, len(ids) - count) < FEWEST:
        raise TooFew(num=FEWEST)
    trial = Trial(list=name, share=share, days=days, started_on=today, form_id=form_id, seed=lot or drawing.seed())
    _settle(trial, ids)
    trial.created_by_id = by.id
    _write(trial, ids)
    record(
        "trial.started", by=by, subject=trial, list=name, share=share, days=days,
        worked=trial.worked, untouched=trial.untouched,
    )  # fmt: skip
    return trial


def _settle(trial: Trial, ids: list[int]) -> None:
    """All else that is settled on its first day."""
    trial.ends_on = trial.started_on + timedelta(days=trial.days)
    trial.sealed = drawing.seal(trial.seed, about(trial), ids)
    trial.untouched = drawing.how_many(len(ids), trial.share)
    trial.worked = len(ids) - trial.untouched
    trial.created_at = clock.now()


def about(trial: Any) -> tuple[str, int, date, date]:
    """What the seal holds beside seed and customers."""
    return trial.list, trial.share, trial.started_on, trial.ends_on


def _write(trial: Trial, ids: list[int]) -> None:
    db.session.add(trial)
    db.session.flush()
    drawn = drawing.untouched(trial.seed, ids, trial.share)
    columns = {"trial_id": bulk.Same(trial.id), "customer_id": ids, "untouched": [id in drawn for id in ids]}
    bulk.insert(cast("Table", TrialMember.__table__), len(ids), columns)
    members.keep_apart()


def stop(trial: Trial, by: "User") -> None:
    """End it early, without a result. Raises `NotRunning`."""
    trial.stop(by)
    db.session.flush()
    members.let_go(trial.id, trial.list)


def finish(trial: Trial) -> None:
    """Its last day has gone by: count, once, who bought of both groups. Raises `NotRunning`."""
    trial.finish(*queries.counts_of(trial))
    db.session.flush()
    members.let_go(trial.id, trial.list)


def result(trial: Any) -> Uplift | None:
    """What the calls changed; None where there is no result."""
    if trial.state != "done":
        return None
    return uplift(trial.worked_bought, trial.worked, trial.untouched_bought, trial.untouched)


@dataclass(frozen=True)
class Checked:
    """Whether a trial is what it was on its first day."""

    sealed: bool
    """Do seed, list, share, days and customers give the seal again?"""
    drawn: bool
    """Does the seed draw the same customers again?"""

    @property
    def holds(self) -> bool:
        """Both."""
        return self.sealed and self.drawn


def check(trial: Any) -> Checked:
    """Draw and seal it again, from what is stored."""
    groups = queries.members_of(trial.id)
    drawn = drawing.untouched(trial.seed, groups, trial.share) if len(groups) > 1 else set()
    return Checked(
        drawing.seal(trial.seed, about(trial), groups) == trial.sealed, drawn == {id for id in groups if groups[id]}
    )
