"""A news site on the loopback: feeds with entity tags, their pages, and answers as odd as a test asks for.

It writes down what was asked for; a page that is held back waits until the test lets it through.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

Answer = Callable[[BaseHTTPRequestHandler, threading.Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article: its paragraphs stand on its page, its summary in the feed."""

    path: str
    title: str
    paragraphs: tuple[str, ...]
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, and the status of the answer."""

    path: str
    status: int


@dataclass
class NewsSite:
    """Listens on the loopback while the context lasts."""

    #: Stories by the path of the feed that lists them.
    feeds: dict[str, tuple[Story, ...]] = field(default_factory=dict)
    #: Answers by path, in place of what would be served there.
    odd: dict[str, Answer] = field(default_factory=dict)
    #: Paths of pages that wait until `let_through`.
    held: frozenset[str] = frozenset()
    asked: list[Asked] = field(default_factory=list)
    _let_through: threading.Event = field(default_factory=threading.Event)
    _closing: threading.Event = field(default_factory=threading.Event)
    _published_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __enter__(self) -> NewsSite:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._let_through.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def let_through(self) -> None:
        """Answer what is held back, from now on."""
        self._let_through.set()

    def statuses(self, path: str) -> list[int]:
        """Statuses of the answers at a path so far, in order."""
        return [asked.status for asked in tuple(self.asked) if asked.path == path]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                try:
                    site._answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                return

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path
        if path in self.odd:
            self.odd[path](request, self._closing)
        elif path in self.feeds:
            self._answer_feed(request, self.feeds[path])
        elif story := next((story for feed in self.feeds.values() for story in feed if story.path == path), None):
            if path in self.held:
                self._let_through.wait()
            self._send(request, 200, "text/html; charset=utf-8", page_of(story))
        else:
            self._send(request, 404, "text/plain", b"not found")

    def _answer_feed(self, request: BaseHTTPRequestHandler, stories: Sequence[Story]) -> None:
        body = rss_of(self.base, stories, self._published_at)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == tag:
            self._send(request, 304, "application/rss+xml", b"", tag)
        else:
            self._send(request, 200, "application/rss+xml", body, tag)

    def _send(self, request: BaseHTTPRequestHandler, status: int, kind: str, body: bytes, tag: str = "") -> None:
        send(request, status, kind, body, tag)
        # Written down when it is sent, so that whoever counts the answers counts those that left.
        self.asked.append(Asked(path=request.path, status=status))


def send(request: BaseHTTPRequestHandler, status: int, kind: str, body: bytes, tag: str = "") -> None:
    """Answer a request."""
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body)))
    if tag:
        request.send_header("ETag", tag)
    request.end_headers()
    request.wfile.write(body)


def fixed(status: int, kind: str, body: bytes) -> Answer:
    """Always this answer."""
    return lambda request, _: send(request, status, kind, body)


def dripping(request: BaseHTTPRequestHandler, closing: threading.Event) -> None:
    """A byte every tenth of a second, for as long as somebody listens."""
    request.send_response(200)
    request.send_header("Content-Type", "application/rss+xml")
    request.end_headers()
    while not closing.wait(0.1):
        request.wfile.write(b" ")


def page_of_size(megabytes: int) -> Answer:
    """A page of so many million bytes, without saying so first."""

    def answer(request: BaseHTTPRequestHandler, closing: threading.Event) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.end_headers()
        paragraph = b"<p>" + b"The harbour was quiet. " * 40 + b"</p>\n"
        for _ in range(megabytes):
            request.wfile.write(paragraph * (1_000_000 // len(paragraph) + 1))
            if closing.is_set():
                return

    return answer


def page_of(story: Story) -> bytes:
    """The page of a story, as a plain site has it."""
    paragraphs = "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in story.paragraphs)
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{escape(story.title)}</title></head><body>"
        f"<nav><a href='/'>Home</a></nav><article><h1>{escape(story.title)}</h1>\n{paragraphs}\n</article>"
        "<footer>The Harbour Post</footer></body></html>"
    ).encode()


def rss_of(base: str, stories: Sequence[Story], published_at: datetime) -> bytes:
    """A feed of stories."""
    date = format_datetime(published_at, usegmt=True)
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{base}{story.path}</link><pubDate>{date}</pubDate>"
        f"<author>desk@example.org (Nora Quill)</author><description>{escape(story.summary)}</description></item>\n"
        for story in stories
    )
    head = "<title>The Harbour Post</title><language>en</language>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}\n{items}</channel></rss>'.encode()
