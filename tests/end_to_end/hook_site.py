"""A receiver of webhooks on the loopback, for programs that a test starts: it keeps what comes, and answers as told."""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson
from standardwebhooks.webhooks import Webhook

SECRET = "whsec_" + base64.b64encode(b"a key of thirty-two bytes or so!").decode()


@dataclass(frozen=True, kw_only=True)
class Delivered:
    name: str
    watch: str
    event: dict[str, Any]


@dataclass
class HookSite:
    """Listens while the context lasts; whose signature the reference library refuses is answered 401."""

    #: Seconds to wait with an answer.
    slow: float = 0.0
    status: int = 204
    delivered: list[Delivered] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __enter__(self) -> HookSite:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def watching(self, folder: Path, watches: str) -> dict[str, str]:
        """Settings of a run with these watches, `{webhook}` among them being the table of one that calls here."""
        folder.mkdir(exist_ok=True)
        (folder / "hook.secret").write_text(f"{SECRET}\n")
        table = f'[watch.webhook]\nurl = "{self.url}"\nsecret_file = "hook.secret"\n'
        (folder / "watches.toml").write_text(watches.replace("{webhook}", table))
        return {
            "STANCEWIRE_WATCHES": str(folder / "watches.toml"),
            "STANCEWIRE_WEBHOOKS__ALLOW_NETWORKS": "127.0.0.0/8",
        }

    @property
    def names(self) -> list[str]:
        """Ids of the signals, in the order in which they came."""
        return [each.name for each in self.delivered]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                time.sleep(site.slow)
                self.send_response(site.take(dict(self.headers.items()), body))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
                pass

        return Handler

    def take(self, headers: dict[str, str], body: bytes) -> int:
        given = {name.lower(): value for name, value in headers.items()}
        at = datetime.fromtimestamp(int(given["webhook-timestamp"]), UTC)
        good = Webhook(SECRET).sign(given["webhook-id"], at, body.decode())
        if good not in given["webhook-signature"].split():
            self.refused.append(given["webhook-id"])
            return 401
        if self.status < 300:
            event = orjson.loads(body)
            self.delivered.append(Delivered(name=given["webhook-id"], watch=given["stancewire-watch"], event=event))
        return self.status
