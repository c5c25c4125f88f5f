"""Tags as they are typed: words with commas between. Two spellings that differ by case or accents are one tag."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from portal.customers import queries
from portal.customers.models import Tag
from portal.customers.search import fold
from portal.extensions import db
from portal.rules import N_, BrokenRule

LONGEST = 40
MOST = 20


class TagTooLong(BrokenRule):
    """A tag is a word or two, not a note."""

    message = N_("A tag has at most 40 characters: “%(name)s” is longer.")


class TooManyTags(BrokenRule):
    """Tags group customers; a hundred of them group nothing."""

    message = N_("A customer has at most 20 tags.")


def names_in(typed: str) -> list[str]:
    """The tags in what was typed, each once, in that order: "Hotel, VIP,hotel" → ["Hotel", "VIP"]."""
    names: dict[str, str] = {}
    for part in typed.replace(";", ",").replace("\n", ",").split(","):
        name = " ".join(part.split()).lstrip("#").strip()
        folded = fold(name)
        if not folded:
            continue
        if max(len(name), len(folded)) > LONGEST:
            raise TagTooLong(name=name[:LONGEST])
        names.setdefault(folded, name)
    if len(names) > MOST:
        raise TooManyTags
    return list(names.values())


def tags_named(names: Iterable[str]) -> list[Tag]:
    """The tags of those names, made where there were none, in the order of lists."""
    wanted = {fold(name): name for name in names}
    found = {tag.folded: tag for tag in queries.tags_by_folded(wanted)}
    if len(found) < len(wanted):
        _insert([{"folded": folded, "name": name} for folded, name in wanted.items() if folded not in found])
        found = {tag.folded: tag for tag in queries.tags_by_folded(wanted)}
    return [found[folded] for folded in sorted(wanted)]


def _insert(rows: list[dict[str, str]]) -> None:
    """Make tags, unless somebody else makes the same ones at the same moment."""
    dialect: Any = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    db.session.execute(dialect.insert(Tag).values(rows).on_conflict_do_nothing(index_elements=["folded"]))
