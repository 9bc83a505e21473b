"""A server for all sites of the conduct check: real sockets, a simulated clock, and a record of all that was asked.

It answers and records; what is a violation is told by the rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from bench.parts.conduct_sites import SITES, Site
from stancewire.types import Validators

NO_VALIDATORS = Validators()
_BY_HOST = {site.host: site for site in SITES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as the server saw it, and what it answered."""

    at: datetime
    host: str
    path: str
    #: Names in lower case.
    headers: Mapping[str, str]
    status: int
    #: Validators that came with a whole document.
    given: Validators = NO_VALIDATORS
    #: Seconds that the answer asks to wait: with this feed, and with this host.
    feed_waits: float = 0.0
    host_waits: float = 0.0

    @property
    def sent(self) -> Validators:
        """Validators that came with the request."""
        return Validators(etag=self.headers.get("if-none-match"), last_modified=self.headers.get("if-modified-since"))


@dataclass
class ConductServer:
    """Serves on a loopback address that may be asked, with a trap on others that may not."""

    now: Callable[[], datetime]
    seen: list[Seen] = field(default_factory=list)
    #: Connections to addresses that nobody may be sent to.
    trapped: int = 0
    #: Told of each request after it was answered.
    listener: Callable[[Seen], None] | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> ConductServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._traps = [await asyncio.start_server(self._trap, f"127.0.0.{last}", self.port) for last in (2, 3)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in (self._server, *self._traps):
            server.close()
        if self._serving:
            await asyncio.wait(self._serving, timeout=2)

    def url(self, host: str, path: str = "/feed") -> str:
        """Address of a path of a site."""
        return f"http://{host}:{self.port}{path}"

    async def _trap(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.trapped += 1
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").strip().split("\r\n")
                headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
                seen, answer = self._answer(first.split(" ")[1], headers)
                self.seen.append(seen)
                writer.write(answer)
                await writer.drain()
                if self.listener is not None:
                    self.listener(seen)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, path: str, headers: Mapping[str, str]) -> tuple[Seen, bytes]:
        at, host = self.now(), headers["host"].partition(":")[0]
        site = _BY_HOST[host]
        seen = Seen(at=at, host=host, path=path, headers=headers, status=200)
        if path == "/robots.txt":
            status = 200 if site.robots is not None else 404
            if (trouble := site.trouble_at(path, at)) is not None and trouble.path != "/":
                status = trouble.status
            return replace(seen, status=status), _bytes(status, {}, (site.robots or "").encode())
        if (trouble := site.trouble_at(path, at)) is not None:
            asked = float(trouble.retry_after or 0)
            moment = format_datetime((at + timedelta(seconds=asked)).replace(microsecond=0), usegmt=True)
            extra = {"Retry-After": moment if trouble.as_date else str(trouble.retry_after)} if asked else {}
            return replace(seen, status=trouble.status, host_waits=asked), _bytes(trouble.status, extra, b"")
        if path != "/feed":
            return seen, _bytes(
                200, {"Content-Type": "text/html"}, b"<html><body><p>Words of a page.</p></body></html>"
            )
        return self._feed(site, seen)

    def _feed(self, site: Site, seen: Seen) -> tuple[Seen, bytes]:
        if site.moved_to:
            location = (
                site.moved_to if "://" in site.moved_to else "http://" + site.moved_to.replace("/", ":{port}/", 1)
            )
            headers = {"Location": location.format(port=self.port)}
            return replace(seen, status=site.moved_status), _bytes(site.moved_status, headers, b"")
        given = site.validators_at(seen.at)
        headers = {"Content-Type": "application/rss+xml", "Date": format_datetime(seen.at, usegmt=True)}
        headers |= {"ETag": given.etag} if given.etag else {}
        headers |= {"Last-Modified": given.last_modified} if given.last_modified else {}
        headers |= {"Cache-Control": f"public, max-age={site.max_age}"} if site.max_age else {}
        moment = seen.at + timedelta(seconds=site.expires)
        headers |= {"Expires": format_datetime(moment, usegmt=True)} if site.expires else {}
        if site.is_unchanged(seen.sent, seen.at):
            return replace(seen, status=304, feed_waits=site.asks), _bytes(304, headers, b"")
        body = site.document(self.url(site.host, ""), seen.at)
        return replace(seen, given=given, feed_waits=site.asks), _bytes(200, headers, body)


def _bytes(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"HTTP/1.1 {status} Answer",
        "Set-Cookie: visitor=1; Path=/",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if status != 304:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
