"""Coming in and going out."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from portal import access, htmx
from portal.extensions import db
from portal.users import passwords, queries
from portal.users.forms import SignInForm

users = Blueprint("users", __name__)


@users.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Show the door."""
    if current_user.is_authenticated:
        return redirect(url_for("today.index"))
    return render_template("users/sign_in.html", form=SignInForm(), next=access.safe_next(request.args.get("next")))


@users.post("/sign-in")
def open_session() -> ResponseReturnValue:
    """Let a user in, or say the same thing to whoever is not one."""
    form = SignInForm()
    onward = access.safe_next(request.form.get("next"))
    user = queries.user_by_email(form.email.data or "") if form.validate() else None
    known = passwords.matches(user.password_hash if user else None, form.password.data or "")
    if user is None or not known or not user.is_active:
        form.password.errors = [*form.password.errors, _("That e-mail and password do not go together.")]
        return htmx.invalid(render_template("users/sign_in.html", form=form, next=onward))
    session.clear()
    session.permanent = True
    user.sign_in(request.user_agent.string)
    login_user(user)
    db.session.commit()
    return htmx.see_other(onward)


@users.post("/sign-out")
@access.staff
def sign_out() -> ResponseReturnValue:
    """End this session and leave."""
    current_user.session.end(by=current_user)
    db.session.commit()
    logout_user()
    session.clear()
    return htmx.see_other(url_for("users.sign_in"))
