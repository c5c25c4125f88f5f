"""Imports: from a file to checked rows to a report."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, clock, exports, htmx
from portal.config import Settings
from portal.extensions import db
from portal.imports import choices, queries, refusing, uploads, words
from portal.imports.choices import Choices
from portal.imports.forms import ColumnsForm, ReadingForm, UploadForm
from portal.imports.jobs import go_on, uploads_folder
from portal.imports.limits import LARGEST_FILE, Unreadable
from portal.imports.models import KINDS, Import, NotNow
from portal.imports.reading import Table, open_table
from portal.jobs import soon
from portal.links import path
from portal.timeline.models import record

imports = Blueprint("imports", __name__)
REFUSALS_SHOWN = 50
FORM_ROOM = 64 * 1024
"""What the rest of an upload's form may take beside the file."""


@imports.url_value_preprocessor
def allow_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Whoever is signed in may send a file as large as the settings say; everybody else, forms like any other."""
    if endpoint == "imports.create" and request.method == "POST" and "_user_id" in session:
        request.max_content_length = _largest() + FORM_ROOM


def _largest() -> int:
    settings: Settings = current_app.extensions["settings"]
    return min(settings.upload_limit, LARGEST_FILE)


@imports.get("")
@access.staff
def index() -> ResponseReturnValue:
    """Every file that was brought, the newest first."""
    return render_template("imports/index.html", page=queries.page_of_imports(request.args.get("after")))


@imports.get("/new")
@access.staff
def new() -> ResponseReturnValue:
    """Bring a file of purchases or of customers."""
    wanted = request.args.get("kind", "")
    return _upload(UploadForm(kind=wanted if wanted in KINDS else KINDS[0]))


def _upload(form: UploadForm) -> str:
    return render_template("imports/new.html", form=form, most=_largest() // 1024 // 1024)


@imports.post("")
@access.staff
def create() -> ResponseReturnValue:
    """Keep the file and look at it; say at once when it is no table. Sent twice, it is one import."""
    form = UploadForm()
    form_id = str(form.form_id.data)
    if sent := queries.import_of_form(form_id):
        return htmx.see_other(path("imports.show", id=sent.id))
    if not form.validate():
        return htmx.invalid(_upload(form))
    name = uploads.shown_name(form.file.data.filename)
    try:
        import_ = _begin(form, name, form_id)
        db.session.commit()
    except Unreadable as error:
        form.file.errors = [words.unreadable(error.code)]
        return htmx.invalid(_upload(form))
    except IntegrityError:  # the same form at the same moment
        db.session.rollback()
        import_ = queries.import_of_form(form_id) or abort(409)
    return htmx.see_other(path("imports.show", id=import_.id))


def _begin(form: UploadForm, name: str, form_id: str) -> Import:
    """The import of an uploaded file, read as it suggests itself. Leaves no file behind that can't be read."""
    db.session.rollback()  # nobody waits for us while we read
    stored = uploads.store(form.file.data.stream, uploads_folder(), _largest())
    try:
        table = open_table(uploads_folder() / stored.name, name)
    except Unreadable:
        uploads.forget(uploads_folder(), stored.name)
        raise
    guess = _guessed(form.kind.data, table)
    import_ = Import(
        kind=form.kind.data, file_name=name, stored_as=stored.name, file_size=stored.size, digest=stored.digest,
        choices=guess.to_json(), user_id=current_user.id, form_id=form_id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(import_)
    record("import.uploaded", by=current_user, subject=import_, file_name=name)
    return import_


def _guessed(kind: str, table: Table) -> Choices:
    return choices.guessed(kind, table, currency=g.firm.currency, zone=g.firm.time_zone, region=g.firm.region)


@imports.get("/<int:id>")
@access.staff
def show(id: int) -> ResponseReturnValue:
    """What I have to say about the file, how far it has come, or what came of it."""
    import_ = queries.import_to_show(id) or abort(404)
    if import_.state == "uploaded":
        return _columns(import_)
    return _stage(import_)


def _stage(import_: Import, problem: str = "") -> str:
    """An import under way, checked or ended."""
    stage = {"checking": "progress", "running": "progress", "checked": "check"}.get(import_.state, "report")
    same = queries.same_file_before(import_.digest, import_.id) if stage == "check" else None
    refusals = queries.first_refusals(import_.id, REFUSALS_SHOWN) if stage == "report" else []
    template = f"imports/_{stage}.html" if htmx.wants_fragment() else "imports/show.html"
    return render_template(
        template, import_=import_, stage=stage, same=same, refusals=refusals, words=words, problem=problem,
        own=refusing.own_columns(import_) if refusals else 0,
    )  # fmt: skip


def _columns(import_: Import, form: ColumnsForm | None = None, table: Table | None = None) -> str:
    """The columns of a file, to be chosen."""
    chosen = Choices.from_json(import_.choices)
    try:
        table = table or _open(import_.stored_as, chosen)
    except Unreadable as error:
        return _stage(import_, problem=words.unreadable(error.code))
    if form is None:
        form = ColumnsForm(formdata=None)
        form.offer(import_.kind, table)
        form.show(chosen)
    reading = ReadingForm(formdata=None, encoding=table.encoding, delimiter=table.delimiter, sheet=table.sheet)
    reading.offer(table)
    template = "imports/_columns.html" if htmx.wants_fragment() else "imports/show.html"
    about = {"form": form, "reading": reading, "table": table, "source": chosen.source}
    return render_template(template, import_=import_, stage="columns", **about)


def _open(stored: str, chosen: Choices) -> Table:
    file = uploads.path_of(uploads_folder(), stored)
    if not file.is_file():
        raise Unreadable("gone")
    return chosen.open(file)


@imports.post("/<int:id>/read")
@access.staff
def read(id: int) -> ResponseReturnValue:
    """Read the file with other characters, another delimiter, or another sheet."""
    import_ = queries.import_to_show(id) or abort(404)
    if import_.state != "uploaded":
        return htmx.see_other(path("imports.show", id=id))
    chosen, kind, stored, form = Choices.from_json(import_.choices), import_.kind, import_.stored_as, ReadingForm()
    db.session.rollback()  # nobody waits for us while we read
    try:
        form.offer(_open(stored, chosen))
        table = _open(stored, form.chosen(chosen)) if form.validate() else None
    except Unreadable as error:
        return htmx.invalid(_stage(queries.import_to_show(id) or abort(404), problem=words.unreadable(error.code)))
    if table is None:
        return htmx.see_other(path("imports.show", id=id))
    read_so = form.chosen(_guessed(kind, table)).to_json()
    return _move(id, lambda import_: import_.read(read_so))


@imports.post("/<int:id>/check")
@access.staff
def check(id: int) -> ResponseReturnValue:
    """Have every row checked, with these columns; what can be read both ways is asked first."""
    import_ = queries.import_to_show(id) or abort(404)
    if not import_.can_change:
        return htmx.see_other(path("imports.show", id=id))
    chosen, kind, stored, form = Choices.from_json(import_.choices), import_.kind, import_.stored_as, ColumnsForm()
    db.session.rollback()  # nobody waits for us while we read
    try:
        table = _open(stored, chosen)
        form.offer(kind, table)
        decided = form.decided(kind, table, chosen)
    except Unreadable as error:
        return htmx.invalid(_stage(queries.import_to_show(id) or abort(404), problem=words.unreadable(error.code)))
    if decided is None:
        return htmx.invalid(_columns(queries.import_to_show(id) or abort(404), form, table))
    return _move(id, lambda import_: import_.check(decided.to_json()))


@imports.post("/<int:id>/change")
@access.staff
def change(id: int) -> ResponseReturnValue:
    """Go back and choose the columns again."""
    return _move(id, lambda import_: import_.change())


@imports.post("/<int:id>/start")
@access.staff
def start(id: int) -> ResponseReturnValue:
    """Take the checked rows in. Said twice, it is done once."""
    return _move(id, lambda import_: import_.start(current_user))


@imports.post("/<int:id>/cancel")
@access.staff
def cancel(id: int) -> ResponseReturnValue:
    """Stop, or leave it altogether. Rows that were taken stay."""
    answer = _move(id, lambda import_: import_.cancel(current_user))
    import_ = queries.import_to_show(id)
    if import_ is not None and import_.state == "cancelled":
        uploads.forget(uploads_folder(), import_.stored_as)
    return answer


def _move(id: int, step: Callable[[Import], object]) -> ResponseReturnValue:
    """Take an import one step further, and show where it stands."""
    import_ = queries.import_for_change(id) or abort(404)
    try:
        step(import_)
        db.session.commit()
    except NotNow:
        db.session.rollback()
    import_ = queries.import_to_show(id) or abort(404)
    if import_.is_working:
        soon(go_on, id)
    if htmx.wants_fragment() and import_.state != "uploaded":
        return _stage(import_)
    return htmx.see_other(path("imports.show", id=id))


@imports.get("/<int:id>/refused")
@access.staff
def refused(id: int) -> ResponseReturnValue:
    """The rows that were refused, with their reasons, as a file to mend and bring again."""
    import_ = queries.import_to_show(id) or abort(404)
    name = _("refused")
    return exports.csv(f"{name}-{import_.id}", refusing.header(import_), refusing.rows(import_))
