"""Reports, stances and revisions as they stand on the stream; all sentences are invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from stancewire import codec
from stancewire.types import (
    Announcement,
    ArticleReference,
    Claimant,
    Denial,
    Entity,
    Evidence,
    Extractor,
    Gone,
    Interference,
    Replacement,
    Revision,
    Span,
    Stance,
    Technique,
)

MORNING = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
SENTENCE = "Northland's spy chief said that Southland had hired trolls, which Southland denied."
_EXTRACTOR = Extractor(name="stancewire-rules", version="0")


def reference(name: str = "story", **changed: object) -> ArticleReference:
    found = ArticleReference(
        id=name,
        url=f"https://gazette.example/{name}",
        title=f"Of {name}",
        outlet="The Gazette",
        published_at=MORNING,
        revision="r1",
        outlet_country="GB",
        ownership="public",
    )
    return replace(found, **changed)  # type: ignore[arg-type]


def span(text: str) -> Span:
    return Span(text=text, start=0, end=len(text))


def state(name: str, country: str | None) -> Entity:
    return Entity(name=name, type="state", country=country, id=None, mention=span(name))


def claimant(name: str, country: str | None = "LV", category: object = "government") -> Claimant:
    return Claimant(
        name=name,
        type="organisation",
        country=country,
        id=None,
        mention=span(name),
        category=category,  # type: ignore[arg-type]
    )


def technique(family: str, words: str = "trolls", disarm: str | None = None) -> Technique:
    return Technique(family=family, disarm=disarm, disarm_version="1.7" if disarm else None, span=span(words))


def report(name: str, **changed: object) -> Interference:
    found = Interference(
        id=name,
        article=reference(),
        language="en",
        evidence=Evidence(field="text", text=SENTENCE, start=0, end=len(SENTENCE)),
        confidence=0.875,
        rule="interference.rule",
        extractor=_EXTRACTOR,
        detected_at=MORNING + timedelta(minutes=5),
        actor=state("Russia", "RU"),
        actor_link="direct",
        target=state("Moldova", "MD"),
        event=None,
        techniques=(technique("social_media_campaign", "fake accounts", "T0049"),),
        platforms=("Facebook", "Telegram"),
        status="alleged",
        claimants=(claimant("State Security Service"),),
        denied_by=(Denial(name="Russia", type="state", country="RU", id=None, mention=span("R"), span=span("denied")),),
        claim=span("hired"),
    )
    return replace(found, **changed)  # type: ignore[arg-type]


def stance(name: str, article: str = "story") -> Stance:
    return Stance(
        id=name,
        article=reference(article),
        language="en",
        evidence=Evidence(field="text", text="Southland thanks Northland.", start=0, end=27),
        confidence=0.9,
        rule="thank",
        extractor=_EXTRACTOR,
        detected_at=MORNING,
        holder=state("Russia", "RU"),
        speaker=None,
        target=state("France", "FR"),
        polarity="favourable",
        condition=None,
        voice="narrated",
        line="official",
        act=None,
        cue=span("thanks"),
    )


def revision(
    number: int = 2,
    *,
    article: ArticleReference | None = None,
    gone: Iterable[str] = (),
    changed: Iterable[tuple[str, str]] = (),
    added: Iterable[str] = (),
    hours: int = 1,
    language: str | None = "en",
) -> Revision:
    return Revision(
        id=f"revision {number}",
        article=article or reference(revision=f"r{number}"),
        language=language,
        number=number,
        former_revision=f"r{number - 1}",
        change="body",
        reason="known link, another text in its body",
        extractor=_EXTRACTOR,
        detected_at=MORNING + timedelta(hours=hours),
        unchanged=(),
        changed=tuple(Replacement(former=former, now=now, differs=("status",)) for former, now in changed),
        gone=tuple(Gone(id=each, kind="interference", by="Russia", toward="Moldova", evidence="…") for each in gone),
        added=tuple(added),
    )


def printed(*entries: Announcement) -> bytes:
    """As `tail --json` prints them."""
    return b"".join(codec.announcements.encode(each) + b"\n" for each in entries)
