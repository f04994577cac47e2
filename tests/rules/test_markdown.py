import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.markdown import render

ALLOWED = {
    "a": {"href", "rel", "title"},
    **{name: set() for name in ("p", "h2", "h3", "ul", "li", "strong", "em", "br", "hr", "blockquote")},
    "ol": {"start"},
    "details": set(),
    "summary": set(),
}


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_prose_becomes_html():
    text = "Some **bold** words.\n\n- one\n- two\n\n1. first\n2. second"
    assert render(text) == (
        "<p>Some <strong>bold</strong> words.</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        "<ol>\n<li>first</li>\n<li>second</li>\n</ol>\n"
    )


def test_nothing_is_nothing():
    assert render("") == render("", folds=True) == ""


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# a\n\n## b\n\n### c\n\n###### d\n\n## e", "2 2 3 3 2"),
        ("### the first\n\n### the second", "2 3"),
        ("a\n=\n\nb\n-", "2 2"),
    ],
)
def test_headings_stand_below_the_title_and_skip_no_level(text, levels):
    assert " ".join(re.findall(r"<h(\d)>", render(text))) == levels


@pytest.mark.parametrize(
    ("link", "is_marked"),
    [
        ("https://www.cdc.gov/covid", True),
        ("HTTP://example.org", True),
        ("mailto:ask@example.org", False),
        ("tel:+18005550142", False),
        ("/locations/", False),
    ],
)
def test_links_lead_to_pages_mail_and_phones(link, is_marked):
    rel = ' rel="noreferrer"' if is_marked else ""
    assert render(f"[words]({link})") == f'<p><a href="{link}"{rel}>words</a></p>\n'


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java%0ascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org",
        "//example.org",
        "example.org",
        "?next=x",
        "https://",
    ],
)
def test_other_links_stay_words(link):
    assert "<a" not in render(f"[words]({link})")
    assert "<a" not in render(f"[words][b]\n\n[b]: {link}")


def test_a_path_with_a_backslash_stays_on_this_site():
    assert 'href="/%5Cexample.org"' in render(r"[words](/\\example.org)")


def test_a_link_in_angle_brackets_is_held_to_the_same():
    assert render("<https://example.org>").count("<a ") == 1
    assert "<a" not in render("<javascript:alert(1)>")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<div onclick='x'>\n\nhello\n\n</div>",
        "<!-- hidden -->",
        '[words](https://example.org "><script>alert(1)</script>")',
        '[words](https://example.org/"onmouseover="alert(1))',
        "![picture](https://example.org/x.png)",
        "## <svg onload=alert(1)>\n\ntext",
    ],
)
@pytest.mark.parametrize("folds", [False, True])
def test_no_tag_or_picture_of_the_text_comes_through(text, folds):
    html = render(text, folds=folds)
    assert {tag for tag, _ in Tags(html).found} <= {"p", "a", "h2", "details", "summary"}
    assert all(set(attributes) <= ALLOWED[tag] for tag, attributes in Tags(html).found)


def test_an_indented_line_is_no_code():
    assert render("    four spaces") == "<p>four spaces</p>\n"
    assert "<code" not in render("`ticks`") + render("```\nfence\n```")


def test_what_is_below_a_heading_folds():
    html = render("First.\n\n## One *question*?\n\nAn answer.\n\n### More\n\n## Two?", folds=True)
    assert html == (
        "<p>First.</p>\n"
        "<details>\n<summary>One <em>question</em>?</summary>\n<p>An answer.</p>\n<h3>More</h3>\n</details>\n"
        "<details>\n<summary>Two?</summary>\n</details>\n"
    )


def test_a_heading_inside_a_quote_does_not_fold():
    html = render("> ## Said\n> so", folds=True)
    assert html == "<blockquote>\n<h2>Said</h2>\n<p>so</p>\n</blockquote>\n"


@given(st.text(alphabet="<>&\"'[]()!#*_`-/\\:= \n\tajvscriptx.https1{}", max_size=80), st.booleans())
def test_whatever_is_typed_only_known_tags_come_out(text, folds):
    for tag, attributes in Tags(render(text, folds=folds)).found:
        assert attributes.keys() <= ALLOWED[tag]
        assert re.match(r"(?i)https?://|mailto:|tel:|/(?!/)", attributes.get("href") or "/")
