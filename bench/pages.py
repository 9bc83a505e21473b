"""Article pages read, beside plain trafilatura: `python -m bench.pages [--half first|second] [--misses]`.

The pages are real ones with their publishers' text, title, authors and date, and lie beside the repository. Words are
compared as a bag; of scripts without blanks, each character is a word.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura

from stancewire.types import PageReading
from workers.read.body import Body
from workers.read.cleaning import letters
from workers.read.extraction import judge_body, read_page
from workers.read.json_ld import read_json_ld
from workers.read.markup import parse_page, read_markup
from workers.read.paragraphs import words_not_found

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "pages"
#: F1 below which a text is poor, and the page should be flagged.
POOR = 0.8
_WORD = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPage:
    """A page with what its publisher says of it."""

    name: str
    url: str
    body: bytes
    crawled_at: datetime
    text: str
    title: str
    #: None where nothing is said of them.
    authors: tuple[str, ...] | None
    #: As the publisher writes it: `2026-11-20`.
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a reader found in a page, and how well."""

    page: RealPage
    f1: float
    title: bool
    authors: bool | None
    day: bool
    flags: tuple[str, ...]
    seconds: float
    said: tuple[str, tuple[str, ...], str]


def read_pages(folder: Path = FOLDER) -> Iterator[RealPage]:
    """All pages, by country and publisher, oldest first."""
    for truth in sorted(folder.glob("*/*.json")):
        versions: dict[str, dict[str, Any]] = json.loads(truth.read_text("utf-8"))
        about: dict[str, dict[str, str]] = json.loads((truth.parent / "meta.info").read_text("utf-8"))
        paths = sorted(truth.parent.glob(f"{truth.stem}_*.html.gz"))
        for path, said in zip(paths, versions.values(), strict=True):
            yield RealPage(
                name=path.name.removesuffix(".html.gz"),
                url=about[path.name]["url"],
                body=gzip.decompress(path.read_bytes()),
                crawled_at=datetime.fromisoformat(about[path.name]["crawl_date"]).replace(tzinfo=UTC),
                text="\n".join(_lines(said["body"])),
                title=said["title"],
                authors=tuple(said["authors"]) if said.get("authors") else None,
                day=said["publishing_date"][:10],
            )


def halves(pages: Sequence[RealPage]) -> tuple[tuple[RealPage, ...], tuple[RealPage, ...]]:
    """The pages of every other publisher, and those of the others."""
    names = sorted({page.name.partition("_")[0] for page in pages})
    first = frozenset(names[::2])
    return (
        tuple(page for page in pages if page.name.partition("_")[0] in first),
        tuple(page for page in pages if page.name.partition("_")[0] not in first),
    )


def _lines(body: dict[str, Any]) -> Iterator[str]:
    yield from body["summary"]
    for section in body["sections"]:
        yield from (*section["headline"], *section["paragraphs"])


def plain(page: RealPage) -> Found:
    """What trafilatura finds by itself, with its defaults."""
    started = time.process_time()
    document = trafilatura.bare_extraction(page.body, url=page.url, include_comments=False, with_metadata=True)
    seconds = time.process_time() - started
    authors = tuple((document.author or "").split("; ")) if document and document.author else ()
    text, title, day = (document.text, document.title, document.date) if document else ("", "", "")
    return _scored(page, text or "", title or "", authors, day or "", (), seconds)


def ours(page: RealPage) -> Found:
    """What the reader finds, without a feed."""
    started = time.process_time()
    reading = read_page(page.body, content_type="text/html", url=page.url, before=page.crawled_at)
    seconds = time.process_time() - started
    if not isinstance(reading, PageReading):
        return _scored(page, "", "", (), "", ("refused",), seconds)
    day = reading.published_at.isoformat()[:10] if reading.published_at else ""
    return _scored(page, reading.text, reading.title, reading.authors, day, reading.quality.flags, seconds)


