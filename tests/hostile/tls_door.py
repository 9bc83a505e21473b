"""A port that ends TLS before a plain server, and lets plain connections through as they are."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_TLS_HANDSHAKE = b"\x16"


def self_signed(folder: Path, names: str) -> tuple[Path, Path]:
    """A certificate, which is its own authority, for names such as `DNS:localhost,IP:127.0.0.1`, and its key."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ("-subj", "/CN=test", "-addext", f"subjectAltName={names}")
    made = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    written = ("-keyout", str(key), "-out", str(certificate))
    subprocess.run(["openssl", "req", "-x509", *made, *written, *subject], check=True, capture_output=True)
    return certificate, key


class TlsDoor:
    """Listens on the loopback while the context lasts."""

    def __init__(self, behind: int, certificate: Path, key: Path) -> None:
        self._behind = behind
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        #: Connections that came over TLS and were let in.
        self.secured = 0

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, socket.create_connection(("127.0.0.1", self._behind)) as inside:
            if connection.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
                with self._context.wrap_socket(connection, server_side=True) as secured:
                    self.secured += 1
                    _join(secured, inside)
            else:
                _join(connection, inside)


def _join(one: socket.socket, other: socket.socket) -> None:
    """Hand over what comes, both ways, until either side ends."""
    back = threading.Thread(target=_pump, args=(other, one), daemon=True)
    back.start()
    _pump(one, other)
    back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
