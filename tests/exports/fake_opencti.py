"""A small OpenCTI on loopback: as much of its GraphQL API as a connector uses, and nothing of what it does with bundles
but to keep each object under its id.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_NOWHERE = {"host": "127.0.0.1", "vhost": "/", "use_ssl": False, "port": 1, "user": "u", "pass": "p"}


@dataclass
class FakeOpenCTI:
    url: str = ""
    token: str = "0d2ec6ae-4a1c-4f6b-8f6e-3a1b1b1f4d0f"
    #: As the platform keeps it for the connector.
    state: str | None = None
    #: Names of the operations asked for, in order.
    asked: list[str] = field(default_factory=list)
    bundles: list[dict[str, Any]] = field(default_factory=list)
    #: Objects by id, the latest that came; and of works, whether they are done.
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    works: dict[str, bool] = field(default_factory=dict)
    #: How many bundles are refused from now on.
    refusing: int = 0

    def answer(self, query: str, given: dict[str, Any]) -> dict[str, Any]:
        """What GraphQL answers to an operation, by the field that it asks for."""
        operations = {
            "registerConnector": self._register,
            "pingConnector": self._ping,
            "stixBundlePush": self._push,
            "workAdd": self._add_work,
            "toProcessed": self._end_work,
            "connector_queue_details": self._details,
        }
        name = next((each for each in operations if each in query), "other")
        self.asked.append(name)
        return operations[name](given) if name != "other" else {"data": {"about": {"version": "7.0.0"}, "me": {}}}

    def _register(self, given: dict[str, Any]) -> dict[str, Any]:
        queues = dict.fromkeys(
            ("listen", "listen_routing", "listen_exchange", "push", "push_routing", "push_exchange"), "q"
        )
        config = {"connection": _NOWHERE, **queues}
        connector = {"id": given["input"]["id"], "connector_state": self.state, "connector_user_id": "u"}
        return {"data": {"registerConnector": {**connector, "config": config, "jwks": None}}}

    def _details(self, given: dict[str, Any]) -> dict[str, Any]:
        info = {"buffering": False, "queue_threshold": 500, "queue_messages_size": 0, "run_and_terminate": False}
        queue = {"messages_number": 0, "messages_size": 0}
        return {"data": {"connector": {"id": given["id"], "connector_info": info, "connector_queue_details": queue}}}

    def _ping(self, given: dict[str, Any]) -> dict[str, Any]:
        self.state = given["state"]
        return {"data": {"pingConnector": {"id": given["id"], "connector_state": self.state, "connector_info": None}}}

    def _push(self, given: dict[str, Any]) -> dict[str, Any]:
        if self.refusing:
            self.refusing -= 1
            return {"errors": [{"name": "UNKNOWN_ERROR", "message": "the queue is away"}], "data": None}
        bundle = json.loads(given["bundle"])
        self.bundles.append(bundle)
        self.objects |= {each["id"]: each for each in bundle["objects"]}
        return {"data": {"stixBundlePush": True}}

    def _add_work(self, given: dict[str, Any]) -> dict[str, Any]:
        work = f"work-{len(self.works)}"
        self.works[work] = False
        return {"data": {"workAdd": {"id": work}}}

    def _end_work(self, given: dict[str, Any]) -> dict[str, Any]:
        self.works[given["id"]] = True
        return {"data": {"workEdit": {"toProcessed": given["id"]}}}


@contextmanager
def opencti() -> Iterator[FakeOpenCTI]:
    platform = FakeOpenCTI()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            allowed = self.headers["Authorization"] == f"Bearer {platform.token}"
            answer = platform.answer(body["query"], body.get("variables") or {}) if allowed else {"errors": []}
            data = json.dumps(answer).encode()
            self.send_response(200 if allowed else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        platform.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield platform
        server.shutdown()
        thread.join()
