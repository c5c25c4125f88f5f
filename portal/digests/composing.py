"""What a digest says: the matters of the user's Today, and what clients answered, as plain words and addresses.

It is put together in the reader's language when the morning comes, and kept as JSON until its mail is sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from portal import clock
from portal.backing import wording as backing
from portal.buying_centre import wording as relations
from portal.commitments import wording as promises
from portal.digests import queries
from portal.follow_ups import wording as touches
from portal.language import page_gettext as _
from portal.language import speaking
from portal.lists import wording as lists
from portal.relay import queries as relay
from portal.relay import wording as relaying
from portal.responses import wording as responses
from portal.rules import N_
from portal.surveys.scales import SCALES
from portal.today import queries as today
from portal.today.reasons import REASONS, Reason, known_of, shown
from portal.users.models import User

MOST_LINES = today.MOST_SHOWN
"""Lines of what waits; whoever has more reads the rest on Today."""
MOST_ANSWERS = 10
DATED = ("promises", "theirs", "support", "follow_ups")
"""Reasons whose matters are told apart by their day: late, or due today."""
SECTIONS = {
    "right": (10, N_("To be made right")),
    "hand_offs": (15, N_("Hand-offs")),
    "late": (20, N_("Late")),
    "today": (25, N_("Due today")),
    "also": (60, N_("Worth a call")),
}
"""Where a section stands among the ranks of Today, and what it is called; other reasons stand by themselves."""
PLACES = {"unhappy": "right", "said": "right"} | dict.fromkeys(
    ("reassurance", "relations", "due", "overdue", "thank"), "also"
)
OTHERS = tuple(each for each in REASONS if each.matter.name != "hand_offs")
"""Hand-offs have a section of their own."""
PROMISED = ("promises", "unhappy", "said")


@dataclass(frozen=True)
class Line:
    """One line: who it is about, where that stands, and what there is to say; `tone` repeats what the words say."""

    customer: str
    address: str
    tone: str
    words: str
    matter: str


def compose(user: User, locale: str, after: datetime, until: datetime, public_url: str) -> dict[str, Any] | None:
    """What the mail is made of (templates/mail/digest), or None when there is nothing to say. Six queries.

    Answers are those that came after one instant and up to another: of the user's customers; for an owner, all. Of
    hand-offs that were declined, it is by the day.
    """
    with speaking(locale):
        waiting, hand_offs = today.morning(OTHERS, (user.id,), None), _hand_offs(user, after, until)
        counts, lines = {each.key: waiting.counts[each.key] for each in OTHERS}, waiting.page.rows
        answers = queries.answers_between(None if user.is_owner else user.id, after, until)
        if not lines and not answers and not hand_offs:
            return None
        total = known_of(counts) + len(hand_offs)
        rest = max(total - MOST_LINES, 0)
        return {
            "name": user.name.split(maxsplit=1)[0],
            "total": total,
            "shown": shown(counts, len(hand_offs)),
            "promised": sum(counts[key] for key in PROMISED),
            "sections": _sections(hand_offs, lines[: MOST_LINES - len(hand_offs)], public_url),
            "rest": rest,
            "rest_shown": shown(counts, len(hand_offs) - MOST_LINES) if rest else "",
            "answers": _answers(answers, public_url),
            "link": f"{public_url}/",
        }


def _hand_offs(user: User, after: datetime, until: datetime) -> list[Row[Any]]:
    """Customers whom nobody has taken (an owner reads of all, others of those who came from them), whom somebody did
    not want to take from the user, and who are offered to the user.
    """
    dropped = relay.lying_for(user)
    declined = relay.declined(user.id, clock.day_of(after), clock.day_of(until))
    return [*dropped, *declined, *relay.page("mine", user, None).rows][:MOST_LINES]


def _sections(
    hand_offs: Sequence[Row[Any]], waiting: Sequence[tuple[Reason, Row[Any]]], public_url: str
) -> list[dict[str, Any]]:
    """The lines under their headings, the most urgent heading first."""
    found: dict[tuple[int, str], list[dict[str, str]]] = {}
    for row in hand_offs:
        tone, state = relaying.state(row)
        matter = f"“{row.reason}”" if row.state == "declined" else _plain(relaying.way(row))
        line = Line(row.customer_name, _address(public_url, row), tone, _plain(state), matter)
        found.setdefault(SECTIONS["hand_offs"], []).append(asdict(line))
    for reason, row in waiting:
        tone, words, matter = WORDED.get(reason.matter.name, _any)(row, reason)
        line = Line(row.customer_name, _address(public_url, row), tone, _plain(words), _plain(matter))
        found.setdefault(_place(reason, row), []).append(asdict(line))
    return [{"title": _plain(_(title)), "lines": found[rank, title]} for rank, title in sorted(found)]


def _place(reason: Reason, row: Row[Any]) -> tuple[int, str]:
    """The rank and the title of the section in which the line stands. What is told before its day stands by itself."""
    today = clock.today()
    if reason.key in DATED and row.due_on <= today:
        return SECTIONS["late" if row.due_on < today else "today"]
    place = PLACES.get(reason.key)
    return SECTIONS[place] if place else (reason.rank, reason.word)


def _promise(row: Row[Any], reason: Reason) -> tuple[str, str, str]:
    return *promises.urgency(row), row.text


def _touch(row: Row[Any], reason: Reason) -> tuple[str, str, str]:
    return *touches.urgency(row), touches.matter(row)


def _entry(row: Row[Any], reason: Reason) -> tuple[str, str, str]:
    tone, words = lists.of_line(row)
    return tone, lists.title(row.state), words


def _relation(row: Row[Any], reason: Reason) -> tuple[str, str, str]:
    return relations.of_line(row)


def _support(row: Row[Any], reason: Reason) -> tuple[str, str, str]:
    return *backing.urgency(row), row.text


def _any(row: Row[Any], reason: Reason) -> tuple[str, str, str]:
    return "due", _(reason.word), row.text or row.note


WORDED: dict[str, Callable[[Row[Any], Reason], tuple[str, str, str]]] = {
    "commitments": _promise,
    "follow_ups": _touch,
    "list_entries": _entry,
    "relations": _relation,
    "support_requests": _support,
}
"""How the lines of each kind of matter are worded: (tone, words, what it is about)."""


def _answers(rows: Sequence[Row[Any]], public_url: str) -> dict[str, Any]:
    """How many answered, how many of them are unhappy, and the lines of some, the unhappy ones first."""
    feelings = [SCALES[row.kind].feeling(row.score) for row in rows]
    unhappy = [row for row, feeling in zip(rows, feelings, strict=True) if feeling == "unhappy"]
    others = [row for row, feeling in zip(rows, feelings, strict=True) if feeling != "unhappy"]
    shown = [*unhappy, *others][:MOST_ANSWERS]
    lines = [asdict(Line(row.customer_name, _address(public_url, row), *_answer(row))) for row in shown]
    return {"count": len(rows), "unhappy": len(unhappy), "lines": lines, "address": f"{public_url}/surveys/responses"}


def _answer(row: Row[Any]) -> tuple[str, str, str]:
    tone, words = responses.answered(row.score, row.kind)
    comment = " ".join(row.comment.split())
    if len(row.comment) > queries.LONGEST_COMMENT:
        comment = comment[: queries.LONGEST_COMMENT] + "…"
    said = f"“{comment}”" if comment else ""
    return tone, _plain(words), f"{row.contact_name}: {said}" if row.contact_name and said else said


def _address(public_url: str, row: Row[Any]) -> str:
    return f"{public_url}/customers/{row.customer_id}"


def _plain(words: Any) -> str:
    """Words as text: what is HTML is none any more."""
    return str(words.striptags()) if hasattr(words, "striptags") else str(words)
