"""HTTP for users: who may come in, each user's own account, and going out."""

from flask import abort, flash, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from portal import access, htmx, jobs
from portal.errors import say
from portal.extensions import db
from portal.language import speaking, spoken
from portal.links import outside, path
from portal.mail import sending
from portal.rules import BrokenRule
from portal.users import attempts, devices, entry, mail_links, passwords, queries, users
from portal.users.forms import ROLE_NAMES, ChangePasswordForm, DetailsForm, InviteForm, RightsForm
from portal.users.models import User, UserSession


@users.get("/settings/users")
@access.owner
def index() -> ResponseReturnValue:
    """Who may come in, as what, and who was last here when."""
    return _users_page()


@users.get("/settings/users/new")
@access.owner
def new() -> ResponseReturnValue:
    """Ask whom to invite."""
    return render_template("users/new.html", form=InviteForm())


@users.post("/settings/users")
@access.owner
def invite() -> ResponseReturnValue:
    """Make a user and send the link by which this colleague comes in."""
    form = InviteForm()
    if not form.validate():
        return htmx.invalid(render_template("users/new.html", form=form))
    if queries.user_by_form(form.form_id.data) is not None:
        return htmx.see_other(path("users.index"))
    try:
        user = entry.invited(
            form.name.data, form.email.data, form.role.data, by=current_user, form_id=form.form_id.data
        )
        _send_invitation(user)
        db.session.commit()
    except (BrokenRule, IntegrityError) as fault:
        db.session.rollback()
        if queries.user_by_form(form.form_id.data) is not None:  # by the same form, at the same moment
            return htmx.see_other(path("users.index"))
        form.email.errors = [say(fault if isinstance(fault, BrokenRule) else entry.AddressTaken())]
        return htmx.invalid(render_template("users/new.html", form=form))
    jobs.soon(sending.deliver)
    flash(_("The invitation to %(email)s is on its way.", email=form.email.data), "good")
    return htmx.see_other(path("users.index"))


@users.post("/settings/users/<int:id>/invite-again")
@access.owner
def invite_again(id: int) -> ResponseReturnValue:
    """Send another link to a colleague who has not come in yet."""
    user = queries.user_for_change(id) or abort(404)
    try:
        _send_invitation(user)
    except BrokenRule as rule:
        return _refused(id, rule)
    entry.note_second_invitation(user, by=current_user)
    return _done(user, _("The invitation to %(email)s is on its way.", email=user.email))


@users.post("/settings/users/<int:id>/change")
@access.owner
def change(id: int) -> ResponseReturnValue:
    """Let a user do more, or less, which closes whatever this user has open; and say whom at a customer a user meets
    at eye level, where it then shows who is only met from below.
    """
    user, owners = queries.user_with_owners(id)
    form = RightsForm()
    if user is None:
        abort(404)
    if not form.validate():
        return _refused(id, entry.NoSuchRole() if form.role.errors else entry.NoSuchLevel(), form)
    was = user.role
    try:
        user.change_role(form.role.data, current_user, owners)
    except BrokenRule as rule:
        return _refused(id, rule, form)
    user.change_level(form.level.data, current_user)
    if user.role != was:
        entry.end_sessions(user, by=current_user)
    return _done(user, _("What you changed about %(name)s is saved.", name=user.name))


@users.get("/settings/users/<int:id>/disable")
@access.owner
def ask_to_disable(id: int) -> ResponseReturnValue:
    """Look at what a user answers for before I let this user in no longer."""
    user, customers, promises = queries.user_with_holdings(id) or abort(404)
    return render_template(
        "users/disable.html", user=user, customers=customers, promises=promises, most=queries.MOST_COUNTED
    )


@users.post("/settings/users/<int:id>/disable")
@access.owner
def disable(id: int) -> ResponseReturnValue:
    """Let a user in no longer, from this moment on."""
    user, owners = queries.user_with_owners(id)
    if user is None:
        abort(404)
    try:
        user.disable(current_user, owners)
    except BrokenRule as rule:
        return _refused(id, rule)
    entry.end_sessions(user, by=current_user)
    return _done(user, _("%(name)s can't sign in any more.", name=user.name))


@users.post("/settings/users/<int:id>/enable")
@access.owner
def enable(id: int) -> ResponseReturnValue:
    """Let a user in again."""
    user = queries.user_for_change(id) or abort(404)
    user.enable(current_user)
    return _done(user, _("%(name)s can sign in again.", name=user.name))


def _send_invitation(user: User) -> None:
    db.session.flush()
    token = mail_links.written("invitation", user, access.secret_keys())
    entry.send_invitation(
        user, outside("users.invitation", token=token), by=current_user, locale=user.locale or spoken()
    )


def _done(user: User, words: str) -> ResponseReturnValue:
    """After a change to one user: the row, or the list. Whoever changed their own right may be out by now."""
    himself = user.id == current_user.id
    db.session.commit()
    jobs.soon(sending.deliver)
    if htmx.wants_fragment() and not himself:
        return _row(user)
    flash(words, "good")
    return htmx.see_other(path("users.index"))


