"""The web port: `/livez` says that the process lives, `/readyz` what it lacks to do its work, `/metrics` what it did.

What is checked and counted is given to it. It repairs nothing, and a check that hangs does not hang the port.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias, TypeVar

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.supervisor import Workforce
from services.web import serving_at
from stancewire.errors import StancewireError
from stancewire.ports import Upkeep
from stancewire.server_state import ServerWatch

T = TypeVar("T")

#: Seconds a check or a collection may take before it counts as failed.
PATIENCE_S = 3.0
_NEVER_STORED = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found."""

    ok: bool
    #: One line for people.
    detail: str
    #: The next step, where something is wrong.
    fix: str = ""


#: Called on a thread; may block, and may raise StancewireError instead of returning a finding.
Check: TypeAlias = Callable[[], Finding]


class _Blocking:
    """Runs blocking calls on threads of its own, each named call at most once at a time."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="health")
        self._running: dict[str, asyncio.Future[Any]] = {}

    async def call(self, name: str, function: Callable[[], T], patience_s: float) -> T:
        """The result; TimeoutError when it is not there in time. A call that still runs is joined, not repeated."""
        future = self._running.get(name)
        if future is None or future.done():
            future = asyncio.get_running_loop().run_in_executor(self._pool, function)
            future.add_done_callback(_retrieve)
            self._running[name] = future
        async with asyncio.timeout(patience_s):
            result: T = await asyncio.shield(future)
        return result


def _retrieve(future: asyncio.Future[Any]) -> None:
    """Take note of an error that nobody waits for any more."""
    if not future.cancelled():
        future.exception()


def application(
    checks: Mapping[str, Check], registry: CollectorRegistry, *, patience_s: float = PATIENCE_S
) -> Starlette:
    """The three pages over named checks and a registry of metrics."""
    blocking = _Blocking(threads=len(checks) + 1)

    async def live(request: Request) -> Response:  # noqa: ARG001
        return PlainTextResponse("alive\n", headers=_NEVER_STORED)

    async def ready(request: Request) -> Response:  # noqa: ARG001
        findings = await asyncio.gather(*(find(name, check) for name, check in checks.items()))
        named = dict(zip(checks, findings, strict=True))
        is_ready = all(finding.ok for finding in findings)
        body = {"ready": is_ready, "checks": {name: asdict(finding) for name, finding in named.items()}}
        return JSONResponse(body, status_code=200 if is_ready else 503, headers=_NEVER_STORED)

    async def find(name: str, check: Check) -> Finding:
        try:
            return await blocking.call(name, check, patience_s)
        except StancewireError as error:
            return Finding(ok=False, detail=error.message, fix=error.hint)
        except TimeoutError:
            return Finding(ok=False, detail=f"no answer within {patience_s:g} seconds", fix="see the log")

    async def metrics(request: Request) -> Response:  # noqa: ARG001
        try:
            page = await blocking.call("metrics", lambda: generate_latest(registry), patience_s)
        except TimeoutError:
            return PlainTextResponse("the server does not answer\n", status_code=503, headers=_NEVER_STORED)
        return Response(page, media_type=CONTENT_TYPE_LATEST, headers=_NEVER_STORED)

    return Starlette(routes=[Route("/livez", live), Route("/readyz", ready), Route("/metrics", metrics)])


def store_check(upkeep: Upkeep, server: ServerWatch | None = None) -> Check:
    """Whether the Redis server answers and takes something in, now and as far as this process has noticed."""

    def check() -> Finding:
        if server is not None and server.state.trouble:
            state = server.state
            detail = f"{state.words} for {server.ill_for_s():.0f} s: {state.cause}"
            return Finding(ok=False, detail=detail, fix=state.hint)
        upkeep.probe()
        depth = upkeep.depth()
        return Finding(ok=True, detail=f"{depth.pending} items pending, {depth.dead} dead letters")

    return check


def workers_check(workforce: Callable[[], Workforce]) -> Check:
    """Whether at least one worker takes jobs."""

    def check() -> Finding:
        now = workforce()
        detail = f"{now.ready} of {now.processes} workers are ready, {now.restarts} restarts"
        if now.failing:
            detail += f"; {now.failing} keep ending, the last with {now.last_end}"
        fix = "" if now.ready else "wait for their start of some seconds; if it lasts, the log says why they end"
        return Finding(ok=now.ready > 0, detail=detail, fix=fix)

    return check


def serve(app: Starlette, host: str, port: int) -> AbstractAsyncContextManager[int]:
    """Serve `app` inside; gives the port, a free one for 0. Raises ConfigurationError where it cannot listen."""
    return serving_at(app, host, port, section="health", off="STANCEWIRE_HEALTH__ENABLED=false")
