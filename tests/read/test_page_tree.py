"""The words of a page's elements, taken as slices of its texts."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement  # type: ignore[import-untyped]

from workers.read.markup import parse_page
from workers.read.page_tree import MAX_LINE, MAX_PARTS, PageTree


def tree_of(body: str) -> PageTree:
    tree = parse_page(f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>".encode())
    assert tree is not None
    return tree


def first(tree: PageTree, name: str) -> HtmlElement:
    return next(tree.root.iter(name))


@pytest.mark.parametrize(
    ("body", "inside", "prose", "last"),
    [
        ("<p>One <b>two</b>three</p>Four", "One two three", "One twothree", "three"),
        ("<p>One<br>two</p>", "One two", "One two", "two"),
        ("<p> <b>One</b>\n</p> Two", "One", "One", "One"),
        ("<p>One<script>two</script> three<noscript>four</noscript></p>", "One three", "One three", "three"),
        ("<p>a\u200bb &lt;<i>c</i>&#13;d\u2028e</p>", "ab < c d e", "ab < c d e", "d e"),
        ("<p>One</p>Two", "One", "One", "One"),
        ("<p></p>Two", "", "", ""),
        ("<p> \n </p>Two", "", "", ""),
    ],
    ids=["inline", "break", "blank", "unseen", "characters", "tail", "empty", "only blanks"],
)
def test_the_words_of_an_element_end_where_it_ends(body: str, inside: str, prose: str, last: str) -> None:
    tree = tree_of(body)
    paragraph = first(tree, "p")

    assert tree.inside(paragraph) == inside
    assert tree.prose(paragraph) == prose
    assert tree.last_text(paragraph) == last


def test_only_so_many_characters_and_elements_are_looked_at() -> None:
    long = tree_of(f"<div>{'<p>One word after the other.</p>' * 1_000}</div>")
    deep = tree_of(f"<div>{'<i>a</i>' * 1_000}</div>")

    assert len(long.inside(first(long, "div"))) == MAX_LINE
    assert long.inside(first(long, "div"), 20) == "One word after the o"
    assert deep.inside(first(deep, "div")).count("a") == MAX_PARTS - 1
    assert deep.prose(first(deep, "div")) == "a" * (MAX_PARTS - 1)


def test_what_stands_beside_the_root_of_a_fragment_has_its_words_too() -> None:
    tree = parse_page(b"<head><meta name='a'></head><div><p>One</p></div>")
    assert tree is not None

    assert {tree.inside(element) for element in tree.root.xpath("//p")} == {"One"}
    assert tree.inside(tree.root) == "One"
