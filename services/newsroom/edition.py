"""What an outlet has on show at a given time: the released articles, each in its latest state.

Pure: the time is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.newsroom.material import Material, Outlet, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article as it stands."""

    story: Story
    outlet: Outlet
    title: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    updated_at: datetime
    #: Path of its page on the site.
    path: str


def pieces_of(material: Material, outlet: Outlet, *, started_at: datetime, now: datetime) -> tuple[Piece, ...]:
    """The outlet's released articles, the newest first."""
    elapsed = (now - started_at).total_seconds()
    released = [story for story in material.stories if story.outlet == outlet.id and story.release <= elapsed]
    newest_first = sorted(released, key=lambda story: (story.release, story.id), reverse=True)
    return tuple(_as_it_stands(story, outlet, started_at, elapsed) for story in newest_first)


def _as_it_stands(story: Story, outlet: Outlet, started_at: datetime, elapsed: float) -> Piece:
    title, paragraphs, changed = story.title, story.paragraphs, story.release
    for revision in sorted(story.revisions, key=lambda revision: revision.after):
        if revision.after > elapsed:
            break
        title = revision.title or title
        for old, new in revision.replace:
            paragraphs = tuple(paragraph.replace(old, new) for paragraph in paragraphs)
        if revision.append:
            paragraphs = (*paragraphs, revision.append)
        changed = max(changed, revision.after)
    return Piece(
        story=story,
        outlet=outlet,
        title=title,
        paragraphs=paragraphs,
        published_at=started_at + timedelta(seconds=story.release),
        updated_at=started_at + timedelta(seconds=changed),
        path=f"/{outlet.id}/{story.id}.html",
    )
