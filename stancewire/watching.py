"""Which watches an entry of the stream goes to.

What a filter means is decided in `stancewire.filtering`; nothing is read or written here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from stancewire.filtering import fits
from stancewire.types import Announcement, Publication, Revision, Signal, Watch


def goes_to(entry: Announcement, watch: Watch, matched: Collection[str] = ()) -> bool:
    """Whether an entry goes to a watch; `matched` are ids of signals known to go to it.

    What became of a signal goes where the signal went, whatever kinds the watch asks for: who was told of a stance is
    told as well that it is gone.
    """
    if fits(entry, watch.wanted):
        return True
    return isinstance(entry, Revision) and any(name in matched for name in named(entry))


def named(revision: Revision) -> Iterator[str]:
    """Ids of the signals that a revision says something of."""
    yield from revision.unchanged
    for each in revision.changed:
        yield from (each.former, each.now)
    yield from (each.id for each in revision.gone)
    yield from revision.added


def watched(
    publication: Publication, former: Sequence[Signal], watches: Sequence[Watch]
) -> Mapping[str, tuple[str, ...]]:
    """Names of the watches that what is to be published goes to, by id; `former` is what the article carried before."""
    found: dict[str, list[str]] = {}
    for watch in watches:
        matched = {each.id for each in (*former, *publication.signals) if fits(each, watch.wanted)}
        told = [each.id for each in publication.signals if each.id in matched]
        if publication.revision is not None and goes_to(publication.revision, watch, matched):
            told.append(publication.revision.id)
        for name in told:
            found.setdefault(name, []).append(watch.name)
    return {name: tuple(names) for name, names in found.items()}
