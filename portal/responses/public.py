"""HTTP for clients: the page of a survey, its thanks, "this was not me", and the privacy notice. Nobody has an account.

A GET or HEAD never writes, and a score in the address only marks a choice. These pages know no session: what a form
proves, it proves by its nonce. No address with a token leaves them in a Referer.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from markupsafe import escape
from sqlalchemy.exc import IntegrityError

from portal import access, clock, public
from portal.errors import say
from portal.extensions import csrf, db
from portal.invitations import opting
from portal.language import speak, spoken
from portal.responses import afterwards, answering, proofs, queries
from portal.responses.answering import ChangedMeanwhile, Said
from portal.responses.asked import Asked
from portal.responses.forms import AnswerForm, read_answer, read_more, score_of
from portal.responses.models import EDITABLE, QUOTE_PLACES
from portal.responses.page import about, long_day, question_page
from portal.rules import BrokenRule
from portal.settings.accent import USUAL as USUAL_ACCENT
from portal.settings.queries import the_firm
from portal.surveys.scales import SCALES
from portal.surveys.wording import addressed
from portal.texts import without_unfit

answers = Blueprint("answers", __name__)
csrf.exempt(answers)
answers.after_request(public.keep_to_ourselves)
COOKIE = "answer"
TOKEN, NONCE, NAME = "\ue000t\ue001", "\ue000n\ue001", "\ue000w\ue001"
"""Places in a page that is made once. Of letters that nobody types."""


@answers.record_once
def _give_words(state: Any) -> None:
    """Templates say days as they are said to somebody outside."""
    state.app.jinja_env.filters["long_day"] = long_day


@answers.get("/s/<token>")
def ask(token: str) -> ResponseReturnValue:
    """One question. A score in the address is marked, not chosen."""
    asked = _asked(queries.asked_by_token, token)
    if not asked.is_open:
        return _over(asked)
    marked = score_of(request.args.getlist("score"), asked.scale)
    if answering.may_correct(asked, _editor()):
        return _question(asked, token, marked=marked, score=asked.score, comment=asked.comment, may_call=asked.may_call)
    return _question(asked, token, marked=marked)


@answers.post("/s/<token>")
def answer(token: str) -> ResponseReturnValue:
    """Take the answer. The same form sent twice is one answer; what was not understood comes back as it was typed."""
    asked = _asked(queries.asked_for_change, token)
    if not asked.is_open:
        return _over(asked)
    form, nonce = read_answer(request.form, asked.scale), request.form.get("nonce", "")
    if public.is_switched():
        return _switched(asked, token, form)
    issued_at = proofs.issued_at(nonce, asked.invitation_id, access.secret_keys())
    if issued_at is None:
        form.error = form.error or say(ChangedMeanwhile())
    if form.score is None or not form.is_valid:
        return _refused(asked, token, form)
    editor = proofs.editor_of(nonce, current_app.config["SECRET_KEY"])
    said = Said(form.score, form.comment, form.may_call, spoken(), nonce, issued_at, _editor(), editor)
    try:
        outcome = answering.answer(asked, said, link=_address(f"/s/{token}/not-me"))
        db.session.commit()
    except BrokenRule as rule:
        form.error = say(rule)
        return _refused(asked, token, form)
    except IntegrityError:  # the form of an answer that was set aside meanwhile
        form.error = say(ChangedMeanwhile())
        return _refused(asked, token, form)
    return _thank(asked, token, outcome, editor if outcome == "received" or nonce == asked.nonce else "")


def _thank(asked: Asked, token: str, outcome: str, editor: str) -> Response:
    """Go on to the thanks; the browser that answered is given what it can correct the answer with."""
    more = {"lang": public.language_to_go_on(asked.locale), "beside": "1" if outcome == "quarantined" else ""}
    response = public.see_other(f"/s/{token}/thanks", more)
    if editor:
        response.set_cookie(
            COOKIE, editor, max_age=int(EDITABLE.total_seconds()), path=f"/s/{token}", httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip
    return response


@answers.get("/s/<token>/thanks")
def thanks(token: str) -> ResponseReturnValue:
    """Thanks; by when it will be made right; and, for whoever likes, a little more."""
    asked = _asked(queries.asked_by_token, token)
    if asked.score is None:
        return public.see_other(f"/s/{token}", {}) if asked.is_open else _over(asked)
    return _thanks(asked, token)


@answers.post("/s/<token>/thanks")
def add(token: str) -> ResponseReturnValue:
    """Keep what the client adds. What is left empty says nothing."""
    asked = _asked(queries.asked_for_change, token)
    if not asked.is_open:
        return _over(asked)
    if asked.score is None:  # the answer was taken back meanwhile
        db.session.rollback()
        return public.see_other(f"/s/{token}", {"lang": public.language_to_go_on(asked.locale)})
    if public.is_switched():
        return _thanks(asked, token)
    nonce = request.form.get("nonce", "")
    form = read_more(request.form, nonce)
    if proofs.issued_at(nonce, asked.invitation_id, access.secret_keys()) is None:
        form.errors["form"] = say(ChangedMeanwhile())
    if form.errors:
        return _thanks(asked, token, form.errors), 422
    try:
        kept = afterwards.add(asked, form.more, _editor(), spoken())
        db.session.commit()
    except BrokenRule as rule:
        db.session.rollback()
        return _thanks(asked, token, {"form": say(rule)}), 422
    return public.see_other(
        f"/s/{token}/thanks", {"lang": public.language_to_go_on(asked.locale), "noted": "1" if kept else ""}
    )


@answers.get("/s/<token>/not-me")
def not_me(token: str) -> ResponseReturnValue:
    """Show what was answered, and ask whether it was somebody else. Mail programs open links too: nothing happens."""
    return _not_me(_asked(queries.asked_by_token, token), token)


@answers.post("/s/<token>/not-me")
def disavow(token: str) -> ResponseReturnValue:
    """It was somebody else: the answer stands no longer. Only with the box ticked."""
    asked = _asked(queries.asked_for_change, token)
    if request.form.get("not_me") != "1":
        return _not_me(asked, token, unticked=asked.score is not None), 422
    answering.disavow(asked)
    db.session.commit()
    return public.see_other(f"/s/{token}/not-me", {"lang": public.language_to_go_on(asked.locale), "done": "1"})


@answers.get("/s/<token>/opt-out")
def leave(token: str) -> ResponseReturnValue:
    """Ask whether the client wants to be asked at all. Mail programs open links too: nothing happens."""
    return _leave(_asked(queries.asked_by_token, token), token)


@answers.post("/s/<token>/opt-out")
def opt_out(token: str) -> ResponseReturnValue:
    """Leave the client alone, or ask again: what was chosen on the page, or said by a mail program's button."""
    asked = _asked(queries.asked_for_change, token)
    at_once = request.form.get("List-Unsubscribe") == "One-Click"
    wish = "surveys" if at_once else request.form.get("wish", "")
    if wish not in opting.WISHES:
        return _leave(asked, token, unchosen=True), 422
    opting.say(opting.who_is(asked), wish, survey_name=asked.survey_name)
    db.session.commit()
    if at_once:
        return "", 200
    return public.see_other(f"/s/{token}/opt-out", {"lang": public.language_to_go_on(asked.locale), "done": "1"})


