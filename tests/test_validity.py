"""What the look at every page finds, and what it takes for the same."""

import pytest

from tests.validity import look_at, shape_of

PAGE = "<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
ROW = '<tr id="a"><td class="b">Ana &amp; Luis</td></tr>'

pytestmark = pytest.mark.once


def page(body: str, title: str = "Customers") -> str:
    return PAGE.format(title=title, body=body)


@pytest.mark.parametrize(
    "html",
    [
        page('<p class="lead">Ana &amp; Luis</p>'),
        page("<form><input type='hidden' name='a' value='{\"b\": \"&lt;\"}'></form>"),
        page('<a href="/" hx-target="next > tr">a &gt; b</a><svg viewBox="0 0 1 1"><use href="#a"/></svg>'),
    ],
)
def test_what_is_right(html: str) -> None:
    look_at(html, fragment=False)
    look_at(html, fragment=True)


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        (page("<p>Ana</div>"), "invalid HTML"),
        (page("<div>Ana"), "invalid HTML"),
        (page("<form><form></form></form>"), "invalid HTML"),
        (page("<table><p>Ana</p></table>"), "invalid HTML"),
        (page("<p>Ana &nosuch; Luis</p>"), "invalid HTML"),
        (page("<p>Ana \x01 Luis</p>"), "invalid HTML"),
        (page('<a href="/a" class="b" href="/c">Ana</a>'), "invalid HTML"),
        (page('<a href="/a"class="b">Ana</a>'), "invalid HTML"),
        (page('<a href="/a>Ana</a>'), "invalid HTML"),
        (page('<a href="?a=&nosuch;">Ana</a>'), "invalid HTML"),
        (page('<table><tr><td></td></tr><input type="text"></table>'), "invalid HTML"),
        (page('<div class="a"/>Ana'), "invalid HTML"),
        (page('<p id="a"></p><p class="b" id="a"></p>'), "stand twice"),
        (page("", title=" "), "empty title"),
        (page("").replace("<title>Customers</title>", ""), "without a title"),
    ],
)
def test_what_is_wrong(html: str, fault: str) -> None:
    for _ in range(2):  # what was refused is refused again
        with pytest.raises(AssertionError, match=fault):
            look_at(html, fragment=False)


def test_a_fragment_has_one_root_and_is_no_page() -> None:
    look_at(ROW, fragment=True)
    with pytest.raises(AssertionError, match="one root"):
        look_at(ROW + ROW.replace('"a"', '"c"'), fragment=True)
    with pytest.raises(AssertionError, match="a fragment came"):
        look_at(ROW, fragment=False)


def test_words_and_attributes_are_no_part_of_the_shape() -> None:
    assert shape_of(ROW) == "<tr><td>x</td></tr>"
    assert shape_of(ROW) == shape_of('<tr><td title="&lt;b&gt;">Sierra Azul</td></tr>')
    assert shape_of("<ul> <li hidden> </li>\n</ul>") == "<ul> <li> </li> </ul>"
