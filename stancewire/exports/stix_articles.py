"""The article of a signal, as a media content that a channel publishes, and the times of what is made of it.

What the signal says is made in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stancewire.exports import stix_identifiers as ids
from stancewire.exports.stix_objects import StixObject, given, new_type, own
from stancewire.exports.stix_parties import channel
from stancewire.types import Announcement, ArticleReference


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When an entry's objects were made, as far as they say so."""

    #: When the article was published; else when the signal was detected; else what was given for such.
    created: datetime
    #: Never before `created`.
    modified: datetime
    #: Of `created`, where that is the article's or the signal's.
    year: int | None

    @property
    def written(self) -> tuple[str, str]:
        """`created` and `modified` as STIX has them."""
        return ids.timestamp(self.created), ids.timestamp(self.modified)


def times_of(entry: Announcement, undated: datetime) -> Times:
    """The times of an entry's objects, which follow from it alone; `undated` is for one without any time."""
    published, detected = _moment(entry.article.published_at), _moment(entry.detected_at)
    known = published or detected
    created = known or undated
    return Times(
        created=created, modified=max(created, detected or created), year=known.year if known is not None else None
    )


def just_after(moment: datetime) -> datetime:
    """The next moment that STIX can tell from it."""
    return moment + timedelta(milliseconds=1)


def article_objects(article: ArticleReference, times: Times) -> Iterator[StixObject]:
    """The media content; where the outlet is known also its channel, and that it published it."""
    media = {
        "type": "media-content",
        "spec_version": "2.1",
        "id": ids.media_id(url_of(article)),
        **given(
            {
                "url": url_of(article),
                "title": article.title,
                "media_category": "article",
                "publication_date": ids.timestamp(published) if (published := _moment(article.published_at)) else None,
                "extensions": new_type("new-sco"),
            }
        ),
    }
    yield media
    if not article.outlet:
        return
    outlet = channel(article.outlet)
    yield outlet
    created, _ = times.written
    yield own(
        "relationship",
        ids.relationship_id("publishes", outlet["id"], media["id"]),
        created,
        created,
        relationship_type="publishes",
        source_ref=outlet["id"],
        target_ref=media["id"],
    )


def url_of(article: ArticleReference) -> str:
    """Its address; for one that has none a name that follows from its words."""
    return article.url or f"urn:stancewire:article:{article.revision}"


def references_of(article: ArticleReference) -> list[dict[str, str]] | None:
    """Where the article is."""
    if not article.url:
        return None
    return [{"source_name": article.outlet or "article", "url": article.url}]


def _moment(moment: datetime | None) -> datetime | None:
    """In UTC; None also for one at either end of the calendar, next to which there is no other."""
    if moment is None or not 1 < moment.year < 9999:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