@answers.get("/privacy")
def privacy() -> ResponseReturnValue:
    """Who keeps what, what for, and how to have it changed."""
    firm = the_firm()
    speak(public.wanted_language() or (firm.locale if firm else spoken()))
    name, accent, text = (firm.name, firm.accent, firm.privacy) if firm else ("Portal", USUAL_ACCENT, "")
    return public.page("responses/privacy.html", name, accent, text=text)


def _asked(find: Any, token: str) -> Asked:
    """Whoever holds the token, on the firm's calendar and in the client's language; else one and the same 404."""
    asked: Asked = public.held_by(find, token)
    clock.use_zone(asked.time_zone)
    speak(public.wanted_language() or asked.locale)
    return asked


def _address(path: str) -> str:
    """The path on the configured host, never on the one that a request names. `outside` does the same for endpoints."""
    return f"{current_app.extensions['settings'].public_url}{path}"


def _editor() -> str | None:
    return request.cookies.get(COOKIE)


def _question(asked: Asked, token: str, **given: Any) -> str:
    """The question's page. As long as nobody has answered, marked or typed anything, it is the same for all but for the
    name and what belongs to the link, which are then filled in.
    """
    nonce, words = proofs.new_nonce(asked.invitation_id, current_app.config["SECRET_KEY"]), asked.words(spoken())
    if asked.response_id is None and given == {"marked": None}:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        page = _blank(app, spoken(), asked.kind, tuple(words.items()), asked.firm_name, asked.accent, asked.bought_on)
        return page.replace(TOKEN, token).replace(NONCE, nonce).replace(NAME, escape(asked.first_name))
    mine, marked = answering.may_correct(asked, _editor()), given.get("marked")
    asking = question_page(asked.scale, words, asked.first_name, about=about(asked.bought_on), **given)
    return public.page(
        "responses/ask.html", asked.firm_name, asked.accent, "" if marked is None else f"score={marked}&",
        page=asking, token=token, nonce=nonce, answered_at=asked.response_at,
        until=asked.response_at + EDITABLE if mine and asked.response_at else None,
    )  # fmt: skip