def damaged(page: RealPage, another: RealPage) -> Iterator[tuple[str, bool]]:
    """Texts of a page that are not its article, by the damage, and whether each is flagged."""
    tree = parse_page(page.body)
    reading = read_page(page.body, content_type="text/html", url=page.url, before=page.crawled_at)
    if tree is None or not isinstance(reading, PageReading):
        return
    lines = reading.text.split("\n")
    markup = read_markup(tree)
    for damage, text in (
        ("first half", "\n".join(lines[: len(lines) // 2])),
        ("second half", "\n".join(lines[len(lines) // 2 :])),
        ("first third", "\n".join(lines[: len(lines) // 3])),
        ("another article", another.text),
    ):
        if overlap(text, page.text) < POOR:
            body = Body(text=text, source="trafilatura", not_found=words_not_found(text, tree))
            linked = read_json_ld(markup.scripts)
            yield damage, bool(judge_body(body, tree, markup, linked, title=reading.title, url=page.url).flags)


def _scored(
    page: RealPage, text: str, title: str, authors: tuple[str, ...], day: str, flags: Sequence[str], seconds: float
) -> Found:
    return Found(
        page=page,
        f1=overlap(text, page.text),
        title=_same(title) == _same(page.title),
        authors=None if page.authors is None else set(map(_same, authors)) == set(map(_same, page.authors)),
        day=day == page.day,
        flags=tuple(flags),
        seconds=seconds,
        said=(title, authors, day),
    )


def overlap(found: str, expected: str) -> float:
    """F1 of the words of two texts."""
    left, right = Counter(_words(found)), Counter(_words(expected))
    return 2 * (left & right).total() / max(1, left.total() + right.total())


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _same(text: str) -> str:
    return letters(unicodedata.normalize("NFKC", text))


def lines_of(name: str, found: Sequence[Found]) -> Iterator[str]:
    """The figures of one reader."""
    known = [one.authors for one in found if one.authors is not None]
    poor = [one for one in found if one.f1 < POOR]
    flagged = [one for one in found if one.flags]
    yield f"{name}: {len(found)} pages, {len(found) / max(1e-9, sum(one.seconds for one in found)):.1f} a second of CPU"
    yield f"  body F1       {_mean(one.f1 for one in found):.3f}"
    yield f"  date          {_mean(one.day for one in found):.1%}"
    yield f"  title         {_mean(one.title for one in found):.1%}"
    yield f"  authors       {_mean(known):.1%} of {len(known)}"
    if name != "trafilatura":
        yield f"  below {POOR:.2f}    {len(poor)} pages, of which flagged {sum(bool(one.flags) for one in poor)}"
        yield f"  flagged       {len(flagged)} pages, of which below {POOR:.2f} {sum(one.f1 < POOR for one in flagged)}"


def _mean(values: Iterable[float]) -> float:
    some = list(values)
    return sum(some) / max(1, len(some))


def _missed(one: Found) -> Iterator[str]:
    title, authors, day = one.said
    page = one.page
    if one.f1 < 0.9 or one.flags:
        yield f"{page.name}: F1 {one.f1:.3f} {' '.join(one.flags)}"
    if not one.title:
        yield f"{page.name}: title {title!r}, not {page.title!r}"
    if one.authors is False:
        yield f"{page.name}: authors {authors}, not {page.authors}"
    if not one.day:
        yield f"{page.name}: date {day}, not {page.day}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=("first", "second"), help="only every other publisher's pages")
    parser.add_argument("--misses", action="store_true", help="say what was missed")
    arguments = parser.parse_args()
    if not FOLDER.is_dir():
        parser.exit(1, f"the pages are not at {FOLDER}\n")
    pages = tuple(read_pages())
    if arguments.half:
        pages = halves(pages)[arguments.half == "second"]
    found = [ours(page) for page in pages]
    for name, some in (("trafilatura", [plain(page) for page in pages]), ("ours", found)):
        print(*lines_of(name, some), sep="\n")
    counts: dict[str, Counter[bool]] = {}
    for page, another in zip(pages, pages[-1:] + pages[:-1], strict=True):
        for damage, is_flagged in damaged(page, another):
            counts.setdefault(damage, Counter())[is_flagged] += 1
    print("texts damaged on purpose, and flagged:")
    print(*(f"  {damage:15} {some[True]} of {some.total()}" for damage, some in counts.items()), sep="\n")
    if arguments.misses:
        print(*(line for one in found for line in _missed(one)), sep="\n")


if __name__ == "__main__":
    main()
