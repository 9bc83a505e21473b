"""What a feed's document can do to a parser, 34 to 40: all of it bounded, and what is honest in it is kept."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bounded_cost import needs_proc
from hostile_desk import desk, items_in, of
from hostile_documents import AFTER, BEFORE, DOCUMENTS, TRAP, between, rss
from parsing_child import Child, parsing, text_of, titles
from raw_site import RawSite, page, paths

from config.characters import UNSAFE
from stancewire.testing import FakeStore
from stancewire.types import FetchFailed, ParsedFeed

#: Megabytes that a child may take for one document beyond what it holds at rest.
MEMORY_MB = 150

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def child() -> AsyncIterator[Child]:
    async with parsing() as made:
        yield made


@needs_proc
@pytest.mark.parametrize("name", DOCUMENTS)
async def test_34_to_44_what_is_hostile_costs_a_second_and_some_memory_and_the_other_entries_are_kept(
    child: Child, name: str
) -> None:
    with RawSite() as trap:
        answer, cost = await child.measured(DOCUMENTS[name]().replace(TRAP, trap.url()[:-1]))
        assert trap.connections == 0

    assert isinstance(answer, ParsedFeed), answer
    assert (titles(answer)[0], titles(answer)[-1]) == ("Before", "After")
    assert cost.cpu_s <= 1
    assert cost.memory_mb < MEMORY_MB
    assert not any("root:" in text_of(entry) or "lollol" in text_of(entry) for entry in answer.entries)
    assert not any(UNSAFE.search(text_of(entry).replace("\n", "")) for entry in answer.entries)


async def test_35_an_entry_that_is_left_out_is_told_with_its_place_and_the_reason(child: Child) -> None:
    parsed = await child.parsed(between("<b>" * 200_000))

    assert [(skip.position, skip.reason) for skip in parsed.skips] == [(1, "more than 10000 tags")]


FORMS = {
    "rss": ('<rss version="2.0"><channel><title>W</title>', "<item><title>Story {}</title></item>", "</channel></rss>"),
    "rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>W</title></channel>",
        "<item><title>Story {}</title></item>",
        "</rdf:RDF>",
    ),
    "atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title>',
        "<entry><title>Story {}</title><summary>What happened.</summary></entry>",
        "</feed>",
    ),
}


@pytest.mark.parametrize("form", FORMS)
async def test_39_a_document_cut_off_anywhere_gives_its_whole_entries_and_is_marked(child: Child, form: str) -> None:
    head, item, tail = FORMS[form]
    items = [item.format(number) for number in range(3)]
    whole = head + "".join(items) + tail
    for cut in range(len(head) + len(items[0]), len(whole), 3):
        parsed = await child.parsed(whole[:cut])
        complete = min(3, sum(cut >= len(head) + sum(map(len, items[: count + 1])) for count in range(3)))
        assert titles(parsed)[:complete] == [f"Story {number}" for number in range(complete)], whole[:cut]
        assert parsed.malformed


@pytest.mark.parametrize(
    "document",
    [
        '<rss version="2.0"><channel><title>W</title></channel></rss>',
        '<rss version="2.0"><channel/></rss>',
        '<rss version="2.0"/>',
        '<feed xmlns="http://www.w3.org/2005/Atom"></feed>',
        '{"version":"https://jsonfeed.org/version/1.1","items":[]}',
    ],
)
async def test_40_a_feed_without_entries_is_a_feed(child: Child, document: str) -> None:
    assert (await child.parsed(document)).entries == ()


@pytest.mark.parametrize("document", ["", " \n", "\ufeff", "\x00" * 1_000, "<", "{", "[]", "null"])
async def test_40_nothing_at_all_is_no_feed_and_says_so(child: Child, document: str) -> None:
    answer = await child.parse(document)

    assert isinstance(answer, FetchFailed)
    assert answer.kind == "not_a_feed"


@needs_proc
@pytest.mark.parametrize("written", ["Number {}", "Number {} &amp; so", "Number {} & so"])
async def test_40_of_a_hundred_thousand_entries_a_thousand_are_read_and_the_rest_counted(
    child: Child, written: str
) -> None:
    items = (f"<title>{written.format(n)}</title><link>https://a.example/{n}</link>" for n in range(100_000))
    answer, cost = await child.measured(rss(*items))

    assert isinstance(answer, ParsedFeed), answer
    assert (len(answer.entries), answer.truncated) == (1_000, 99_000)
    assert cost.cpu_s <= 1
    assert cost.memory_mb < 300


@needs_proc
async def test_40_entries_that_are_too_much_together_are_left_out_the_heaviest_first(child: Child) -> None:
    fat = f"<title>Fat & so</title><description>{'<b>x</b>' * 200}</description>"
    answer, cost = await child.measured(rss(*([fat] * 100), BEFORE, AFTER))

    assert isinstance(answer, ParsedFeed), answer
    assert titles(answer)[-2:] == ["Before", "After"]
    assert 30 < len(answer.skips) < 60
    assert cost.cpu_s <= 1


@needs_proc
async def test_40_a_packed_document_is_unpacked_within_a_limit(child: Child) -> None:
    good = await child.parsed(gzip.compress(rss(BEFORE, AFTER).encode()))
    bomb, cost = await child.measured(gzip.compress(b"<rss>" + b"\0" * 100_000_000))
    torn = await child.parse(gzip.compress(rss(BEFORE, AFTER).encode())[:-20])

    assert titles(good) == ["Before", "After"]
    assert isinstance(bomb, FetchFailed)
    assert "is packed and has more than" in bomb.detail
    assert cost.cpu_s <= 1
    assert cost.memory_mb < MEMORY_MB
    assert isinstance(torn, FetchFailed)
    assert "cannot be read" in torn.detail


@pytest.mark.slow
async def test_34_to_44_one_poller_takes_in_the_honest_entries_of_every_hostile_feed(child: Child) -> None:
    store = FakeStore()
    with RawSite() as site:
        async with desk(store, child.parser) as at:
            for number, make in enumerate(DOCUMENTS.values()):
                # Each in words and under links of its own: else they would be one outlet's copies of another's.
                own = make().replace("Before", f"Before {number}").replace("After", f"After {number}")
                own = own.replace("https://a.example/", f"https://a.example/2026/of-feed-{number}-")
                own = own.replace(TRAP, site.url()[:-1])
                site.answers[f"/{number}"] = page(own.encode("utf-8", "surrogatepass"))
                report = await at.poll(of(site, str(number), f"Outlet {number}"))
                assert report.outcome == "polled", report.failure

    titles_taken = {item.entry.title for item in items_in(store)}
    assert titles_taken >= {f"{word} {number}" for word in ("Before", "After") for number in range(len(DOCUMENTS))}
    assert list(paths(site)) == [f"/{number}" for number in range(len(DOCUMENTS))]
