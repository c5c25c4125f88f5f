"""The form that the rooms' forms derive from where the page puts the token beside them instead of in them."""

import wtforms
from flask_wtf.i18n import translations
from wtforms.meta import DefaultMeta


class Form(wtforms.Form):
    """A form that says what is wrong in the language of the page, as a `FlaskForm` does.

    The words are looked for when something is wrong, once per request: a form without faults costs nothing more.
    """

    class Meta(DefaultMeta):
        """How it differs from a form of WTForms, which speaks English."""

        def get_translations(self, form: wtforms.Form) -> object:
            """The words of WTForms in the language that is spoken."""
            return translations
