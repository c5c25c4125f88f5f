"""The shape of a survey as somebody writes it, in both languages."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.widgets import TextArea, TextInput

from portal.choices import IdField, WholeField, WordField
from portal.fields import FormIdField, TextField, VersionField
from portal.forms import Form
from portal.settings.models import LOCALES
from portal.surveys.models import KINDS, OCCASIONS, TEXTS, Survey, SurveyQuestion
from portal.surveys.scales import SCALES, Scale
from portal.surveys.wording import addressed_otherwise
from portal.surveys.writing import LONGEST_NAME, MOST_FURTHER, Further, Written

LONGEST = {"question": 240, "low": 40, "high": 40, "thanks": 300}
LONGEST_OPEN = 120
MOST_DAYS = 730
USUAL_DAYS = 30
"""What a form offers as long as no days are set: it suits an asking after a purchase, and a rhythm. Days."""
WITH_DAYS = ("after_purchase", "every")
LABELS = {
    "question_es": _l("Question, in Spanish"),
    "question_en": _l("Question, in English"),
    "low_es": _l("Lowest score, in Spanish"),
    "low_en": _l("Lowest score, in English"),
    "high_es": _l("Highest score, in Spanish"),
    "high_en": _l("Highest score, in English"),
    "open_unhappy_es": _l("Asked of the unhappy, in Spanish"),
    "open_unhappy_en": _l("Asked of the unhappy, in English"),
    "open_neutral_es": _l("Asked of those between, in Spanish"),
    "open_neutral_en": _l("Asked of those between, in English"),
    "open_happy_es": _l("Asked of the happy, in Spanish"),
    "open_happy_en": _l("Asked of the happy, in English"),
    "thanks_es": _l("Thanks, in Spanish"),
    "thanks_en": _l("Thanks, in English"),
}


def with_the_name(form: Form, field: TextField) -> None:
    """Refuse a gap that nothing fills: the client would read its braces."""
    if found := addressed_otherwise(field.data):
        words = _(
            "%(found)s would reach the client as it stands. Only {name} is filled in, with the client's first name."
        )
        raise ValidationError(words % {"found": ", ".join(found)})


def without_gaps(form: Form, field: TextField) -> None:
    """Refuse any gap: no name is put into this text."""
    if found := addressed_otherwise(field.data, known=()):
        words = _("%(found)s would reach the client as it stands: no name is put in here.")
        raise ValidationError(words % {"found": ", ".join(found)})


def _refuse(field: Any, words: str) -> None:
    field.errors = [*field.errors, words]


class FurtherForm(Form):
    """One further question; without texts, it is none."""

    id = IdField()
    from_score = WholeField(_l("From score"), default=0)
    to_score = WholeField(_l("To score"), default=0)
    text_es = TextField(_l("Further question, in Spanish"), [without_gaps], longest=LONGEST_OPEN, widget=TextArea())
    text_en = TextField(_l("Further question, in English"), [without_gaps], longest=LONGEST_OPEN, widget=TextArea())

    @property
    def is_empty(self) -> bool:
        """Has nothing been written here?"""
        return not (self.text_es.data or self.text_en.data)

    def look_over(self, scale: Scale) -> None:
        """Mark each field that can't be kept. It has to be written in both languages, for scores that can be given."""
        first, last = self.from_score, self.to_score
        for text in (self.text_es, self.text_en):
            if not text.data:
                _refuse(text, _("Write the further question in both languages."))
        for score in (first, last):
            if score.data is not None and score.data not in scale.scores:
                words = _("Scores go from %(lowest)s to %(highest)s.", lowest=scale.lowest, highest=scale.highest)
                _refuse(score, words)
        if first.errors or last.errors or first.data is None or last.data is None:
            return
        if first.data > last.data:
            _refuse(first, _("“From score” must not be above “To score”."))


