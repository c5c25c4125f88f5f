"""A survey asked of a whole list: its invitations are made some thousands at a time.

Those of a step, and how far it brings the list, are one transaction, and a step begins by locking its list: a kill
leaves it at the end of a step, and two workers take turns.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal import clock
from portal.customers.filters import CustomerFilter
from portal.extensions import db
from portal.invitations import queries
from portal.invitations.inviting import Asking, NotAsking, invite_many
from portal.invitations.models import SurveyBatch
from portal.invitations.queries import Reach
from portal.lists.acting import check_size
from portal.settings.models import Firm
from portal.surveys.models import Survey
from portal.surveys.queries import survey_by_id
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

AT_ONCE = 2000


def start(survey: Survey, wanted: CustomerFilter, said: str, by: "User", form_id: str) -> SurveyBatch:
    """Ask the living customers whom the filter lets through; `said` is the filter in words. Raises `NotAsking`.

    The same form sent twice asks once.
    """
    if earlier := queries.batch_by_form(form_id):
        return earlier
    if not survey.is_active:
        raise NotAsking
    return _begin(survey, asdict(replace(wanted, archived=False)), said, by, form_id)


def start_with(survey: Survey, customer_ids: Sequence[int], said: str, by: "User", form_id: str) -> SurveyBatch:
    """Ask these customers, whose ids ascend: those of a list of retention, as they were confirmed; `said` is the list
    in words. The same form sent twice asks once. Raises `NotAsking`, `NobodyChosen` or `TooManyAtOnce`.
    """
    if earlier := queries.batch_by_form(form_id):
        return earlier
    if not survey.is_active:
        raise NotAsking
    check_size(customer_ids)
    return _begin(survey, {"customers": list(customer_ids)}, said, by, form_id)


def _begin(survey: Survey, wanted: dict[str, Any], said: str, by: "User", form_id: str) -> SurveyBatch:
    batch = SurveyBatch(
        survey_id=survey.id, wanted=wanted, said=said[:200], form_id=form_id, created_by_id=by.id,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(batch)
    record("survey.list_asked", by=by, subject=batch, name=survey.name, said=batch.said)
    return batch


def run(batch_id: int, firm: Firm, secret_key: str, *, leaving: Callable[[], bool] = lambda: False) -> None:
    """Go on with a list until it is done, its survey is paused, or `leaving` says that this process should stop.

    Commits after every step.
    """
    asking = Asking(firm, secret_key)
    while not leaving() and step(batch_id, asking):
        db.session.commit()
    db.session.commit()


def step(batch_id: int, asking: Asking) -> bool:
    """Invite the next few thousand, uncommitted. False when there is nothing more to do now."""
    batch = queries.batch_for_change(batch_id)
    if batch is None or not batch.is_running:
        return False
    survey = survey_by_id(batch.survey_id)
    if survey is None or not survey.is_active:
        if survey is None or survey.state == "closed":
            batch.finish()
        return False
    ids = _next_of(batch)
    if not ids:
        batch.finish()
        return False
    people = _askable(survey, ids, asking)
    invite_many(survey.id, people, [f"list:{batch.id}:{each.customer_id}" for each in people], asking)
    batch.asked += len(people)
    batch.skipped += len(ids) - len(people)
    batch.last_customer_id = ids[-1]
    return True


def _next_of(batch: SurveyBatch) -> Sequence[int]:
    """Whom it comes to next. Of named customers, those who have been archived since are left out at the end."""
    named: list[int] | None = batch.wanted.get("customers")
    if named is not None:
        batch.total = len(named)
        return [id for id in named if id > batch.last_customer_id][:AT_ONCE]
    conditions = CustomerFilter(**batch.wanted).conditions(batch.created_by_id or 0)
    if not batch.last_customer_id:
        batch.total = queries.customers_in(conditions)
    return queries.customers_after(conditions, batch.last_customer_id, AT_ONCE)


def _askable(survey: Survey, ids: Sequence[int], asking: Asking) -> list[Reach]:
    """Who of these can be written to, wants to be, and was not asked by this survey lately."""
    since = clock.today() - timedelta(days=asking.firm.ask_within_days)
    lately = queries.asked_lately(survey.id, ids, since)
    people = [each for each in queries.people_to_ask(ids) if each.address and each.customer_id not in lately]
    silenced, addresses = queries.opted_out(ids, {each.address.lower() for each in people})
    return [
        each
        for each in people
        if (each.customer_id, each.contact_id) not in silenced and each.address.lower() not in addresses
    ]
