"""Reading and writing feed lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds.lists import id_of, read_feeds, sift_feeds, write_opml, write_toml
from stancewire.errors import ConfigurationError
from stancewire.types import Feed

ROOT = Path(__file__).parents[2]
FEEDS = (
    Feed(
        id="bbc-world",
        url="https://feeds.example/world.xml?a=1&b=2",
        outlet='The "Example" <World> \\ Δ\x7f',
        country="GB",
        language="en",
        ownership="public",
        source="a list",
    ),
    Feed(id="plain", url="http://plain.example/", outlet="Plain"),
)


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_feeds(text, "feeds.toml")
    return [str(problem) for problem in caught.value.problems]


def test_the_catalogue_can_be_read_and_written_in_both_forms() -> None:
    feeds = read_feeds((ROOT / "seeds" / "feeds.toml").read_text("utf-8"), "feeds.toml")

    assert len(feeds) > 100
    assert read_feeds(write_toml(feeds), "again") == feeds
    assert read_feeds(write_opml(feeds), "again") == feeds


def test_awkward_names_survive_toml() -> None:
    assert read_feeds(write_toml(FEEDS), "again") == FEEDS


def test_75_all_problems_are_told_at_once_with_their_lines() -> None:
    found = problems(
        '[[feed]]\nid = "Bad Id"\nurl = "javascript:alert(1)"\noutlet = "x"\ncountry = "UK"\n\n'
        '[[feed]]\nid = "a"\nurl = "http://a.example/"\noutlet = "x"\ncolour = "red"\n\n'
        '[[feed]]\nid = "b"\nurl = "http://b.example/"\noutlet = "x"\n\n'
        '[[feed]]\nid = "b"\nurl = "http://b.example/"\noutlet = "x"\n\n'
        '[[feed]]\nid = "c"\n'
    )

    places = [line.partition(": ")[0] for line in found]
    assert places == [f"feeds.toml:{line}" for line in (2, 5, 3, 11, 19, 20, 23, 23)]
    assert "GB" in found[1]
    assert "Known: id, url, outlet" in found[3]
    assert "first in line 14" in found[4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no feeds"),
        ("[[feed", "feeds.toml"),
        ('x = 1\n[[feed]]\nid = "a"\nurl = "http://a.example/"\noutlet = "x"', "unknown key 'x'"),
        ("feed = 3", "not a list"),
        ("<opml><body>\n<outline", "feeds.toml:2: not well-formed"),
        ("<opml><body>\n<outline xmlUrl='javascript:alert(1)'/></body></opml>", "feeds.toml:2: the url begins with"),
        ("<opml><body>\n<outline xmlUrl='http://u:p@a.example/'/></body></opml>", "a user name"),
    ],
)
def test_what_is_no_list_is_explained(text: str, message: str) -> None:
    assert message in "\n".join(problems(text))


def test_13_entities_and_document_types_are_refused() -> None:
    bomb = '<!DOCTYPE o [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><opml><outline xmlUrl="&c;"/></opml>'

    assert "a document type or entities" in problems(bomb)[0]


def test_an_opml_list_of_a_feed_reader_is_read() -> None:
    feeds = read_feeds(
        '\ufeff<?xml version="1.0" encoding="ISO-8859-1"?><opml version="1.0"><body><outline text="News">'
        '<outline type="rss" text="Ünited" xmlUrl="https://www.a.example/rss.xml" language="en-us"/></outline>'
        '<outline text="Again" xmlurl="https://www.a.example/rss.xml"/></body></opml>',
        "reader.opml",
    )

    assert [(feed.id, feed.outlet, feed.language) for feed in feeds] == [
        (id_of("https://www.a.example/rss.xml"), "Ünited", "en")
    ]


@pytest.mark.parametrize(
    ("written", "outlet"),
    [
        ("Arts & Letters", "Arts & Letters"),
        ("Q&A", "Q&A"),
        ("Less < more", "Less < more"),
        ("Caf&eacute; &amp; bar &#8217;s", "Café & bar ’s"),
        ("Smith &Sons; &", "Smith &Sons; &"),
        ("A <b>bold</b> name\x08", "A <b>bold</b> name"),
    ],
)
def test_opml_with_bare_signs_in_its_attributes_is_read(written: str, outlet: str) -> None:
    feeds = read_feeds(
        f'<opml version="2.0"><head><title>A & B</title></head><body><outline text="One & two">\n'
        f'<outline text="{written}" xmlUrl="https://a.example/rss?a=1&b=2"/>\n</outline></body></opml>',
        "reader.opml",
    )

    assert [(feed.outlet, feed.url) for feed in feeds] == [(outlet, "https://a.example/rss?a=1&b=2")]


def test_opml_that_breaks_off_gives_what_it_has_and_says_where_it_ends() -> None:
    sifted = sift_feeds(
        '<opml><body>\n<outline text="A & B" xmlUrl="https://a.example/rss"/>\n<outline text="cut', "cut.opml"
    )

    assert [feed.outlet for feed in sifted.feeds] == ["A & B"]
    assert str(sifted.problems[0]).startswith("cut.opml:3: not well-formed")


def test_13_feeds_of_a_list_that_cannot_be_used_are_told_and_left_out() -> None:
    sifted = sift_feeds(
        '<opml><body>\n<outline text="Bad" xmlUrl="javascript:alert(1)"/>\n'
        '<outline text="Good" xmlUrl="https://a.example/rss"/></body></opml>',
        "mixed.opml",
    )

    assert [feed.outlet for feed in sifted.feeds] == ["Good"]
    assert [problem.line for problem in sifted.problems] == [2]


def test_exported_feeds_of_a_country_stand_in_a_folder() -> None:
    text = write_opml(FEEDS)

    assert '<outline text="GB">\n<outline type="rss"' in text
    assert read_feeds(text, "again") == FEEDS
