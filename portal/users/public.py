"""HTTP for people who are nobody yet: coming in, by a password or by a link that came by mail."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import access, htmx, jobs
from portal.errors import say
from portal.extensions import db
from portal.language import spoken
from portal.links import outside, path
from portal.mail import sending
from portal.rules import BrokenRule
from portal.tries import network_of
from portal.users import attempts, entry, mail_links, passwords, queries, users
from portal.users.forms import ForgottenForm, NewPasswordForm, SignInForm
from portal.users.models import User


@users.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Show the door."""
    if current_user.is_authenticated:
        return redirect(url_for("today.index"))
    return render_template("users/sign_in.html", form=SignInForm(), next=access.safe_next(request.args.get("next")))


@users.post("/sign-in")
def open_session() -> ResponseReturnValue:
    """Let a user in, or say the same thing, after the same time, to whoever is not one."""
    form, onward = SignInForm(), access.safe_next(request.form.get("next"))
    if not form.validate():
        return htmx.invalid(render_template("users/sign_in.html", form=form, next=onward))
    user = queries.user_by_email(form.email.data)
    password_hash = user.password_hash if user else None
    attempt = _attempt(form.email.data, user)
    db.session.rollback()  # nobody waits for the database while a password is being checked
    try:
        attempt.begin()
    except attempts.TooManyTries as rule:
        form.password.errors = [say(rule)]
        page = render_template("users/sign_in.html", form=form, next=onward)
        return page, 429, {"Retry-After": str(attempts.WAIT_SECONDS)}
    fits = passwords.matches(password_hash, form.password.data)
    if user is None or not fits or not user.is_active:
        attempt.failed()
        form.password.errors = [_("That e-mail and password do not go together.")]
        return htmx.invalid(render_template("users/sign_in.html", form=form, next=onward))
    attempt.succeeded()
    access.let_in(user)
    db.session.commit()
    return htmx.see_other(onward)


def _attempt(email: str, user: User | None) -> attempts.Try:
    known = attempts.known_browser(request.cookies.get(access.known_cookie()), user, access.secret_keys())
    return attempts.Try(network_of(request.remote_addr), email, known)


@users.get("/forgotten")
def forgotten() -> ResponseReturnValue:
    """Ask for a link to choose a new password."""
    return render_template("users/forgotten.html", form=ForgottenForm(), sent="sent" in request.args)


@users.post("/forgotten")
def send_reset() -> ResponseReturnValue:
    """Send the link, if there is somebody to send it to; the answer is the same in any case."""
    form = ForgottenForm()
    if not form.validate():
        return htmx.invalid(render_template("users/forgotten.html", form=form, sent=False))
    if not attempts.may_ask(network_of(request.remote_addr)):
        form.email.errors = [_("Too many tries. Wait an hour, then try again.")]
        return render_template("users/forgotten.html", form=form, sent=False), 429, {"Retry-After": "3600"}
    email = form.email.data
    if attempts.may_mail(email):
        found = queries.user_by_email(email)
        user = found if found is not None and found.is_active else None
        token = mail_links.written("reset", user or User(id=0, email=email), access.secret_keys())
        locale = (user.locale if user else None) or spoken()
        entry.send_reset(email, user, outside("users.reset", token=token), locale)
        db.session.commit()
        jobs.soon(sending.deliver)
    return htmx.see_other(path("users.forgotten") + "?sent=1")


@users.get("/reset/<token>")
def reset(token: str) -> ResponseReturnValue:
    """Show where to type a new password. Mail programs open links too: nothing happens yet."""
    return _show_link("reset", token)


@users.post("/reset/<token>")
def set_password(token: str) -> ResponseReturnValue:
    """Take the new password, end whatever was open with the old one, and sign in."""
    return _use_link("reset", "password_reset", token)


@users.get("/invitation/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """Welcome a colleague who was invited, and ask for a password."""
    return _show_link("invitation", token)


@users.post("/invitation/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Take the first password, and sign in."""
    return _use_link("invitation", "joined", token)


def _show_link(purpose: str, token: str) -> ResponseReturnValue:
    try:
        user_id = mail_links.read(purpose, token, access.secret_keys())
        user = mail_links.check(purpose, token, access.secret_keys(), queries.user_by_id(user_id))
    except mail_links.DeadLink as rule:
        return _dead_link(rule)
    return _choose_password(purpose, token, user, NewPasswordForm())


def _use_link(purpose: str, how: str, token: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    try:
        user_id = mail_links.read(purpose, token, access.secret_keys())
        user = mail_links.check(purpose, token, access.secret_keys(), queries.user_for_change(user_id))
    except mail_links.DeadLink as rule:
        return _dead_link(rule)
    if not form.validate():
        return htmx.invalid(_choose_password(purpose, token, user, form))
    try:
        user.set_password(form.password.data, how=how)
    except BrokenRule as rule:
        form.password.errors = [say(rule)]
        return htmx.invalid(_choose_password(purpose, token, user, form))
    entry.end_sessions(user, by=user)
    access.let_in(user)
    db.session.commit()
    flash(_("You are signed in. From now on, sign in with the password you have just chosen."), "good")
    return htmx.see_other(path("today.index"))


def _choose_password(purpose: str, token: str, user: User, form: NewPasswordForm) -> str:
    """The page, which tells other pages of the house where it comes from by its host only: the token stays here."""
    access.tell_host_only()
    action = url_for("users.set_password" if purpose == "reset" else "users.accept", token=token)
    return render_template("users/choose_password.html", form=form, user=user, action=action, purpose=purpose)


def _dead_link(rule: BrokenRule) -> ResponseReturnValue:
    return render_template("users/dead_link.html", text=say(rule)), 410
