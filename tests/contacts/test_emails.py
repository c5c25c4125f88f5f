"""E-mail addresses: one stored form, refused by shape."""

import pytest

from portal.contacts.emails import EmailNotUnderstood, normalise_email


def test_case_and_space_make_no_difference() -> None:
    assert normalise_email("  Ana.Robles@Sierra-Azul.MX ") == "ana.robles@sierra-azul.mx"
    assert normalise_email("ñandú@correo.es") == "ñandú@correo.es"
    assert normalise_email("mailto:a@b.co") == "a@b.co"


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "x@y", "a@b..c", "a b@c.d", "a@b.c\r\nBcc: d@e.f", ".a@b.co", "a..b@c.co", "a@-b.co", "x@127.0.0.1",
        "a@b@c.co", '"a"@b.co', "a@b.co\x00", "a\u202e@b.co", "a" * 65 + "@b.co", "a@" + "b" * 250 + ".co",
    ],
)  # fmt: skip
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(EmailNotUnderstood):
        normalise_email(text)
