"""From findings to signals: spans cut from the text as given, ids from the content, a confidence for each signal.

Nothing is found here; a finding becomes a signal or, twice the same, one signal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import orjson

from stancewire import __version__
from stancewire.codec import digest
from stancewire.types import (
    Article,
    ArticleReference,
    Claimant,
    Denial,
    Entity,
    Evidence,
    Extractor,
    Interference,
    Line,
    Span,
    Stance,
    Technique,
    TextField,
)
from workers.attribution.parties import Party
from workers.confidence import confidence_of
from workers.interference.finding import InterferenceFinding
from workers.stance.finding import StanceFinding
from workers.text.tree import Sentence

EXTRACTOR = Extractor(name="stancewire-rules", version=__version__)


def reference(article: Article) -> ArticleReference:
    """How signals name their article."""
    return ArticleReference(
        id=article.id,
        url=article.url,
        title=article.title,
        outlet=article.outlet,
        published_at=article.published_at,
        revision=article.revision,
        outlet_country=article.outlet_country,
        ownership=article.ownership,
    )


class Assembly:
    """Makes the signals of one field of one article."""

    def __init__(
        self,
        article: Article,
        field: TextField,
        raw: str,
        sentences: Sequence[Sentence],
        disarm: Mapping[str, str | None],
        disarm_version: str,
        weights: Mapping[str, Any],
    ) -> None:
        self._article = reference(article)
        self._revision = article.revision
        self._language = article.language or "en"
        self._field = field
        self._raw = raw
        self._sentences = {sentence.index: sentence for sentence in sentences}
        self._disarm = disarm
        self._disarm_version = disarm_version
        self._weights = weights

    def stance(self, finding: StanceFinding) -> Stance:
        """The signal of a stance."""
        holder = self._entity(finding.holder.holder)
        speaker = (
            finding.speaker.entity if finding.speaker is not None and finding.speaker.entity.type == "person" else None
        )
        signal = Stance(
            id="",
            article=self._article,
            language=self._language,
            evidence=self._evidence(finding.sentence),
            confidence=0.0,
            rule=f"stance.{finding.rule}",
            extractor=EXTRACTOR,
            detected_at=None,
            holder=holder,
            speaker=self._entity(speaker) if speaker is not None else None,
            target=self._entity(finding.target.entity),
            polarity=finding.polarity,
            condition=self._span(finding.condition) if finding.condition is not None else None,
            voice=finding.voice,  # type: ignore[arg-type]
            line=_line(finding.holder),
            act=finding.act,
            cue=self._span(finding.cue),
        )
        return replace(signal, id=self._id(signal), confidence=confidence_of(signal, self._weights))

    def interference(self, finding: InterferenceFinding) -> Interference:
        """The signal of reported interference."""
        target = finding.target.entity if finding.target is not None else None
        actor = finding.actor.state or finding.actor.entity
        signal = Interference(
            id="",
            article=self._article,
            language=self._language,
            evidence=self._evidence(finding.sentence),
            confidence=0.0,
            rule=f"interference.{finding.rule}",
            extractor=EXTRACTOR,
            detected_at=None,
            actor=self._entity(actor),
            actor_link=finding.link,  # type: ignore[arg-type]
            target=self._entity(target) if target is not None else None,
            event=self._entity(finding.event.entity) if finding.event is not None else None,
            techniques=tuple(
                Technique(
                    family=means.family,
                    disarm=self._disarm.get(means.family),
                    disarm_version=self._disarm_version if self._disarm.get(means.family) else None,
                    span=self._cut(means.start, means.end),
                )
                for means in finding.means
            ),
            platforms=finding.platforms,
            status=finding.status,
            claimants=tuple(self._claimant(party, finding) for party in finding.claimants),
            denied_by=tuple(
                Denial(**_fields(self._entity(denial.denier.entity)), span=self._cut(denial.start, denial.end))
                for denial in finding.denials
            ),
            claim=self._cut(finding.start, finding.end),
        )
        return replace(signal, id=self._id(signal), confidence=confidence_of(signal, self._weights))

    def _claimant(self, party: Party, finding: InterferenceFinding) -> Claimant:
        entity = self._entity(party.entity)
        category = party.category
        if category is None and (party.state is not None or entity.type == "state"):
            category = "government"
        if category == "government" and finding.target is not None and party.country != finding.target.country:
            category = "foreign_government"
        if category is None and entity.type == "media":
            category = "media"
        if category is None and entity.type == "person":
            category = "individual"
        return Claimant(**_fields(entity), category=category)  # type: ignore[arg-type]

    def _id(self, signal: Stance | Interference) -> str:
        content = asdict(signal)
        for key in ("id", "article", "extractor", "detected_at", "confidence"):
            del content[key]
        canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode("utf-8")
        return digest("signal", self._revision, signal.kind, canonical, EXTRACTOR.name, EXTRACTOR.version)

    def _evidence(self, sentence: int) -> Evidence:
        found = self._sentences[sentence]
        return Evidence(field=self._field, text=self._raw[found.start : found.end], start=found.start, end=found.end)

    def _entity(self, entity: Entity) -> Entity:
        return replace(entity, mention=self._span(entity.mention))

    def _span(self, span: Span) -> Span:
        return self._cut(span.start, span.end)

    def _cut(self, start: int, end: int) -> Span:
        return Span(text=self._raw[start:end], start=start, end=end)


def _fields(entity: Entity) -> dict[str, Any]:
    return {
        "name": entity.name,
        "type": entity.type,
        "country": entity.country,
        "id": entity.id,
        "mention": entity.mention,
    }


def _line(holder: Party) -> Line:
    if holder.entity.type == "media":
        return "state_media" if holder.actor is None or holder.actor.subkind.startswith("state") else "other"
    return "official" if holder.holder.type == "state" else "other"
