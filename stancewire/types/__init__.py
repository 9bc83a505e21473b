"""The frozen types that parts hand to each other, one for each state of a datum.

They carry no behaviour beyond what follows from their own fields, and know nothing of wire formats or storage. Making
them all takes a tenth of a second, so each module is imported when one of its types is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stancewire.types.articles import Article, Item, Page, Quality, Unreadable
    from stancewire.types.feeds import (
        Entry,
        Feed,
        FeedState,
        Fetched,
        FetchErrorKind,
        FetchFailed,
        FetchRequest,
        FetchResult,
        Message,
        Move,
        NotModified,
        ParsedFeed,
        PollPlan,
        Skip,
        TimeConfidence,
        Validators,
    )
    from stancewire.types.filters import ALL, Filter, Kind
    from stancewire.types.identity import (
        SHARED,
        Decision,
        Listed,
        Listing,
        Mark,
        Name,
        NameKind,
        New,
        Note,
        Reappeared,
        Revised,
        Seen,
        Sighting,
        Vanished,
        Wording,
    )
    from stancewire.types.ledger import (
        NO_PAGES,
        Alarm,
        AlarmChange,
        AlarmKind,
        Ledger,
        LedgerUpdate,
        PageTally,
        Rhythm,
        Window,
    )
    from stancewire.types.pages import FieldSource, PageFlag, PageReading, PageRefused, Provenance, TextQuality
    from stancewire.types.signals import (
        Analysis,
        Announcement,
        ArticleReference,
        Claimant,
        ClaimantCategory,
        Denial,
        Entity,
        EntityType,
        Evidence,
        Extractor,
        Gone,
        Held,
        Interference,
        Line,
        Polarity,
        Replacement,
        Revision,
        Signal,
        Span,
        Stance,
        Statement,
        Status,
        Technique,
        TextField,
        Voice,
    )
    from stancewire.types.subscriptions import Active, Asked, Dropped, Offer, Renewing, Subscription, Wanted
    from stancewire.types.watches import Watch, WatchEntry, WatchFigures, Webhook, WebhookStanding
    from stancewire.types.words import Change, DeadReason, Ownership
    from stancewire.types.work import (
        NOTHING_CARRIED,
        Acceptance,
        Accepted,
        Carried,
        DeadEntry,
        DeadInput,
        DeadLetter,
        Outcome,
        Publication,
        Published,
        QueueDepth,
        Settled,
        Standing,
        StreamEntry,
        Stretch,
        Trimmed,
    )

__all__ = [
    "ALL",
    "NOTHING_CARRIED",
    "NO_PAGES",
    "SHARED",
    "Acceptance",
    "Accepted",
    "Active",
    "Alarm",
    "AlarmChange",
    "AlarmKind",
    "Analysis",
    "Announcement",
    "Article",
    "ArticleReference",
    "Asked",
    "Carried",
    "Change",
    "Claimant",
    "ClaimantCategory",
    "DeadEntry",
    "DeadInput",
    "DeadLetter",
    "DeadReason",
    "Decision",
    "Denial",
    "Dropped",
    "Entity",
    "EntityType",
    "Entry",
    "Evidence",
    "Extractor",
    "Feed",
    "FeedState",
    "FetchErrorKind",
    "FetchFailed",
    "FetchRequest",
    "FetchResult",
    "Fetched",
    "FieldSource",
    "Filter",
    "Gone",
    "Held",
    "Interference",
    "Item",
    "Kind",
    "Ledger",
    "LedgerUpdate",
    "Line",
    "Listed",
    "Listing",
    "Mark",
    "Message",
    "Move",
    "Name",
    "NameKind",
    "New",
    "NotModified",
    "Note",
    "Offer",
    "Outcome",
    "Ownership",
    "Page",
    "PageFlag",
    "PageReading",
    "PageRefused",
    "PageTally",
    "ParsedFeed",
    "Polarity",
    "PollPlan",
    "Provenance",
    "Publication",
    "Published",
    "Quality",
    "QueueDepth",
    "Reappeared",
    "Renewing",
    "Replacement",
    "Revised",
    "Revision",
    "Rhythm",
    "Seen",
    "Settled",
    "Sighting",
    "Signal",
    "Skip",
    "Span",
    "Stance",
    "Standing",
    "Statement",
    "Status",
    "StreamEntry",
    "Stretch",
    "Subscription",
    "Technique",
    "TextField",
    "TextQuality",
    "TimeConfidence",
    "Trimmed",
    "Unreadable",
    "Validators",
    "Vanished",
    "Voice",
    "Wanted",
    "Watch",
    "WatchEntry",
    "WatchFigures",
    "Webhook",
    "WebhookStanding",
    "Window",
    "Wording",
]

#: What each module holds of what is given here.
_NAMES = {
    "articles": "Article Item Page Quality Unreadable",
    "feeds": (
        "Entry Feed FeedState Fetched FetchErrorKind FetchFailed FetchRequest FetchResult Message Move NotModified "
        "ParsedFeed PollPlan Skip TimeConfidence Validators"
    ),
    "filters": "ALL Filter Kind",
    "identity": (
        "SHARED Decision Listed Listing Mark Name NameKind New Note Reappeared Revised Seen Sighting Vanished Wording"
    ),
    "ledger": "NO_PAGES Alarm AlarmChange AlarmKind Ledger LedgerUpdate PageTally Rhythm Window",
    "pages": "FieldSource PageFlag PageReading PageRefused Provenance TextQuality",
    "signals": (
        "Analysis Announcement ArticleReference Claimant ClaimantCategory Denial Entity EntityType Evidence "
        "Extractor Gone Held Interference Line Polarity Replacement Revision Signal Span Stance Statement Status "
        "Technique TextField Voice"
    ),
    "subscriptions": "Active Asked Dropped Offer Renewing Subscription Wanted",
    "watches": "Watch WatchEntry WatchFigures Webhook WebhookStanding",
    "work": (
        "NOTHING_CARRIED Acceptance Accepted Carried DeadEntry DeadInput DeadLetter Outcome Publication "
        "Published QueueDepth Settled Standing StreamEntry Stretch Trimmed"
    ),
    "words": "Change DeadReason Ownership",
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return found