def _refused(user_id: int, rule: BrokenRule, typed: RightsForm | None = None) -> ResponseReturnValue:
    """The row, or the list, with what was chosen and what stood in the way."""
    db.session.rollback()
    user = queries.user_by_id(user_id) or abort(404)
    if htmx.wants_fragment():
        return htmx.invalid(_row(user, say(rule), typed))
    return htmx.invalid(_users_page(say(rule), user_id, typed))


def _row(user: User, fault: str = "", typed: RightsForm | None = None) -> str:
    about = {"last": queries.last_sign_in(user), "customers": queries.holds_customers(user.id), "roles": ROLE_NAMES}
    return render_template("users/_user.html", user=user, fault=fault, typed=typed, **about)


def _users_page(fault: str = "", at: int = 0, typed: RightsForm | None = None) -> str:
    rows = queries.users_with_last_sign_in()
    return render_template("users/index.html", rows=rows, roles=ROLE_NAMES, refused=fault, at=at, refused_form=typed)


def _sessions(words: str) -> ResponseReturnValue:
    """The list of my sessions, or my account with it."""
    if not htmx.wants_fragment():
        flash(words, "good")
        return htmx.see_other(path("users.account"))
    return render_template("users/_sessions.html", sessions=_described(), here=current_user.session.id)


def _described() -> list[tuple[UserSession, str, str]]:
    """My living sessions, each with its browser and its system."""
    return [(found, *devices.described(found.device)) for found in queries.living_sessions(current_user)]


def _account_page(
    details: DetailsForm | None = None,
    password: ChangePasswordForm | None = None,
    saved: dict[str, str] | None = None,
) -> str:
    me = current_user
    own = {"name": me.name, "locale": me.locale or "", "version": me.version}
    return render_template(
        "users/account.html",
        details=details or DetailsForm(formdata=None, data=own),
        password=password or ChangePasswordForm(formdata=None),
        saved=saved or {},
        sessions=_described(),
        here=me.session.id,
    )


@users.get("/account")
@access.staff
def account() -> ResponseReturnValue:
    """What the portal knows about me, and where I am signed in."""
    return _account_page()


@users.post("/account")
@access.staff
def change_details() -> ResponseReturnValue:
    """Change my name or my language."""
    form = DetailsForm()
    if not form.validate():
        return htmx.invalid(_account_page(details=form))
    user = queries.user_for_change(current_user.id) or abort(404)
    if form.version.data != user.version:
        saved = {
            "name": user.name,
            "locale": next(str(each.label) for each in form.locale.choices if each.value == (user.locale or "")),
        }
        form.version.data = user.version
        return _account_page(details=form, saved=saved), 409
    user.change_details(form.name.data, form.locale.data or None)
    db.session.commit()
    with speaking(user.locale or g.firm.locale):  # as the page that comes next
        flash(_("Saved."), "good")
    return htmx.see_other(path("users.account"))


@users.post("/account/password")
@access.staff
def change_password() -> ResponseReturnValue:
    """Change my password. Wherever else I am signed in, I am not any more."""
    form = ChangePasswordForm()
    if not form.validate():
        return htmx.invalid(_account_page(password=form))
    user = queries.user_for_change(current_user.id) or abort(404)
    if not attempts.may_change_password(user):
        form.current_password.errors = [say(attempts.TooManyTries())]
        return _account_page(password=form), 429, {"Retry-After": str(attempts.WAIT_SECONDS)}
    if not user.has_password(form.current_password.data):
        form.current_password.errors = [_("That is not your current password.")]
        return htmx.invalid(_account_page(password=form))
    try:
        user.set_password(form.password.data, how="password_changed")
    except passwords.WeakPassword as rule:
        form.password.errors = [say(rule)]
        return htmx.invalid(_account_page(password=form))
    entry.end_sessions(user, by=user)
    entry.tell_of_new_password(user, locale=user.locale or spoken())
    access.let_in(user)
    db.session.commit()
    jobs.soon(sending.deliver)
    flash(_("Your password is changed. All your other sessions are ended."), "good")
    return htmx.see_other(path("users.account"))


@users.post("/account/sessions/<int:id>/end")
@access.staff
def end_session(id: int) -> ResponseReturnValue:
    """Sign me out in one of my browsers, from here."""
    ended = queries.living_session(current_user, id) or abort(404)
    ended.end(by=current_user)
    this_one = ended.id == current_user.session.id
    db.session.commit()
    if this_one:
        access.let_out()
        return htmx.see_other(url_for("users.sign_in"))
    return _sessions(_("The session is ended."))


@users.post("/account/sessions/end-others")
@access.staff
def end_other_sessions() -> ResponseReturnValue:
    """Sign me out everywhere but here."""
    entry.end_sessions(current_user, by=current_user, but=current_user.session)
    db.session.commit()
    return _sessions(_("All your other sessions are ended."))


@users.post("/account/sessions/end-all")
@access.staff
def end_all_sessions() -> ResponseReturnValue:
    """Sign me out everywhere, here too."""
    entry.end_sessions(current_user, by=current_user)
    db.session.commit()
    access.let_out()
    return htmx.see_other(url_for("users.sign_in"))


@users.post("/sign-out")
@access.staff
def sign_out() -> ResponseReturnValue:
    """End this session and leave."""
    access.leave(current_user)
    db.session.commit()
    access.let_out()
    return htmx.see_other(url_for("users.sign_in"))
