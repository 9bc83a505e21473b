"""What the robots.txt of a host allows, asked for once and kept for a while.

How it is fetched is given from outside, and what is forbidden is left to whoever asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from protego import Protego

from services.poller.guard import Target, read_url
from stancewire.types import Fetched, FetchErrorKind, FetchFailed, FetchRequest, FetchResult

#: Bytes of a robots.txt that are read (RFC 9309, 2.5).
MAX_BYTES = 500 * 1024

#: Seconds for which an answer holds (RFC 9309, 2.4), and one that says nothing of the rules.
LIFETIME = 86_400.0
UNKNOWN_LIFETIME = 3_600.0

#: Seconds after which a host that could not be reached at all is tried again.
UNREACHABLE_LIFETIME = 300.0

#: Bytes of memory that the rules of all hosts may take, by what a host, a line and a pattern were measured to take.
MOST_BYTES = 256_000_000
_BYTES_A_HOST, _BYTES_A_LINE, _BYTES_A_PATTERN = 1_000, 250, 1_000
_UNREACHABLE: frozenset[FetchErrorKind] = frozenset(
    {"bad_url", "blocked_address", "dns", "connect", "tls", "timeout", "protocol", "held"}
)
#: As RFC 9309 has it, one that cannot be got to by its redirects is as good as none.
_AS_NONE: frozenset[FetchErrorKind] = frozenset({"too_many_redirects", "bad_redirect"})

#: Gets a document after at least this many seconds since the last request to its host.
Get = Callable[[FetchRequest, float], Awaitable[FetchResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a robots.txt says to one program."""

    #: None: everything is allowed.
    text: Protego | None
    #: Least seconds between two requests.
    delay: float

    def allows(self, url: str, agent: str) -> bool:
        """Whether `url` may be asked for."""
        return self.text is None or self.text.can_fetch(url, agent)


NO_RULES = Rules(text=None, delay=0.0)


def read_rules(body: bytes, agent: str, longest_delay: float) -> Rules:
    r"""The rules for `agent`, the name of a program without its version.

    >>> rules = read_rules(b"User-agent: *\nDisallow: /private\nCrawl-delay: 1e9", "desk", 60)
    >>> rules.allows("https://a.example/private/1", "desk"), rules.allows("https://a.example/", "desk"), rules.delay
    (False, True, 60)
    """
    text = Protego.parse(body.decode("utf-8-sig", "replace"))
    rate = text.request_rate(agent)
    delays = (text.crawl_delay(agent) or 0.0, rate.seconds / rate.requests if rate and rate.requests else 0.0)
    # The comparison is false for what is no number.
    asked = max(delay if delay > 0 else 0.0 for delay in delays)
    return Rules(text=text, delay=min(asked, longest_delay))


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock
    known: Rules | FetchFailed | None = None
    until: datetime | None = None
    delay: float = 0.0
    size: int = 0


class Robots:
    """Rules by scheme, host and port."""

    def __init__(
        self,
        get: Get,
        *,
        agent: str,
        longest_delay: float,
        now: Callable[[], datetime],
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """`most_bytes` of memory are for the rules of all hosts, but for those that are asked right now."""
        self._get = get
        self._agent = agent
        self._longest_delay = longest_delay
        self._now = now
        self._most_bytes = most_bytes
        self._hosts: dict[str, _Host] = {}
        #: Bytes kept for all of them.
        self._size = 0

    async def delay_for(self, target: Target) -> float | FetchFailed:
        """Seconds to leave between requests to the host of `target`, or why it may not be asked for."""
        host = self._hosts.setdefault(f"{target.scheme}://{target.host}:{target.port}", _Host(asyncio.Lock()))
        async with host.lock:
            if host.until is None or host.until <= self._now():
                await self._learn(host, target)
        known, until = host.known, host.until
        if isinstance(known, FetchFailed):
            left = (until - self._now()).total_seconds() if until else UNREACHABLE_LIFETIME
            return replace(known, url=target.url, retry_after=max(left, 0.0))
        if known is not None and not known.allows(target.url, self._agent):
            left = (until - self._now()).total_seconds() if until else LIFETIME
            detail = f"robots.txt of {target.host} forbids this address"
            return FetchFailed(url=target.url, kind="robots", detail=detail, retry_after=max(left, 0.0))
        return host.delay

    async def _learn(self, host: _Host, target: Target) -> None:
        url = f"{target.scheme}://{_netloc(target)}/robots.txt"
        answer = await self._get(FetchRequest(url=url, accept="text/plain", max_bytes=MAX_BYTES, cut=True), host.delay)
        host.known, lifetime = await self._read(answer, target)
        host.delay = host.known.delay if isinstance(host.known, Rules) else host.delay
        host.until = self._now() + timedelta(seconds=lifetime)
        size = size_of(answer.body if isinstance(answer, Fetched) else b"")
        self._size += size - host.size
        host.size = size
        if self._size > self._most_bytes:
            self._forget()

    async def _read(self, answer: FetchResult, target: Target) -> tuple[Rules | FetchFailed, float]:
        if isinstance(answer, Fetched):
            # A second for the largest, in which others go on.
            rules = await asyncio.to_thread(read_rules, answer.body, self._agent, self._longest_delay)
            return rules, LIFETIME
        if not isinstance(answer, FetchFailed):
            return NO_RULES, LIFETIME
        status = answer.status or 0
        if answer.kind in _AS_NONE or _led_away(answer, target) or (400 <= status < 500 and status != 429):
            return NO_RULES, LIFETIME
        if answer.kind in _UNREACHABLE:
            return answer, answer.retry_after or UNREACHABLE_LIFETIME
        detail = f"robots.txt of {target.host} cannot be read ({answer.detail}), which forbids all for a while"
        unreadable = FetchFailed(url=answer.url, kind="robots", detail=detail, status=None)
        return unreadable, max(answer.retry_after or 0.0, UNKNOWN_LIFETIME)

    def _forget(self) -> None:
        # Down to half of what may be kept, so that it is rarely done: what holds no more, then what was met first.
        now = self._now()
        idle = [(name, host) for name, host in self._hosts.items() if not host.lock.locked()]
        for name, host in sorted(idle, key=lambda each: each[1].until is not None and each[1].until > now):
            if self._size <= self._most_bytes // 2 and host.until is not None and host.until > now:
                break
            del self._hosts[name]
            self._size -= host.size


def size_of(body: bytes) -> int:
    """Bytes of memory that the rules in a robots.txt take, roughly."""
    lines = body.count(b"\n") + body.count(b"\r")
    return _BYTES_A_HOST + _BYTES_A_LINE * lines + _BYTES_A_PATTERN * body.count(b"*")


def _netloc(target: Target) -> str:
    # The host as in the address itself, brackets and port included.
    return target.url.partition("://")[2].partition("/")[0].partition("?")[0]


def _led_away(failure: FetchFailed, target: Target) -> bool:
    place = read_url(failure.url)
    return not isinstance(place, Target) or (place.host, place.port) != (target.host, target.port)