class SurveyForm(Form):
    """All that is written of a survey. Its texts are fields named `<word>_<language>`, added below."""

    form_id = FormIdField()
    version = VersionField()
    name = TextField(_l("Name"), longest=LONGEST_NAME, required=True)
    kind = WordField(words=KINDS, default="nps")
    occasion = WordField(_l("When it is asked"), words=OCCASIONS, default="by_hand")
    days = WholeField(_l("Days"), [InputRequired(), NumberRange(0, MOST_DAYS)], default=USUAL_DAYS)
    further = FieldList(FormField(FurtherForm), max_entries=MOST_FURTHER)

    def validate_days(self, field: WholeField) -> None:
        """Between two askings there is a day at least."""
        if self.occasion.data == "every" and field.data == 0:
            raise ValidationError(_("Write 1 day or more."))

    def validate_further(self, field: FieldList) -> None:
        """What is wrong is said beside the field that it is wrong in."""
        for entry in field.entries:
            if not entry.form.is_empty:
                entry.form.look_over(SCALES[self.kind.data])
        if any(entry.errors for entry in field.entries):
            field.errors = [entry.errors for entry in field.entries]

    def written(self) -> Written:
        """What the form says."""
        occasion = self.occasion.data
        return Written(
            name=self.name.data,
            kind=self.kind.data,
            occasion=occasion,
            days=self.days.data or 0 if occasion in WITH_DAYS else 0,
            texts={locale: {word: self[f"{word}_{locale}"].data for word in TEXTS} for locale in LOCALES},
            further=tuple(_further(entry.form) for entry in self.further.entries if not entry.form.is_empty),
            form_id=self.form_id.data,
        )

    def further_saved(self, now: "SurveyForm") -> dict[str, Any]:
        """What else stands in the further questions now, by the name of my field. Those that somebody has added
        meanwhile are put beside mine, as long as there is room, so that saving again leaves them.
        """
        if self.further.entries and self._is_room(self.further.entries[-1].form):
            self.further.pop_entry()
        mine = {entry.form.id.data: entry.form for entry in self.further.entries if entry.form.id.data}
        saved: dict[str, Any] = {}
        for theirs in (entry.form for entry in now.further.entries if entry.form.id.data):
            if row := mine.get(theirs.id.data):
                pairs = [(row[name], theirs[name].data) for name in ("from_score", "to_score", "text_es", "text_en")]
                saved |= {field.name: data for field, data in pairs if data != field.data}
            elif len(self.further) < MOST_FURTHER:
                self.further.append_entry(theirs.data)
        return saved

    @staticmethod
    def _is_room(row: FurtherForm) -> bool:
        """Is it only there to be written in?"""
        return row.is_empty and not row.id.data

    def with_room(self) -> None:
        """Leave room for one question more."""
        scale = SCALES[self.kind.data]
        if len(self.further) < MOST_FURTHER and not any(entry.form.is_empty for entry in self.further.entries):
            self.further.append_entry({"from_score": scale.lowest, "to_score": scale.highest})


for _word in TEXTS:
    for _locale in LOCALES:
        _longest = LONGEST.get(_word, LONGEST_OPEN)
        _box = TextInput() if _word in ("low", "high") else TextArea()  # what is long is seen whole
        _gaps = without_gaps if _word in ("low", "high") else with_the_name
        _field = TextField(LABELS[f"{_word}_{_locale}"], [_gaps], longest=_longest, required=True, widget=_box)
        setattr(SurveyForm, f"{_word}_{_locale}", _field)


def _further(row: Any) -> Further:
    texts = {"es": row.text_es.data, "en": row.text_en.data}
    return Further(row.from_score.data or 0, row.to_score.data or 0, texts, row.id.data or None)


def filled(said: Written, **more: Any) -> SurveyForm:
    """A form that shows what is written already."""
    texts = {f"{word}_{locale}": said.texts[locale][word] for word in TEXTS for locale in LOCALES}
    further = [
        {
            "id": each.id, "from_score": each.from_score, "to_score": each.to_score,
            "text_es": each.texts["es"], "text_en": each.texts["en"],
        }
        for each in said.further
    ]  # fmt: skip
    days = said.days if said.days or said.occasion in WITH_DAYS else USUAL_DAYS
    about = {"name": said.name, "kind": said.kind, "occasion": said.occasion, "days": days}
    form = SurveyForm(data=about | texts | {"further": further} | more)
    form.with_room()
    return form


def as_written(survey: Survey, questions: Sequence[SurveyQuestion]) -> Written:
    """A survey as it stands."""
    further = tuple(Further(each.from_score, each.to_score, each.texts, each.id) for each in questions)
    return Written(survey.name, survey.kind, survey.occasion, survey.days, survey.texts, further)
