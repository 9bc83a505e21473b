"""Gets one document over HTTP within limits of time and size, and gives every failure as a value.

    URL | guard | holds, robots.txt | turn at the host | resolve, check, connect | redirects | bounded body

With `connecting` the only place from which this program reaches the outside; it reads nothing of what it gets.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta

import httpcore
import httpx

from config.settings import FetchSettings
from services.poller.answers import (
    GOOD,
    NETWORK_ERRORS,
    REDIRECTS,
    Redirect,
    kind_of,
    one_line,
    read_headers,
    read_redirect,
    read_redirect_of_form,
    read_redirect_of_message,
    read_refused,
    read_unchanged,
    read_validators,
)
from services.poller.connecting import (
    ConnectionRefusedByGuardError,
    GuardedBackend,
    GuardedTransport,
    Resolve,
    ThreadedResolver,
    default_tls,
)
from services.poller.decoding import Decoder, OverflowedError, UndecodableError
from services.poller.guard import Guard, Refusal, Target, read_url
from services.poller.holds import Holds
from services.poller.metering import MeteredStream
from services.poller.posting import body_of, headers_of, is_taken
from services.poller.robots import Robots
from services.poller.schedule import MIN_RETRY_AFTER
from services.poller.spacing import Spacing
from services.poller.visit import Visit
from stancewire.types import Fetched, FetchFailed, FetchRequest, FetchResult, NotModified, Validators

_PIECES_A_TURN = 500


class HttpFetcher:
    """`stancewire.ports.Fetcher` against the network."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        spacing: Spacing,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        own_ports: frozenset[int] = frozenset(),
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._guard = Guard(
            allow_networks=settings.allow_networks, allow_ports=settings.allow_ports, own_ports=own_ports
        )
        self._spacing = spacing
        self._now = now
        self._monotonic = monotonic
        # The transport alone: a client of httpx would keep cookies and read redirects by rules of its own.
        self._resolver = ThreadedResolver()
        self._transport = GuardedTransport(
            GuardedBackend(self._guard, resolve or self._resolver), tls if tls is not None else default_tls()
        )
        self._user_agent = settings.user_agent
        self._holds = Holds()
        #: Documents asked for in vain since the start, by the kind of failure.
        self.failures: Counter[str] = Counter()
        self._robots = Robots(
            self._get_robots,
            agent=settings.user_agent.partition("/")[0].strip(),
            longest_delay=settings.max_crawl_delay_s,
            now=now,
        )

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Get the document; waiting for a turn at the host does not count against the time allowed."""
        # What robots.txt says is about documents: a hub that is named in one is there to be asked.
        robots = self._robots if self._settings.robots and not request.posts else None
        answer = await self._get(request, robots, 0.0)
        if isinstance(answer, FetchFailed):
            self.failures[answer.kind] += 1
        return answer

    def hold(self, url: str, until: datetime) -> None:
        """Ask nothing of the host of `url` until then."""
        target = read_url(url)
        if isinstance(target, Target) and self._settings.retry_after_scope == "host":
            here = self._monotonic()
            self._holds.hold(target.host, here + (until - self._now()).total_seconds(), here)

    def held_until(self, url: str) -> datetime | None:
        """Until when nothing is asked of the host of `url`; None if it may be asked."""
        target = read_url(url)
        left = self._held_for(target) if isinstance(target, Target) else 0.0
        return self._now() + timedelta(seconds=left) if left else None

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()
        self._resolver.close()

    async def _get_robots(self, request: FetchRequest, delay: float) -> FetchResult:
        return await self._get(request, None, delay)

    async def _get(self, request: FetchRequest, robots: Robots | None, delay: float) -> FetchResult:
        url = request.url
        visited: set[str] = set()
        visit = Visit(seconds_left=self._settings.total_timeout_s)
        for _ in range(self._settings.max_redirects + 1):
            target = read_url(url)
            if isinstance(target, Refusal):
                return FetchFailed(url=url, kind=target.kind, detail=target.detail)
            if (refusal := self._guard.check_target(target)) is not None:
                return FetchFailed(url=url, kind=refusal.kind, detail=refusal.detail)
            if target.url in visited:
                return FetchFailed(url=url, kind="too_many_redirects", detail="the redirects go round in a circle")
            visited.add(target.url)
            answer = await self._visit(target, request, visit, robots, delay)
            if not isinstance(answer, Redirect):
                return answer
            url, visit.host, visit.redirects = answer.location, target.host, visit.redirects + 1
            visit.moved = visit.moved and answer.permanent
        return FetchFailed(
            url=url, kind="too_many_redirects", detail=f"more than {self._settings.max_redirects} redirects"
        )

    async def _visit(
        self, target: Target, request: FetchRequest, visit: Visit, robots: Robots | None, delay: float
    ) -> FetchResult | Redirect:
        if (held := self._held(target)) is not None:
            return held
        if robots is not None:
            asked = await robots.delay_for(target)
            if isinstance(asked, FetchFailed):
                return asked
            delay = asked
        async with self._turn(target.host, visit.host, delay):
            # Asked for again: another request may have been refused while this one waited.
            if (held := self._held(target)) is not None:
                return held
            started = self._monotonic()
            answer = await self._exchange(target, request, visit)
            visit.seconds_left -= self._monotonic() - started
        if isinstance(answer, FetchFailed):
            self._hold_after(target, answer)
        return answer

    def _turn(self, host: str, after: str, delay: float) -> AbstractAsyncContextManager[None]:
        # A redirect within a host is part of the same visit, unless the host asks for time between any two requests.
        return self._spacing.place() if host == after and not delay else self._spacing.turn(host, delay)

    def _held(self, target: Target) -> FetchFailed | None:
        left = self._held_for(target)
        if not left:
            return None
        until = self._now() + timedelta(seconds=left)
        detail = f"{target.host} asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
        return FetchFailed(url=target.url, kind="held", detail=detail, retry_after=left)

    def _held_for(self, target: Target) -> float:
        """Seconds for which its host is left alone yet."""
        here = self._monotonic()
        return (self._holds.until(target.host, here) or here) - here

    def _hold_after(self, target: Target, failure: FetchFailed) -> None:
        asked = failure.retry_after or (MIN_RETRY_AFTER if failure.status == 429 else None)
        if asked is not None and self._settings.retry_after_scope == "host":
            here = self._monotonic()
            self._holds.hold(target.host, here + asked, here)

    async def _exchange(self, target: Target, request: FetchRequest, visit: Visit) -> FetchResult | Redirect:
        try:
            async with asyncio.timeout(max(visit.seconds_left, 0.001)):
                return await self._ask(target, request, visit)
        except (TimeoutError, httpcore.TimeoutException, httpx.TimeoutException) as error:
            phase = "connecting" if isinstance(error, (httpcore.ConnectTimeout, httpx.ConnectTimeout)) else "answering"
            return FetchFailed(url=target.url, kind="timeout", detail=f"{target.host} took too long {phase}")
        except ConnectionRefusedByGuardError as error:
            return FetchFailed(url=target.url, kind=error.kind, detail=error.detail)
        except OverflowedError:
            return FetchFailed(url=target.url, kind="too_large", detail=f"more than {request.max_bytes} bytes")
        except UndecodableError as error:
            return FetchFailed(url=target.url, kind="decode", detail=str(error))
        except NETWORK_ERRORS as error:
            return FetchFailed(url=target.url, kind=kind_of(error), detail=one_line(error))

    async def _ask(self, target: Target, request: FetchRequest, visit: Visit) -> FetchResult | Redirect:
        question = self._question(target, request)
        if question.url.raw_host.decode("ascii").strip("[]") != target.host:
            return FetchFailed(url=target.url, kind="bad_url", detail="the host can be read in two ways")
        response = await self._transport.handle_async_request(question)
        try:
            stream = response.extensions.get("network_stream")
            visit.note_address(stream)
            if isinstance(stream, MeteredStream):
                stream.allow_body(request.max_bytes)
            return await self._read_answer(target, request, response, visit)
        finally:
            await response.aclose()

    def _question(self, target: Target, request: FetchRequest) -> httpx.Request:
        headers = {
            "user-agent": self._user_agent,
            "accept": request.accept,
            "accept-encoding": "gzip, deflate",
            "if-none-match": request.validators.etag,
            "if-modified-since": request.validators.last_modified,
            **headers_of(request),
        }
        seconds = self._settings.total_timeout_s
        timeout = httpx.Timeout(seconds, connect=self._settings.connect_timeout_s)
        return httpx.Request(
            "POST" if request.posts else "GET",
            target.url,
            content=body_of(request),
            headers=[
                (name.encode(), value.encode("latin-1", "replace"))
                for name, value in headers.items()
                if value is not None
            ],
            extensions={"timeout": timeout.as_dict()},
        )

    async def _read_answer(
        self, target: Target, request: FetchRequest, response: httpx.Response, visit: Visit
    ) -> FetchResult | Redirect:
        if response.status_code in REDIRECTS:
            if request.message is not None:
                return read_redirect_of_message(target, response)
            return (read_redirect if request.form is None else read_redirect_of_form)(target, response)
        if request.posts and is_taken(response.status_code):
            return Fetched(url=target.url, status=response.status_code, headers=(), body=b"", validators=Validators())
        moved_to = target.url if visit.redirects and visit.moved else None
        if response.status_code == 304:
            unchanged = read_unchanged(target, request, response)
            return replace(unchanged, moved_to=moved_to) if isinstance(unchanged, NotModified) else unchanged
        if response.status_code not in GOOD:
            # A receiver of messages says to the second what it can take; feeds and pages are never that urgent.
            least_wait = 0.0 if request.message is not None else MIN_RETRY_AFTER
            return read_refused(target, response, self._now(), least_wait)
        return Fetched(
            url=target.url,
            status=response.status_code,
            headers=read_headers(response),
            body=await _read(response, request),
            validators=read_validators(response),
            moved_to=moved_to,
        )


async def _read(response: httpx.Response, request: FetchRequest) -> bytes:
    length = response.headers.get("content-length", "")
    if not request.cut and length.isdecimal() and (len(length) > 18 or int(length) > request.max_bytes):
        raise OverflowedError
    decoder = Decoder(response.headers.get_list("content-encoding"), request.max_bytes)
    try:
        async for chunk in response.aiter_raw():
            decoder.feed(chunk)
            if decoder.pieces % _PIECES_A_TURN == 0:
                # What was read at once may be thousands of chunks, for which the others need not wait.
                await asyncio.sleep(0)
    except OverflowedError:
        if not request.cut:
            raise
        return decoder.beginning()
    return decoder.finish()
