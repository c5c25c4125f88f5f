"""HTTP for contacts: the page of the promises between us, and what they say about them. Nobody has an account.

A GET or HEAD never writes, and nothing is chosen beforehand: what a form says is chosen on the page. The page knows no
session; that the form is ours, it proves by its nonce.
"""

from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from portal import access, clock, public
from portal.errors import say as in_words
from portal.extensions import csrf, db
from portal.language import speak
from portal.ledger import page, queries, saying
from portal.ledger.forms import SaidForm, read_said
from portal.ledger.holder import Holder
from portal.responses import proofs

PURPOSE = "promises"
promises = Blueprint("promises", __name__)
csrf.exempt(promises)
promises.after_request(public.keep_to_ourselves)


@promises.get("/p/<token>")
def show(token: str) -> ResponseReturnValue:
    """What we promised you and what you promised us, with both sides' days."""
    holder = _holder(queries.holder_by_token, token)
    return _page(holder, token, SaidForm()) if holder.is_open else _over(holder)


@promises.post("/p/<token>")
def say(token: str) -> ResponseReturnValue:
    """Take down what you say: kept, not kept, done. The same form sent twice says it once; what has changed meanwhile
    comes back as it is now, with what was chosen.
    """
    holder = _holder(queries.holder_for_change, token)
    if not holder.is_open:
        return _over(holder)
    form, nonce = read_said(request.form), request.form.get("nonce", "")
    if public.is_switched():
        form.errors = {}
        return _page(holder, token, form)
    if proofs.issued_at(nonce, holder.link_id, access.secret_keys(), PURPOSE) is None:
        form.errors.setdefault(0, in_words(saying.SaidMeanwhile()))
    if form.errors:
        return _page(holder, token, form), 422
    try:
        saying.say(holder, form.said, nonce, current_app.extensions["settings"].public_url)
        db.session.commit()
    except saying.CannotBeSaid as wrong:
        form.errors = {id: in_words(rule) for id, rule in wrong.rules.items()}
        return _page(holder, token, form), 409
    return public.see_other(f"/p/{token}", {"lang": public.language_to_go_on(holder.locale), "noted": "1"})


def _holder(find: Any, token: str) -> Holder:
    """Whoever holds the token, on the firm's calendar and in the contact's language; else one and the same 404."""
    holder: Holder = public.held_by(find, token)
    clock.use_zone(holder.time_zone)
    speak(public.wanted_language() or holder.locale)
    return holder


def _page(holder: Holder, token: str, form: SaidForm) -> str:
    if form.errors or public.is_switched():
        db.session.rollback()
    seen = queries.seen_by(holder, clock.today() - page.SHOWN_FOR)
    shown = {each.id for each in seen if each.sayable}
    lost = [error for id, error in form.errors.items() if id and id not in shown]
    return public.page(
        "ledger/promises.html", holder.firm_name, holder.accent, holder=holder, token=token, form=form,
        sides=page.sides(seen), asks=bool(shown), noted=request.args.get("noted") == "1" and not form.errors,
        error=form.errors.get(0) or (lost[0] if lost else ""), is_preview=False,
        nonce=proofs.new_nonce(holder.link_id, current_app.config["SECRET_KEY"], PURPOSE),
    )  # fmt: skip


def _over(holder: Holder) -> ResponseReturnValue:
    """A clear word when the link opens nothing any more."""
    db.session.rollback()
    return public.page("ledger/over.html", holder.firm_name, holder.accent, holder=holder), 410
