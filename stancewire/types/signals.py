"""The signals: who takes what stance toward whom, and who is reported to interfere where.

This is the contract with consumers: fields are only ever added within a major version. All spans of one signal lie in
the field that its evidence names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stancewire.types.feeds import Ownership
from stancewire.types.identity import Change

EntityType = Literal["state", "person", "organisation", "media", "group", "election", "place", "thing"]
TextField = Literal["text", "title"]
Polarity = Literal["favourable", "adverse", "neutral"]
Voice = Literal["quoted", "paraphrased", "narrated"]
Line = Literal["official", "state_media", "other"]
#: How words are held that a text lays to somebody; `expressed` where they are wished, judged, asked or spoken about.
Held = Literal["said", "alleged", "assessed", "warned", "denied", "admitted", "expressed"]
Status = Literal["alleged", "assessed", "confirmed", "warned", "refuted"]
ActorLink = Literal["direct", "proxy", "unspecified"]
ClaimantCategory = Literal[
    "government",
    "foreign_government",
    "technology_company",
    "media",
    "civil_society",
    "individual",
    "private_consultancy",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Words of the article: `field[start:end] == text`, in characters."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words that carry a signal, and the field they stand in."""

    field: TextField
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Somebody or something named by a text, resolved as far as the knowledge goes."""

    #: Canonical name ("Russia", "Dmitry Peskov").
    name: str
    type: EntityType
    #: ISO 3166 alpha-2, `EU` for the European Union.
    country: str | None
    #: Wikidata item, where known.
    id: str | None
    mention: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant(Entity):
    """Somebody who says that it happened."""

    category: ClaimantCategory | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial(Entity):
    """Somebody who denies it, and the words of the denial."""

    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """A family of techniques that the text names."""

    family: str
    #: Technique of the DISARM framework, with the version of the framework it is taken from.
    disarm: str | None
    disarm_version: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleReference:
    """The revision of the article that a signal was found in."""

    id: str
    url: str | None
    title: str
    outlet: str | None
    published_at: datetime | None
    revision: str
    #: ISO 3166 alpha-2 of the outlet's home, and who owns it, as the feed list has them.
    outlet_country: str | None = None
    ownership: Ownership | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """The program that found a signal."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """One holder's position toward one target, as the text reports it."""

    id: str
    kind: Literal["stance"] = "stance"
    article: ArticleReference
    language: str
    evidence: Evidence
    #: 0 to 1.
    confidence: float
    rule: str
    extractor: Extractor
    #: None where nobody was watching, as in `stancewire analyse`.
    detected_at: datetime | None
    holder: Entity
    speaker: Entity | None
    target: Entity
    polarity: Polarity
    condition: Span | None
    voice: Voice
    line: Line
    #: PLOVER event type.
    act: str | None
    cue: Span
    #: Id of the signal of an earlier revision of the article that this one takes the place of.
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interference:
    """One actor's reported covert, coercive, corrupting or deceptive activity against another country."""

    id: str
    kind: Literal["interference"] = "interference"
    article: ArticleReference
    language: str
    evidence: Evidence
    #: 0 to 1.
    confidence: float
    rule: str
    extractor: Extractor
    detected_at: datetime | None
    actor: Entity
    actor_link: ActorLink
    target: Entity | None
    event: Entity | None
    techniques: tuple[Technique, ...]
    platforms: tuple[str, ...]
    status: Status
    claimants: tuple[Claimant, ...]
    denied_by: tuple[Denial, ...]
    claim: Span
    replaces: str | None = None


Signal = Stance | Interference


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A signal in the place of one that the article carried before."""

    former: str
    now: str
    #: Names of the fields that say something else; `evidence` alone where the words changed and nothing else.
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A signal that the article carries no more, so far as needed to know it again."""

    id: str
    kind: Literal["stance", "interference"]
    #: Name of the holder or the actor.
    by: str
    #: Name of the target, or of the event where there is none.
    toward: str | None
    #: The words that it rested on.
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What became of an article's signals when the article was revised, or analysed by another version of the program.

    Signals that are named nowhere here stand as before: less of the article could be read than the time before.
    """

    id: str
    kind: Literal["revision"] = "revision"
    #: As it reads now.
    article: ArticleReference
    language: str | None
    #: Number of this revision; the first version of an article is 1.
    number: int
    #: Revision that the former signals were found in; None where none of them is on record.
    former_revision: str | None
    #: What was revised, the gravest first; `extractor` where the words are the same.
    change: Change | Literal["extractor"]
    #: One line for people.
    reason: str
    extractor: Extractor
    detected_at: datetime | None
    #: Ids of signals that stand as they did; they are not published again.
    unchanged: tuple[str, ...]
    changed: tuple[Replacement, ...]
    gone: tuple[Gone, ...]
    #: Ids of signals that take nobody's place.
    added: tuple[str, ...]


#: What stands on the stream.
Announcement = Stance | Interference | Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that was found in one article, in the order of the text."""

    article: ArticleReference
    language: str | None
    #: `unsupported` where the language is known but not analysed.
    coverage: Literal["analysed", "unsupported", "empty"]
    signals: tuple[Signal, ...]
    #: Characters at the end of the title or the text that were not analysed, as there were too many.
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Words that a text lays to somebody; its spans lie in `field`."""

    field: TextField
    #: Whom it names as the source; None where it names nobody ("it is said").
    source: Span | None
    #: Who that is, as far as it is known.
    speaker: Entity | None
    #: The words that lay it to them ("has said", "according to").
    cue: Span
    #: What is said, in as many pieces as it stands in.
    content: tuple[Span, ...]
    held: Held
    voice: Voice
