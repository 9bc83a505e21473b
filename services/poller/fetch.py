"""Gets one document over HTTP within limits of time and size, and gives every failure as a value.

    URL | guard | turn at the host | resolve, check, connect | redirects | bounded body

With `connecting` the only place from which this program reaches the outside; it reads nothing of what it gets.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

import httpcore
import httpx
import idna

from config.settings import FetchSettings
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
from services.poller.posting import FORM_TYPE, form_of, is_taken, reason_not_to_repeat
from services.poller.schedule import read_retry_after
from services.poller.spacing import Spacing
from stancewire.types import (
    Fetched,
    FetchErrorKind,
    FetchFailed,
    FetchRequest,
    FetchResult,
    NotModified,
    Validators,
)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GOOD = frozenset({200, 203})
_MAX_VALIDATOR_LENGTH = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Redirect:
    location: str


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
        self._slots = asyncio.Semaphore(settings.concurrency)
        # The transport alone: a client of httpx would keep cookies and read redirects by rules of its own.
        self._resolver = ThreadedResolver()
        self._transport = GuardedTransport(
            GuardedBackend(self._guard, resolve or self._resolver), tls if tls is not None else default_tls()
        )
        self._user_agent = settings.user_agent

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Get the document; waiting for a turn at the host does not count against the time allowed."""
        url, host = request.url, ""
        visited: set[str] = set()
        seconds_left = self._settings.total_timeout_s
        for _ in range(self._settings.max_redirects + 1):
            target = read_url(url)
            if isinstance(target, Refusal):
                return FetchFailed(url=url, kind=target.kind, detail=target.detail)
            if (refusal := self._guard.check_target(target)) is not None:
                return FetchFailed(url=url, kind=refusal.kind, detail=refusal.detail)
            if target.url in visited:
                return FetchFailed(url=url, kind="too_many_redirects", detail="the redirects go round in a circle")
            visited.add(target.url)
            async with self._turn(target.host, after=host), self._slots:
                started = self._monotonic()
                answer = await self._exchange(target, request, seconds_left)
                seconds_left -= self._monotonic() - started
            if not isinstance(answer, _Redirect):
                return answer
            url, host = answer.location, target.host
        return FetchFailed(
            url=url, kind="too_many_redirects", detail=f"more than {self._settings.max_redirects} redirects"
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()
        self._resolver.close()

    def _turn(self, host: str, *, after: str) -> AbstractAsyncContextManager[None]:
        # A redirect within a host is part of the same visit.
        return nullcontext() if host == after else self._spacing.turn(host)

    async def _exchange(self, target: Target, request: FetchRequest, seconds: float) -> FetchResult | _Redirect:
        try:
            async with asyncio.timeout(max(seconds, 0.001)):
                return await self._ask(target, request)
        except (TimeoutError, httpcore.TimeoutException, httpx.TimeoutException) as error:
            phase = "connecting" if isinstance(error, (httpcore.ConnectTimeout, httpx.ConnectTimeout)) else "answering"
            return FetchFailed(url=target.url, kind="timeout", detail=f"{target.host} took too long {phase}")
        except ConnectionRefusedByGuardError as error:
            return FetchFailed(url=target.url, kind=error.kind, detail=error.detail)
        except OverflowedError:
            return FetchFailed(url=target.url, kind="too_large", detail=f"more than {request.max_bytes} bytes")
        except UndecodableError as error:
            return FetchFailed(url=target.url, kind="decode", detail=str(error))
        except _NETWORK_ERRORS as error:
            kind = _kind_of(error)
            return FetchFailed(url=target.url, kind=kind, detail=_one_line(error))

    async def _ask(self, target: Target, request: FetchRequest) -> FetchResult | _Redirect:
        question = self._question(target, request)
        if question.url.raw_host.decode("ascii").strip("[]") != target.host:
            return FetchFailed(url=target.url, kind="bad_url", detail="the host can be read in two ways")
        response = await self._transport.handle_async_request(question)
        try:
            return await self._read_answer(target, request, response)
        finally:
            await response.aclose()

    def _question(self, target: Target, request: FetchRequest) -> httpx.Request:
        headers = {
            "user-agent": self._user_agent,
            "accept": request.accept,
            "accept-encoding": "gzip, deflate",
            "content-type": FORM_TYPE if request.form is not None else None,
            "if-none-match": request.validators.etag,
            "if-modified-since": request.validators.last_modified,
        }
        seconds = self._settings.total_timeout_s
        timeout = httpx.Timeout(seconds, connect=self._settings.connect_timeout_s)
        return httpx.Request(
            "GET" if request.form is None else "POST",
            target.url,
            content=form_of(request),
            headers=[
                (name.encode(), value.encode("latin-1", "replace"))
                for name, value in headers.items()
                if value is not None
            ],
            extensions={"timeout": timeout.as_dict()},
        )

    async def _read_answer(
        self, target: Target, request: FetchRequest, response: httpx.Response
    ) -> FetchResult | _Redirect:
        if response.status_code in _REDIRECTS:
            return _follow(target, response) if request.form is None else _follow_with_form(target, response)
        if request.form is not None and is_taken(response.status_code):
            return Fetched(url=target.url, status=response.status_code, headers=(), body=b"", validators=Validators())
        if response.status_code == 304:
            return _unchanged(target, request, response)
        if response.status_code not in _GOOD:
            return FetchFailed(
                url=target.url,
                kind="http_status",
                detail=f"{target.host} answers {response.status_code}",
                status=response.status_code,
                retry_after=read_retry_after(response.headers.get("retry-after"), self._now()),
            )
        body = await _read(response, request.max_bytes)
        return Fetched(
            url=target.url,
            status=response.status_code,
            headers=tuple(
                (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw
            ),
            body=body,
            validators=_validators(response),
        )


_NETWORK_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
    idna.IDNAError,
    OSError,
    ValueError,
)


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    length = response.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 18 or int(length) > max_bytes):
        raise OverflowedError
    decoder = Decoder(response.headers.get_list("content-encoding"), max_bytes)
    async for chunk in response.aiter_raw():
        decoder.feed(chunk)
    return decoder.finish()


