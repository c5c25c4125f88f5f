"""What a client would see of a survey while it is being written."""

from dataclasses import dataclass

from portal.surveys.scales import SCALES
from portal.surveys.wording import SHOWN_NAME, addressed
from portal.surveys.writing import Written


@dataclass(frozen=True)
class Preview:
    """The public page in one language, with one score chosen: its words with a name put into them."""

    kind: str
    locale: str
    given: int
    words: dict[str, str]
    further: list[str]

    @property
    def scores(self) -> range:
        """Every score that can be given."""
        return SCALES[self.kind].scores

    @property
    def open_question(self) -> str:
        """What is asked beside the score."""
        return self.words[f"open_{SCALES[self.kind].feeling(self.given)}"]


def preview(said: Written, locale: str, given: int | None) -> Preview:
    """How it looks in that language to somebody who gave that score, or the lowest happy one."""
    scale = SCALES[said.kind]
    score = given if given is not None and given in scale.scores else scale.happy
    words = {word: addressed(text, SHOWN_NAME) for word, text in said.texts[locale].items()}
    further = [each.texts[locale] for each in said.further if each.from_score <= score <= each.to_score]
    return Preview(said.kind, locale, score, words, further)