@lru_cache(maxsize=512)
def _blank(
    app: Flask, locale: str, kind: str, words: tuple[tuple[str, str], ...], firm_name: str, accent: str,
    bought_on: date | None,
) -> str:  # fmt: skip
    """The page with places for the token, the nonce and the name, made once for each survey and language."""
    page = question_page(SCALES[kind], dict(words), NAME, about=about(bought_on))
    return public.page(
        "responses/ask.html", firm_name, accent, page=page, token=TOKEN, nonce=NONCE, answered_at=None, until=None
    )


def _refused(asked: Asked, token: str, form: AnswerForm) -> ResponseReturnValue:
    """The question again, with what was typed and what is wrong with it."""
    db.session.rollback()
    return _question(asked, token, **vars(form)), 422


def _switched(asked: Asked, token: str, form: AnswerForm) -> str:
    """The question in the other language, with what was typed. What is wrong with it is said once it is sent."""
    db.session.rollback()
    form.error = form.comment_error = ""
    return _question(asked, token, marked=score_of(request.args.getlist("score"), asked.scale), **vars(form))


def _thanks(asked: Asked, token: str, errors: dict[str, str] | None = None) -> str:
    words, locale, score = asked.words(spoken()), spoken(), asked.score or 0
    mine = asked.is_open and answering.is_the_browser(asked, _editor())
    known = {answer["id"]: answer["answer"] for answer in asked.answers or []}
    further = queries.further_questions(asked.survey_id, score) if mine else []
    typed = {name: without_unfit(value) for name, value in request.form.items()}
    return public.page(
        "responses/thanks.html", asked.firm_name, asked.accent, _said_before(), token=token, mine=mine,
        errors=errors or {},
        thanks=addressed(words.get("thanks", ""), asked.first_name),
        may_correct=asked.is_open and answering.may_correct(asked, _editor()),
        due_on=asked.due_on if asked.commitment_state == "open" else None, typed=typed, quote=asked.quote or "",
        may_quote=bool(asked.comment), places=[place for place in QUOTE_PLACES if place in typed] if typed
        else (asked.quote_places or "").split(),
        further=[(each.id, afterwards.text_of(each, locale), known.get(each.id, "")) for each in further],
        beside=request.args.get("beside") == "1", noted=request.args.get("noted") == "1",
        nonce=proofs.new_nonce(asked.invitation_id, current_app.config["SECRET_KEY"]),
    )  # fmt: skip


def _not_me(asked: Asked, token: str, *, unticked: bool = False) -> str:
    question = addressed(asked.words(spoken()).get("question", ""), asked.first_name)
    return public.page(
        "responses/not_me.html", asked.firm_name, asked.accent, _said_before(), asked=asked, token=token,
        question=question, unticked=unticked, done=request.args.get("done") == "1",
    )  # fmt: skip


def _leave(asked: Asked, token: str, *, unchosen: bool = False) -> str:
    standing, done = opting.standing(opting.who_is(asked)), request.args.get("done") == "1"
    about: dict[str, Any] = {"token": token, "standing": standing, "unchosen": unchosen, "done": done}
    return public.page("responses/opt_out.html", asked.firm_name, asked.accent, _said_before(), **about)


def _said_before() -> str:
    """What the address says of what was just done, kept when the language is switched."""
    return "".join(f"{word}=1&" for word in ("beside", "noted", "done") if request.args.get(word) == "1")


def _over(asked: Asked) -> ResponseReturnValue:
    """A clear word when it can't be answered any more."""
    db.session.rollback()
    return public.page("responses/over.html", asked.firm_name, asked.accent, asked=asked), 410
