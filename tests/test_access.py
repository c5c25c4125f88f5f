"""Where somebody may be sent after signing in: our own pages, or home."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.access import safe_next


@pytest.mark.parametrize(
    "target",
    ["//e", "/\\e", "\\\\e", "///e", "javascript:alert(1)", "https://e/", "e", "", None, "/a\nb", "/\t/e", "\x00/",],
)  # fmt: skip
def test_anything_else_is_home(target: str | None) -> None:
    assert safe_next(target) == "/"


def test_our_own_pages_are_kept() -> None:
    assert safe_next("/customers?q=n%C3%BA%C3%B1ez&after=x") == "/customers?q=n%C3%BA%C3%B1ez&after=x"


@given(st.text(max_size=40))
def test_it_never_leaves_the_house(target: str) -> None:
    kept = safe_next(target)
    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
