"""The file of refused rows: each as it came, with its number and the reasons, to be mended and brought again."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from portal.imports import queries, words
from portal.imports.models import Import

AT_ONCE = 1000


def own_columns(import_: Import) -> int:
    """How many columns are the file's own: one of refused rows that was mended still has ours at its end."""
    headers = import_.choices.get("headers", [])
    return len(headers) - 2 if headers[-2:] == [_("Row"), _("Reason")] else len(headers)


def header(import_: Import) -> list[str]:
    """The file's own columns, then where each row stood and why it was refused."""
    return [*import_.choices.get("headers", [])[: own_columns(import_)], _("Row"), _("Reason")]


def rows(import_: Import) -> Iterator[list[Any]]:
    """The refused rows by their number, read in pieces."""
    width, after = own_columns(import_), (0, 0)
    while found := queries.refusals_after(import_.id, *after, AT_ONCE):
        for _id, row, faults, cells in found:
            yield [*cells[:width], *[""] * (width - len(cells)), row, words.faults(faults)]
        after = (found[-1].row_number, found[-1].id)
