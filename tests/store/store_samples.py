"""Small values for the tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime

from stancewire.codec import digest
from stancewire.types import (
    Acceptance,
    Article,
    ArticleReference,
    Entity,
    Entry,
    Evidence,
    Extractor,
    Feed,
    FeedState,
    Gone,
    Interference,
    Item,
    Page,
    PageTally,
    Publication,
    Revision,
    Sighting,
    Span,
    Stance,
)

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
#: Few enough that they meet, digests and what is none.
NAMES = (*(digest("name", str(number)) for number in range(6)), "a", "b" * 15, "b" * 16, "c" * 70)
WORDS = (*(digest("words", str(number), length=16) for number in range(3)), "first")
SHORT = tuple(digest("short", str(number), length=8) for number in range(3))
FEED = Feed(id="gazette", url="https://gazette.example/feed", outlet="The Gazette")


def item(name: str, *, fingerprint: str = "first", revision: int = 1, page: bytes = b"<p>page</p>") -> Item:
    return Item(
        id=f"{name}-{fingerprint}",
        article_id=name,
        fingerprint=fingerprint,
        revision=revision,
        feed=FEED,
        entry=Entry(
            guid=name,
            link=f"https://gazette.example/{name}",
            title=name,
            summary="",
            content="",
            authors=(),
            published_at=NOON,
            updated_at=None,
            time_confidence="stated",
            language="en",
        ),
        page=Page(url=f"https://gazette.example/{name}", content_type="text/html", body=page),
        page_error=None,
        fetched_at=NOON,
    )


def acceptance(
    *items: Item,
    batch_id: str = "batch",
    feed_state: FeedState | None = None,
    sightings: tuple[Sighting, ...] = (),
    at: datetime = NOON,
) -> Acceptance:
    return Acceptance(items=items, feed_state=feed_state, batch_id=batch_id, at=at, sightings=sightings)


def article(name: str) -> Article:
    return Article(
        id=name,
        revision="r1",
        url=f"https://gazette.example/{name}",
        title=name,
        text="Russia thanks France.",
        outlet="The Gazette",
        outlet_country=None,
        ownership=None,
        feed_id="gazette",
        authors=(),
        published_at=NOON,
        time_confidence="stated",
        language="en",
        quality="full",
    )


def stance(signal_id: str, *, name: str = "story", detected_at: datetime | None = None) -> Stance:
    return Stance(
        id=signal_id,
        article=ArticleReference(
            id=name,
            url=f"https://gazette.example/{name}",
            title=name,
            outlet="The Gazette",
            published_at=NOON,
            revision="r1",
        ),
        language="en",
        evidence=Evidence(field="text", text="Russia thanks France.", start=0, end=21),
        confidence=0.9,
        rule="thank",
        extractor=Extractor(name="stancewire", version="0"),
        detected_at=detected_at,
        holder=_state("Russia", "RU", 0),
        speaker=None,
        target=_state("France", "FR", 14),
        polarity="favourable",
        condition=None,
        voice="narrated",
        line="official",
        act=None,
        cue=Span(text="thanks", start=7, end=13),
    )


def interference(signal_id: str) -> Interference:
    like = stance(signal_id)
    return Interference(
        id=signal_id,
        article=like.article,
        language="en",
        evidence=like.evidence,
        confidence=0.6,
        rule="meddle",
        extractor=like.extractor,
        detected_at=None,
        actor=like.holder,
        actor_link="direct",
        target=like.target,
        event=None,
        techniques=(),
        platforms=(),
        status="alleged",
        claimants=(),
        denied_by=(),
        claim=like.cue,
    )


def publication(accepted: Item, *signals: Stance) -> Publication:
    return Publication(
        item_id=accepted.id,
        article=article(accepted.article_id),
        page=PageTally(),
        signals=signals,
        revision=None,
        follows=0,
        standing=None,
    )


def revision(name: str) -> Revision:
    like = stance(name)
    return Revision(
        id=name,
        article=like.article,
        language="en",
        number=2,
        former_revision="r0",
        change="body",
        reason="known link, another text in its body",
        extractor=like.extractor,
        detected_at=None,
        unchanged=(),
        changed=(),
        gone=(Gone(id="s0", kind="stance", by="Russia", toward="France", evidence="Russia thanks France."),),
        added=(),
    )


def _state(name: str, country: str, start: int) -> Entity:
    mention = Span(text=name, start=start, end=start + len(name))
    return Entity(name=name, type="state", country=country, id=None, mention=mention)
