"""Markdown of a center's own pages to HTML. Whatever is typed, nothing but plain prose comes out:
no tag of its own, no picture, and links only to web pages, mail, phones and places on this site."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

# A path, and not "//example.org": that is another site. (A backslash reaches browsers as %5C.)
_LINK = re.compile(r"(?:https?://|mailto:|tel:)\S|/(?!/)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"https?:", re.IGNORECASE)


def render(text: str, *, folds: bool = False) -> str:
    """HTML below a page's own `h1`: headings become `h2`, and `h3` where they are deeper.

    `folds`: each `h2` with what follows it stands in a `details`, closed, its words in the `summary`.
    """
    tokens = _PARSER.parse(text)
    _set_levels(tokens)
    _mark_links(tokens)
    if not folds:
        return _html(tokens)
    return "".join(_folded(part) for part in _parts(tokens))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    # An indented line is a slip of the keyboard and no computer code.
    parser.disable(["html_block", "html_inline", "image", "code", "fence", "backticks"])
    parser.validateLink = lambda url: _LINK.match(url.strip()) is not None  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def _html(tokens: Sequence[Token]) -> str:
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return html


def _set_levels(tokens: Sequence[Token]) -> None:
    """No level is skipped: an `h3` has an `h2` before it."""
    has_top = False
    for token in tokens:
        if token.type not in ("heading_open", "heading_close"):
            continue
        token.tag = "h3" if has_top and token.tag not in ("h1", "h2") else "h2"
        has_top = has_top or token.type == "heading_close"


def _mark_links(tokens: Sequence[Token]) -> None:
    """Another site is not told which page led to it."""
    for token in tokens:
        for inner in token.children or ():
            if inner.type == "link_open" and _ELSEWHERE.match(str(inner.attrGet("href"))):
                inner.attrSet("rel", "noreferrer")


def _parts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """What is before the first heading, then each heading with what belongs to it."""
    top = ("heading_open", "h2", 0)  # not one inside a list or a quote
    starts = [at for at, token in enumerate(tokens) if (token.type, token.tag, token.level) == top]
    edges = [0, *starts, len(tokens)]
    for start, end in pairwise(edges):
        if start < end:
            yield tokens[start:end]


def _folded(part: Sequence[Token]) -> str:
    if part[0].type != "heading_open":
        return _html(part)
    _opens, words, _closes, *rest = part
    return f"<details>\n<summary>{_html([words])}</summary>\n{_html(rest)}</details>\n"