def _follow(target: Target, response: httpx.Response) -> _Redirect | FetchFailed:
    location = response.headers.get("location", "")
    try:
        return _Redirect(location=urljoin(target.url, location)) if location else _bad_redirect(target, "no Location")
    except ValueError as error:
        return _bad_redirect(target, str(error))


def _follow_with_form(target: Target, response: httpx.Response) -> _Redirect | FetchFailed:
    redirect = _follow(target, response)
    if isinstance(redirect, _Redirect):
        reason = reason_not_to_repeat(response.status_code, target.url, redirect.location)
        return redirect if reason is None else _bad_redirect(target, reason)
    return redirect


def _bad_redirect(target: Target, detail: str) -> FetchFailed:
    return FetchFailed(url=target.url, kind="bad_redirect", detail=f"{target.host} redirects to nowhere: {detail}")


def _unchanged(target: Target, request: FetchRequest, response: httpx.Response) -> NotModified | FetchFailed:
    if request.validators == Validators():
        return FetchFailed(
            url=target.url, kind="protocol", detail="304 though nothing was asked about", status=response.status_code
        )
    fresh = _validators(response)
    return NotModified(
        url=target.url,
        validators=Validators(
            etag=fresh.etag or request.validators.etag,
            last_modified=fresh.last_modified or request.validators.last_modified,
        ),
    )


def _validators(response: httpx.Response) -> Validators:
    return Validators(etag=_validator(response, b"etag"), last_modified=_validator(response, b"last-modified"))


def _validator(response: httpx.Response, name: bytes) -> str | None:
    value = next((value for key, value in response.headers.raw if key.lower() == name), None)
    return value.decode("latin-1") if value and len(value) <= _MAX_VALIDATOR_LENGTH else None


def _kind_of(error: BaseException) -> FetchErrorKind:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, idna.IDNAError, UnicodeError)):
        return "bad_url"
    if isinstance(error, (httpcore.ConnectError, httpx.ConnectError)):
        return "connect"
    return "protocol"


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return "".join(character for character in text if character.isprintable())[:200]
