"""Keeping the library: what is written down, answered, supported, retired. Each in one transaction with its event."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.extensions import db
from portal.objections import queries
from portal.objections.documents import Taken
from portal.objections.models import Answer, Document, Known, Objection, folded_text
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User


def write_down(text: str, by: "User", link: str = "", form_id: str | None = None) -> Objection:
    """A new objection. Raises `Known` when the library holds it."""
    if same := queries.objection_named(text):
        raise Known(text=same.text)
    objection = Objection(
        text=text, folded=folded_text(text), link=link, form_id=form_id, created_by_id=by.id, created_at=clock.now()
    )
    db.session.add(objection)
    record("objection.written", by=by, subject=objection, text=text)
    return objection


def on_the_spot(text: str, by: "User") -> Objection:
    """The objection of those words, written down now unless the library holds it, or somebody else writes it down at
    the same moment.
    """
    dialect: Any = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    row = {"text": text, "folded": folded_text(text), "link": "", "version": 1}
    row |= {"created_by_id": by.id, "created_at": clock.now()}
    insert = dialect.insert(Objection).values(row).on_conflict_do_nothing(index_elements=["folded"])
    is_new = db.session.execute(insert.returning(Objection.id)).scalar() is not None
    objection = queries.objection_named(text)
    assert objection is not None
    if is_new:
        record("objection.written", by=by, subject=objection, text=text)
    return objection


def change(objection: Objection, by: "User", text: str, link: str) -> None:
    """Say it better, or support it by another page. Raises `Known` when those are the words of another one."""
    same = queries.objection_named(text)
    if same is not None and same.id != objection.id:
        raise Known(text=same.text)
    objection.change(by, text, link)


def answer(objection: Objection, text: str, by: "User", form_id: str | None = None) -> Answer:
    """One more answer to it."""
    new = Answer(objection=objection, text=text, form_id=form_id, created_by_id=by.id, created_at=clock.now())
    db.session.add(new)
    new.note("answered", by)
    return new


def retire(objection: Objection, by: "User") -> bool:
    """Offer it no more; one that no follow-up has recorded is deleted with its answers. True when it is gone.

    It must be locked, so that nobody records it meanwhile.
    """
    if queries.is_recorded(objection.id):
        objection.retire(by)
        return False
    for table in (Answer, Document):
        db.session.execute(delete(table).where(table.objection_id == objection.id))
    record("objection.deleted", by=by, subject=objection, text=objection.text)
    db.session.delete(objection)
    return True


def retire_answer(given: Answer, by: "User") -> None:
    """Offer an answer no more; one that no follow-up has recorded is deleted. Its objection must be locked."""
    if queries.is_given(given.id):
        given.retire(by)
    else:
        given.note("answer_deleted", by)
        db.session.delete(given)


def attach(objection: Objection, taken: Taken, by: "User") -> None:
    """Support it by this document, in the place of the one that there was. Its file is deleted some nights later, so
    that a backup that is being made finds it.
    """
    db.session.execute(delete(Document).where(Document.objection_id == objection.id))
    db.session.add(
        Document(
            objection_id=objection.id, file_name=taken.file_name, stored_as=taken.stored_as, kind=taken.kind,
            size=taken.size, created_by_id=by.id, created_at=clock.now(),
        )
    )  # fmt: skip
    record("objection.document_added", by=by, subject=objection, text=objection.text, file_name=taken.file_name)


def detach(objection: Objection, by: "User") -> None:
    """Support it by no document any more. Twice is once."""
    document = queries.document_of(objection.id)
    if document is not None:
        record(
            "objection.document_removed", by=by, subject=objection, text=objection.text, file_name=document.file_name
        )
        db.session.delete(document)
