"""The form that the rooms' forms derive from where the page puts the token beside them instead of in them."""

from functools import cache

import wtforms
from babel.support import NullTranslations, Translations
from wtforms.i18n import messages_path
from wtforms.meta import DefaultMeta

from portal.language import spoken


@cache
def _words(locale: str) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")


class Form(wtforms.Form):
    """A form that says what is wrong in the language of the page, as a `FlaskForm` does.

    A `FlaskForm` reads them anew from their file in each request that needs one, be it the label that WTForms makes up
    for a field without any.
    """

    class Meta(DefaultMeta):
        """How it differs from a form of WTForms, which speaks English."""

        def get_translations(self, form: wtforms.Form) -> object:
            """The words of WTForms in the language that is spoken."""
            return _words(spoken())
