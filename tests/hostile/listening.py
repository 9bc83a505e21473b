"""What a connection that must not be made would be seen by: a socket that listens, and a watch on this process."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Listening:
    """Listens on all addresses of this machine, of both versions, and counts who connects."""

    connections: int = 0
    port: int = 0

    def __enter__(self) -> Listening:
        self._socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()


@dataclass
class _Watch:
    """An audit hook cannot be taken off, so one is put on once and told when to look."""

    is_on: bool = False
    seen: list[str] = field(default_factory=list)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_on and event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
            self.seen.append(str(arguments[1][0]))


_watch: list[_Watch] = []


@contextmanager
def watched_connections() -> Iterator[list[str]]:
    """The addresses that this process connects to or tries to, inside; name servers asked by the system are none."""
    if not _watch:
        _watch.append(_Watch())
        sys.addaudithook(_watch[0])
    watch = _watch[0]
    watch.seen = []
    watch.is_on = True
    try:
        yield watch.seen
    finally:
        watch.is_on = False
