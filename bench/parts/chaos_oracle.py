"""Judges a run of `bench.chaos`: what was served must be on the stream, once, and the dead letters are the deadly.

Pure: what was served, what stands on the stream, what was killed | what was lost and repeated, how long it took.
"""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.parts.chaos_news import Planned, telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A signal on the stream."""

    #: When it was published, in seconds since 1970.
    at: float
    signal_id: str
    article_id: str
    revision: str
    #: Of its article on the site.
    path: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Something was killed."""

    at: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of what was served; articles by their paths on the site."""

    served: int
    published: int
    lost: tuple[str, ...]
    repeated: tuple[str, ...]
    #: Dead letters, those that are not of a deadly article, and deadly ones without a letter.
    dead: int
    wrongly_dead: tuple[str, ...]
    not_dead: tuple[str, ...]
    #: Seconds from an article's appearance to its first signal.
    usual_wait_s: float
    longest_wait_s: float

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled, or given up that should not have been."""
        return not (self.lost or self.repeated or self.wrongly_dead or self.not_dead)


def judge(planned: Sequence[Planned], began_at: float, found: Sequence[Found], dead: Sequence[str]) -> Verdict:
    """The verdict on a run that is over; `dead` are the paths of the articles among the dead letters.

    Of an article and its copy in another outlet the one that was polled first must be published, and the other may be:
    both may have been first. Of an article that was revised the last version must be there; before it there may be the
    first, and one with the page of the last under the first headline.
    """
    due = [each for each in planned if not each.is_deadly and each.copy_of is None]
    copies = {each.copy_of: each.path for each in planned if each.copy_of is not None}
    deadly = {each.path for each in planned if each.is_deadly}
    ids = Counter(one.signal_id for one in found)
    contents = Counter((one.path, one.revision) for one in found)
    articles = Counter(path for path, _ in {(one.path, one.article_id) for one in found})
    repeated = {
        one.path
        for one in found
        if ids[one.signal_id] > 1 or contents[one.path, one.revision] > 1 or articles[one.path] > 1
    }
    repeated |= {path for path, count in _unrevised(planned, found).items() if count > 1}
    versions = {(one.path, one.words) for one in found}
    first_at: dict[str, float] = {}
    for one in found:
        first_at[one.path] = min(first_at.get(one.path, one.at), one.at)
    for each in due:
        if each.path not in first_at and copies.get(each.number) in first_at:
            first_at[each.path] = first_at[copies[each.number]]
    waits = [first_at[each.path] - began_at - each.appears_s for each in due if each.path in first_at]
    lost = [
        each.path
        for each in due
        if all(
            (path, telling(each.number, revised=each.revised_s is not None)) not in versions
            for path in (each.path, copies.get(each.number))
        )
    ]
    return Verdict(
        served=len(due),
        published=sum(each.path in first_at for each in due),
        lost=tuple(sorted(lost)),
        repeated=tuple(sorted(repeated)),
        dead=len(dead),
        wrongly_dead=tuple(sorted(path for path in dead if path not in deadly)),
        not_dead=tuple(sorted(deadly.difference(dead))),
        usual_wait_s=statistics.median(waits) if waits else 0.0,
        longest_wait_s=max(waits, default=0.0),
    )


def _unrevised(planned: Sequence[Planned], found: Sequence[Found]) -> Counter[str]:
    """How often each article is on the stream that was never revised."""
    paths = {each.path for each in planned if each.revised_s is None}
    return Counter(one.path for one in found if one.path in paths)


def recoveries(kills: Sequence[Kill], published_at: Sequence[float]) -> dict[str, float]:
    """Of each kind of kill, the longest time in seconds until the next signal was published.

    A kill after which nothing more was to come counts for nothing.

    >>> kills = [Kill(at=1.0, kind="server"), Kill(at=2.0, kind="poller"), Kill(at=9.0, kind="server")]
    >>> recoveries(kills, [0.5, 4.0, 6.0])
    {'server': 3.0, 'poller': 2.0}
    """
    moments = sorted(published_at)
    longest: dict[str, float] = {}
    for kill in kills:
        place = bisect_right(moments, kill.at)
        if place < len(moments):
            longest[kill.kind] = max(longest.get(kill.kind, 0.0), moments[place] - kill.at)
    return longest
