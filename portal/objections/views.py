"""The library of objections: read by everybody, kept by owners, sales and marketing; and what followed its answers."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request, send_file, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, htmx
from portal.config import Settings
from portal.errors import say
from portal.extensions import db
from portal.imports.limits import Unreadable
from portal.links import path
from portal.objections import documents, library, queries, wording
from portal.objections.forms import AnswerForm, DocumentForm, NewObjectionForm, ObjectionForm
from portal.objections.models import LONGEST, Answer, Objection
from portal.rules import BrokenRule
from portal.texts import without_unfit

objections = Blueprint("objections", __name__)
FORM_ROOM = 64 * 1024
"""What the rest of an upload's form may take beside the file."""
_PLACE = re.compile(r"[cef]?[1-9][0-9]{0,17}")


@objections.record_once
def _give_words(state: Any) -> None:
    """Templates say what followed through `objection_wording`."""
    state.app.jinja_env.globals["objection_wording"] = wording


@objections.url_value_preprocessor
def allow_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Whoever is signed in may send a document as large as the settings say; everybody else, forms like any other."""
    if endpoint == "objections.attach" and request.method == "POST" and "_user_id" in session:
        request.max_content_length = _largest() + FORM_ROOM


def _largest() -> int:
    settings: Settings = current_app.extensions["settings"]
    return settings.document_limit


def _keeper() -> None:
    """Let nobody on who may not change the library."""
    if not wording.may_keep(current_user):
        abort(403)


@objections.get("")
@access.staff
def index() -> ResponseReturnValue:
    """What customers object, how often it was heard in the last year, and what followed."""
    retired = request.args.get("state") == "retired"
    page = queries.page_of_objections(request.args.get("after"), retired=retired)
    return render_template("objections/index.html", page=page, retired=retired, some_retired=queries.some_retired())


@objections.get("/offered")
@access.staff
def offered() -> ResponseReturnValue:
    """What the library holds of the words that somebody types into the quick log, with its answers."""
    if not htmx.wants_fragment():
        return htmx.see_other(path("objections.index"))
    at, typed = request.args.get("at", ""), without_unfit(request.args.get("objection", "")[:LONGEST]).strip()
    key = at if _PLACE.fullmatch(at) else "0"
    return render_template("objections/_offered.html", key=key, typed=typed, offers=queries.offered(typed), heard="")


@objections.get("/new")
@access.staff
def new() -> ResponseReturnValue:
    """Write an objection down with its first answer."""
    _keeper()
    return render_template("objections/new.html", form=NewObjectionForm())


@objections.post("")
@access.staff
def create() -> ResponseReturnValue:
    """Keep it. Sent twice, it is one objection."""
    _keeper()
    form = NewObjectionForm(request.form)
    if sent := queries.objection_by_form(form.form_id.data):
        return htmx.see_other(path("objections.show", id=sent.id))
    if not form.validate():
        return htmx.invalid(render_template("objections/new.html", form=form))
    try:
        objection = library.write_down(form.text.data, current_user, form.link.data, form.form_id.data)
        if form.answer.data:
            library.answer(objection, form.answer.data, current_user)
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        if sent := queries.objection_by_form(form.form_id.data):  # by the same form, at the same moment
            return htmx.see_other(path("objections.show", id=sent.id))
        form.text.errors = [say(rule)]
        return htmx.invalid(render_template("objections/new.html", form=form))
    except IntegrityError:  # the same form, or the same words, at the same moment
        db.session.rollback()
        objection = queries.objection_named(form.text.data) or abort(409)
    flash(_("Saved."), "good")
    return htmx.see_other(path("objections.show", id=objection.id))


@objections.get("/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """One objection: its answers, what supports them, and what followed each."""
    return _page(queries.objection_to_show(id) or abort(404))


def _page(objection: Objection, answering: AnswerForm | None = None, attaching: DocumentForm | None = None) -> str:
    by_answer = {answer_id: tally for (_id, answer_id), tally in queries.tallies([objection.id]).items()}
    return render_template(
        "objections/show.html", objection=objection, answers=queries.answers_of(objection.id), by_answer=by_answer,
        tally=sum(by_answer.values(), queries.Tally()), answering=answering or AnswerForm(),
        attaching=attaching or DocumentForm(formdata=None), most=_largest() // 1024 // 1024,
        accepted=documents.ACCEPTED,
    )  # fmt: skip


@objections.get("/<int:id>/heard")
@access.staff
def heard(id: int) -> ResponseReturnValue:
    """The customers from whom it was heard, and what followed."""
    objection = queries.objection_to_show(id) or abort(404)
    asked, followed = request.args.get("answer", ""), request.args.get("followed") == "1"
    answer_id = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 18 else None
    page = queries.heard(id, answer_id, followed=followed, after=request.args.get("after"))
    said = {"answer": "" if answer_id is None else str(answer_id), "followed": "1" if followed else ""}
    return render_template("objections/heard.html", objection=objection, page=page, said=said)


@objections.get("/<int:id>/edit")
@access.staff
def edit(id: int) -> ResponseReturnValue:
    """Say it better, or support it by another page."""
    _keeper()
    objection = queries.objection_to_show(id) or abort(404)
    return _edit_page(objection, ObjectionForm(obj=objection))


def _edit_page(objection: Objection, form: ObjectionForm, conflict: Any = ()) -> str:
    return render_template("objections/edit.html", objection=objection, form=form, conflict=conflict)


@objections.post("/<int:id>")
@access.staff
def change(id: int) -> ResponseReturnValue:
    """Save what was edited. Whoever edited an older version is told, and sees both texts."""
    _keeper()
    form = ObjectionForm(request.form)
    objection = queries.objection_for_change(id) or abort(404)
    if not form.validate():
        return htmx.invalid(_edit_page(objection, form))
    now = {"text": objection.text, "link": objection.link}
    conflict = [(form[name].label.text, form[name].data, here) for name, here in now.items() if form[name].data != here]
    if form.version.data != objection.version and conflict:
        form.version.data = objection.version
        return _edit_page(objection, form, conflict), 409
    try:
        library.change(objection, current_user, form.text.data, form.link.data)
        db.session.commit()
    except BrokenRule as rule:
        form.text.errors = [say(rule)]
        return htmx.invalid(_edit_page(objection, form))
    except IntegrityError:  # somebody else wrote the same words down at this moment
        db.session.rollback()
        abort(409)
    flash(_("Saved."), "good")
    return htmx.see_other(path("objections.show", id=id))


@objections.post("/<int:id>/retire")
@access.staff
def retire(id: int) -> ResponseReturnValue:
    """Offer it no more. What it has recorded stays; one that nobody has recorded is deleted."""
    _keeper()
    objection = queries.objection_for_change(id) or abort(404)
    gone = library.retire(objection, current_user)
    db.session.commit()
    flash(_("Deleted: nobody had heard it.") if gone else _("Retired. It is offered no more."), "good")
    return htmx.see_other(path("objections.index") if gone else path("objections.show", id=id))


@objections.post("/<int:id>/restore")
@access.staff
def restore(id: int) -> ResponseReturnValue:
    """Offer it again."""
    return _do(id, lambda objection: objection.restore(current_user), _("Restored. It is offered again."))


def _do(id: int, act: Callable[[Objection], None], said: str) -> ResponseReturnValue:
    """Do this to the objection, and show it."""
    _keeper()
    act(queries.objection_for_change(id) or abort(404))
    db.session.commit()
    flash(said, "good")
    return htmx.see_other(path("objections.show", id=id))


@objections.post("/<int:id>/answers")
@access.staff
def answer(id: int) -> ResponseReturnValue:
    """One more answer. Sent twice, it is one."""
    _keeper()
    form = AnswerForm(request.form)
    objection = queries.objection_to_show(id) or abort(404)
    if queries.answer_by_form(form.form_id.data):
        return htmx.see_other(path("objections.show", id=id))
    if not form.validate():
        return htmx.invalid(_page(objection, answering=form))
    library.answer(objection, form.text.data, current_user, form.form_id.data)
    try:
        db.session.commit()
    except IntegrityError:  # the same form, sent twice at the same moment
        db.session.rollback()
    flash(_("Saved."), "good")
    return htmx.see_other(path("objections.show", id=id))


@objections.get("/<int:id>/answers/<int:answer_id>/edit")
@access.staff
def edit_answer(id: int, answer_id: int) -> ResponseReturnValue:
    """Say an answer better."""
    _keeper()
    found = queries.answer_of(id, answer_id) or abort(404)
    return _answer_page(found, AnswerForm(obj=found))


def _answer_page(found: Answer, form: AnswerForm, conflict: Any = ()) -> str:
    return render_template("objections/answer.html", answer=found, form=form, conflict=conflict)


@objections.post("/<int:id>/answers/<int:answer_id>")
@access.staff
def change_answer(id: int, answer_id: int) -> ResponseReturnValue:
    """Save what was edited. Whoever edited an older version is told, and sees both texts."""
    _keeper()
    form = AnswerForm(request.form)
    found = queries.answer_for_change(id, answer_id) or abort(404)
    if not form.validate():
        return htmx.invalid(_answer_page(found, form))
    if form.version.data != found.version and form.text.data != found.text:
        form.version.data = found.version
        return _answer_page(found, form, [(form.text.label.text, form.text.data, found.text)]), 409
    found.change(current_user, form.text.data)
    db.session.commit()
    flash(_("Saved."), "good")
    return htmx.see_other(path("objections.show", id=id))


@objections.post("/<int:id>/answers/<int:answer_id>/retire")
@access.staff
def retire_answer(id: int, answer_id: int) -> ResponseReturnValue:
    """Offer this answer no more. What it has recorded stays; one that nobody has given is deleted."""

    def act(objection: Objection) -> None:
        library.retire_answer(queries.answer_for_change(id, answer_id) or abort(404), current_user)

    return _do(id, act, _("The answer is offered no more."))


@objections.post("/<int:id>/answers/<int:answer_id>/restore")
@access.staff
def restore_answer(id: int, answer_id: int) -> ResponseReturnValue:
    """Offer this answer again."""

    def act(objection: Objection) -> None:
        (queries.answer_for_change(id, answer_id) or abort(404)).restore(current_user)

    return _do(id, act, _("The answer is offered again."))


@objections.get("/<int:id>/document")
@access.staff
def document(id: int) -> ResponseReturnValue:
    """The document that supports it, to be saved: never shown by the browser as a page of ours."""
    found = queries.document_of(id) or abort(404)
    file = documents.path_of(found.stored_as)
    if not file.is_file():
        abort(404)
    answer = send_file(
        file, mimetype=documents.media_type(found.kind), as_attachment=True, download_name=found.file_name, etag=False
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@objections.post("/<int:id>/document")
@access.staff
def attach(id: int) -> ResponseReturnValue:
    """Support it by a document, in the place of the one that there was. What the file holds decides, not its name."""
    _keeper()
    form, objection = DocumentForm(), queries.objection_to_show(id) or abort(404)
    if not form.validate():
        return htmx.invalid(_page(objection, attaching=form))
    try:
        taken = _taken(form)
    except BrokenRule as rule:
        form.file.errors = [say(rule)]
        return htmx.invalid(_page(queries.objection_to_show(id) or abort(404), attaching=form))
    except Unreadable:
        abort(413)
    return _do(id, lambda objection: library.attach(objection, taken, current_user), _("Saved."))


def _taken(form: DocumentForm) -> documents.Taken:
    db.session.rollback()  # nobody waits for us while we read
    return documents.take(form.file.data.stream, form.file.data.filename, _largest())


@objections.post("/<int:id>/document/remove")
@access.staff
def detach(id: int) -> ResponseReturnValue:
    """Support it by no document any more."""
    return _do(id, lambda objection: library.detach(objection, current_user), _("The document is removed."))
