"""The signals: who takes what stance toward whom, and who is reported to interfere where.

This is the contract with consumers: fields are only ever added within a major version. All spans of one signal lie in
the field that its evidence names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stancewire.types.words import Change, Ownership

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

    #: The words as they stand there.
    text: str
    #: Where they begin, in characters (Unicode code points) of the field that the evidence names.
    start: int
    #: Where they end, the last one not included.
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words that carry a signal, and the field they stand in."""

    #: Field of the article that all spans of the signal lie in.
    field: TextField
    #: The sentence, as it stands there.
    text: str
    #: Where it begins, in characters (Unicode code points) of the field.
    start: int
    #: Where it ends, the last character not included.
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Somebody or something named by a text, resolved as far as the knowledge goes."""

    #: Canonical name ("Russia", "Dmitry Peskov").
    name: str
    #: What it is; capitals, buildings, ministries and spokespersons in office count as their state.
    type: EntityType
    #: ISO 3166 alpha-2, `EU` for the European Union; None where it belongs to no country, or that is not known.
    country: str | None
    #: Wikidata item, where known.
    id: str | None
    #: The words that name it.
    mention: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant(Entity):
    """Somebody who says that it happened."""

    #: What kind of source it is; None where that is not known.
    category: ClaimantCategory | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial(Entity):
    """Somebody who denies it, and the words of the denial."""

    #: The words of the denial.
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """A family of techniques that the text names."""

    #: One of the families of the documentation, as `disinformation` or `ddos`.
    family: str
    #: Technique of the DISARM framework; None where none of them is meant by the family.
    disarm: str | None
    #: Version of the framework that the technique is taken from.
    disarm_version: str | None
    #: The words that name it.
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleReference:
    """The revision of the article that a signal was found in."""

    #: Names the article, through all its revisions.
    id: str
    #: Address of its page, where it has one.
    url: str | None
    #: Its headline; empty where it has none.
    title: str
    #: Name of the outlet, as readers know it.
    outlet: str | None
    #: When it was published, as the feed or the page says.
    published_at: datetime | None
    #: Hash of identity, title and text: the same words give the same revision.
    revision: str
    #: ISO 3166 alpha-2 of the outlet's home, as the feed list has it.
    outlet_country: str | None = None
    #: Who owns the outlet, as the feed list has it.
    ownership: Ownership | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """The program that found a signal."""

    #: Name of the extractor.
    name: str
    #: Its version; another one may find other signals in the same words.
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """One holder's position toward one target, as the text reports it."""

    #: Hash of article revision, kind, content and version of the extractor: the same input gives the same id.
    id: str
    #: Tells the kinds apart.
    kind: Literal["stance"] = "stance"
    #: The article that it was found in.
    article: ArticleReference
    #: Language of the article, as a primary subtag of BCP 47.
    language: str
    #: The sentence that proves it.
    evidence: Evidence
    #: Chance that it is rightly read from the text, 0 to 1; not that a claim is true.
    confidence: float
    #: The rule that fired.
    rule: str
    #: The program that found it.
    extractor: Extractor
    #: When it was published; None where nobody was watching, as in `stancewire analyse`.
    detected_at: datetime | None
    #: Who holds the stance.
    holder: Entity
    #: The person who voiced it for the holder; None where the text names nobody.
    speaker: Entity | None
    #: Toward whom or what.
    target: Entity
    #: `neutral` is an explicit refusal to take sides, not the absence of a stance.
    polarity: Polarity
    #: The words of the condition under which alone it holds; None where there is none.
    condition: Span | None
    #: Whether it stands in quotation marks, in words laid to somebody, or in the article's own.
    voice: Voice
    #: Whether a state's own officials speak, its media, or others.
    line: Line
    #: PLOVER event type, as `ACCUSE`, `REJECT` or `SUPPORT`; None where none fits.
    act: str | None
    #: The words that carry the stance.
    cue: Span
    #: Id of the signal of an earlier revision of the article that this one takes the place of.
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interference:
    """One actor's reported covert, coercive, corrupting or deceptive activity against another country."""

    #: Hash of article revision, kind, content and version of the extractor: the same input gives the same id.
    id: str
    #: Tells the kinds apart.
    kind: Literal["interference"] = "interference"
    #: The article that it was found in.
    article: ArticleReference
    #: Language of the article, as a primary subtag of BCP 47.
    language: str
    #: The sentence that proves it.
    evidence: Evidence
    #: Chance that it is rightly read from the text, 0 to 1; not that a claim is true.
    confidence: float
    #: The rule that fired.
    rule: str
    #: The program that found it.
    extractor: Extractor
    #: When it was published; None where nobody was watching, as in `stancewire analyse`.
    detected_at: datetime | None
    #: Who is said to be behind it. That is a report, never a finding of guilt.
    actor: Entity
    #: Whether it is said to act itself or through others; `unspecified` where the text does not say.
    actor_link: ActorLink
    #: Against whom; None where the text names nobody.
    target: Entity | None
    #: The election or vote that it is about; None where the text names none.
    event: Entity | None
    #: What is said to have been used.
    techniques: tuple[Technique, ...]
    #: Platforms that the text names, as `Telegram`.
    platforms: tuple[str, ...]
    #: How sure those are who say so: claimed, concluded, stated as fact or admitted, warned of, or said not to be so.
    status: Status
    #: Who says so; empty where the text names nobody.
    claimants: tuple[Claimant, ...]
    #: Who denies it: a link to the allegation, never evidence of it.
    denied_by: tuple[Denial, ...]
    #: The words that say what is said to have been done.
    claim: Span
    #: Id of the signal of an earlier revision of the article that this one takes the place of.
    replaces: str | None = None


Signal = Stance | Interference


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A signal in the place of one that the article carried before."""

    #: Id of the former one.
    former: str
    #: Id of the one that stands now.
    now: str
    #: Names of the fields that say something else; `evidence` alone where the words changed and nothing else.
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A signal that the article carries no more, so far as needed to know it again."""

    #: Its id.
    id: str
    #: Its kind.
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

    #: Names this revision: the same comparison gives the same id.
    id: str
    #: Tells the kinds apart.
    kind: Literal["revision"] = "revision"
    #: The article, as it reads now.
    article: ArticleReference
    #: Language of the article, as a primary subtag of BCP 47; None where it could not be told.
    language: str | None
    #: Number of this revision; the first version of an article is 1.
    number: int
    #: Revision that the former signals were found in; None where none of them is on record.
    former_revision: str | None
    #: What was revised, the gravest first; `extractor` where the words are the same.
    change: Change | Literal["extractor"]
    #: How that was seen: one line for people.
    reason: str
    #: The program that found the signals of now.
    extractor: Extractor
    #: When it was published.
    detected_at: datetime | None
    #: Ids of signals that stand as they did; they are not published again.
    unchanged: tuple[str, ...]
    #: Signals that took the place of former ones.
    changed: tuple[Replacement, ...]
    #: Signals that the article carries no more.
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
