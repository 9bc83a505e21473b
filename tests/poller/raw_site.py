"""A site of raw sockets that answers each path with exactly the bytes, the pauses and the cuts a test asks for."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType

Answer = bytes | Callable[[socket.socket], None]


@dataclass
class RawSite:
    """Listens on the loopback; `answers` maps a path to what is sent, after which the connection is closed."""

    answers: dict[str, Answer] = field(default_factory=dict)
    #: What is sent before any request is read, as an SSH server does.
    banner: bytes = b""
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    #: Path and headers, in lower case, of each request.
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    #: What was sent with requests that have a body.
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> RawSite:
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._closing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"{'https' if self.tls else 'http'}://{host or self.host}:{self.port}{path}"

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(20)
                secure = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
                with secure:
                    if self.banner:
                        secure.sendall(self.banner)
                        return
                    self._answer(secure)
        except OSError:
            pass

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65_536)
            if not piece:
                return
            head += piece
        head, _, body = head.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
        if "content-length" in headers:
            while len(body) < int(headers["content-length"]):
                body += connection.recv(65_536)
            self.bodies.append(body)
        self.requests.append((path, headers))
        answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)

    def dripping(self, connection: socket.socket) -> None:
        """One byte every tenth of a second, for as long as somebody listens."""
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
        while not self._closing.wait(0.1):
            connection.sendall(b"x")

    def silent(self, connection: socket.socket) -> None:
        """Nothing at all."""
        self._closing.wait(10)

    def endless(self, connection: socket.socket) -> None:
        """Chunks without end."""
        connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while not self._closing.is_set():
            connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")

    def endless_headers(self, connection: socket.socket) -> None:
        """Header lines without end."""
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not self._closing.is_set():
            connection.sendall(b"x-more: " + b"y" * 1_000 + b"\r\n")


def page(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer with a right Content-Length."""
    lines = (f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close", *headers)
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return page(b"", f"location: {location}", status=status)


def gzip_bomb(megabytes: int) -> bytes:
    return gzip.compress(bytes(megabytes * 1_000_000))


def layers(body: bytes, count: int) -> bytes:
    for _ in range(count):
        body = gzip.compress(body)
    return body


def deflate(body: bytes, *, raw: bool) -> bytes:
    packer = zlib.compressobj(wbits=-15 if raw else 15)
    return packer.compress(body) + packer.flush()


def paths(site: RawSite) -> Iterator[str]:
    """Paths asked for, in order."""
    return (path for path, _ in site.requests)
