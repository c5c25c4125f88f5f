"""Lists of the firm's own: saved under a name, renamed, forgotten. Each in one transaction with its event."""

from typing import TYPE_CHECKING, Any

from portal import clock
from portal.customers.search import fold
from portal.extensions import db
from portal.lists import queries
from portal.lists.models import ListNameTaken, SavedList
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User


def save(list_name: str, wanted: dict[str, Any], name: str, by: "User", form_id: str) -> SavedList:
    """Keep a list as it is narrowed: one of the ten, or `CUSTOMERS`, with what its filter has `said`. The same form
    sent twice keeps it once. Raises `ListNameTaken`.
    """
    if earlier := queries.saved_list_by_form(form_id):
        return earlier
    _check_name(name, None)
    saved = SavedList(
        name=name, folded=fold(name)[:80], list=list_name, wanted=wanted, form_id=form_id,
        created_by_id=by.id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(saved)
    record("list.saved", by=by, subject=saved, name=name)
    return saved


def rename(saved: SavedList, name: str, by: "User") -> None:
    """Call it otherwise. Raises `ListNameTaken`."""
    _check_name(name, saved.id)
    saved.rename(name, by)


def delete(saved: SavedList, by: "User") -> None:
    """Forget it; its customers stand where they stood."""
    record("list.deleted", by=by, subject=saved, name=saved.name)
    db.session.delete(saved)


def _check_name(name: str, own_id: int | None) -> None:
    other = queries.saved_list_named(fold(name)[:80])
    if other is not None and other.id != own_id:
        raise ListNameTaken
