"""Broken rules: plain exceptions with a sentence for the user. They know no web and no database."""

from typing import Any


def N_(text: str) -> str:  # noqa: N802 - the usual name of gettext's "translate later"
    """Mark a text for the catalogues; it is translated when it is shown."""
    return text


class BrokenRule(Exception):
    """A rule of the field that an action would have broken.

    `message` is an English sentence marked with `N_`, with `%(name)s` places for `params`;
    `portal.errors.say` puts it into the user's language.
    """

    message = N_("That can't be done.")

    def __init__(self, message: str | None = None, **params: Any) -> None:
        self.message = message or self.message
        self.params = params
        super().__init__(self.message % params if params else self.message)
