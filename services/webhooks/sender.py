"""Sends what stands on the streams of watches to their webhooks, one after the other for each, until told to stop.

    waiting on the stream | sign | send | taken or given up: the next one; else wait

What follows from an answer is decided in `delivery`. An entry is done with when the store knows it, so that it may be
sent again after a crash, and is not left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from config.redaction import masked
from services.waiting import set_within
from services.webhooks import delivery as decide
from services.webhooks.signing import message
from stancewire.errors import StoreError
from stancewire.ports import Fetcher, Outbox
from stancewire.types import FetchFailed, FetchRequest, FetchResult, Watch, WatchEntry, Webhook, WebhookStanding

_LOOK_SECONDS = 0.5
#: Entries of a watch that are read at once.
_AT_ONCE = 16


class WebhookSender:
    """The webhooks of one process; without effect but while `run` runs."""

    def __init__(
        self,
        watches: Sequence[Watch],
        *,
        keys: Mapping[str, tuple[bytes, ...]],
        fetcher: Fetcher,
        outbox: Outbox,
        give_up_after_s: float,
        leads: Callable[[], bool],
        clock: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        """`keys` are those that sign for each watch; `random` gives numbers from 0 to 1."""
        self._hooks = {each.name: each.webhook for each in watches if each.webhook is not None}
        self._keys = keys
        self._fetcher = fetcher
        self._outbox = outbox
        self._bound_s = give_up_after_s
        self._leads = leads
        self._clock = clock
        self._random = random
        self._log = structlog.get_logger()
        self._standings: dict[str, WebhookStanding] = {}
        self._busy: set[str] = set()
        #: The entry of each that was sent and taken, until the store knows it.
        self._taken: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Send until `stop`, then end what is under way."""
        while not self._stopping and not await self._load():
            await set_within(self._changed, _LOOK_SECONDS)
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping:
                self._changed.clear()
                for name, entries in (await self._waiting()).items():
                    self._busy.add(name)
                    tasks.create_task(self._bring(name, entries))
                await set_within(self._changed, _LOOK_SECONDS)

    def stop(self) -> None:
        """Send nothing more; `run` returns when what is under way has its answer."""
        self._stopping = True
        self._changed.set()

    async def _load(self) -> bool:
        try:
            found = await asyncio.to_thread(self._outbox.standings, tuple(self._hooks))
        except StoreError:
            # The poller waits for the store too, and says so.
            return False
        known = {name: found.get(name, WebhookStanding(watch=name)) for name in self._hooks}
        self._standings = {name: decide.resumed(standing) for name, standing in known.items()}
        return True

    async def _waiting(self) -> Mapping[str, Sequence[WatchEntry]]:
        """What may be sent now."""
        now = self._clock()
        idle = [name for name, each in self._standings.items() if name not in self._busy and decide.is_due(each, now)]
        if not idle or not self._leads():
            return {}
        try:
            return await asyncio.to_thread(self._outbox.waiting, idle, _AT_ONCE)
        except StoreError:
            return {}
        except Exception:  # noqa: BLE001 - the edge: it is looked again, and the poller goes on
            self._log.exception("webhooks not looked for")
            return {}

    async def _bring(self, name: str, entries: Sequence[WatchEntry]) -> None:
        try:
            for entry in entries:
                if self._stopping or not await self._is_done_with(name, self._hooks[name], entry):
                    return
            self._changed.set()
        except StoreError:
            # What was sent is settled, and nothing else sent, when the store answers again.
            await asyncio.sleep(_LOOK_SECONDS)
        except Exception:  # noqa: BLE001 - the edge: one watch must not end the others
            self._log.exception("webhook crashed", watch=name)
            await asyncio.sleep(_LOOK_SECONDS)
        finally:
            self._busy.discard(name)

    async def _is_done_with(self, name: str, hook: Webhook, entry: WatchEntry) -> bool:
        """Send an entry, unless it was; whether the next one may be sent. Raises StoreError."""
        if not entry.fields:
            # Taken off the stream before it could be sent, which was counted and logged then.
            await self._settle(entry, decide.passed_over(self._standings[name]))
            return True
        if self._taken.get(name) != entry.stream_id:
            answer = await self._send(name, hook, entry)
            if isinstance(answer, FetchFailed):
                return await self._refused(name, hook, entry, answer)
            self._taken[name] = entry.stream_id
        before = self._standings[name]
        await self._settle(entry, decide.delivered(before, self._clock()), "delivered")
        if before.attempts:
            self._log.info("webhook delivers again", watch=name, attempts=before.attempts)
        return True

    async def _send(self, name: str, hook: Webhook, entry: WatchEntry) -> FetchResult:
        try:
            sent = message(entry.fields, name, self._keys[name], self._clock())
            return await self._fetcher.fetch(FetchRequest(url=hook.url, accept="*/*", max_bytes=0, message=sent))
        except Exception as error:  # noqa: BLE001 - the edge: what cannot be sent is given up in its time
            self._log.exception("webhook message crashed", watch=name)
            return FetchFailed(url=hook.url, kind="protocol", detail=f"{type(error).__name__}: {error}"[:200])

    async def _refused(self, name: str, hook: Webhook, entry: WatchEntry, answer: FetchFailed) -> bool:
        # An address may hold a secret of its receiver's.
        answer = replace(answer, detail=masked(answer.detail, (hook.url,)))
        standing = self._standings[name] = self._after(name, entry, answer)
        reason = f"{answer.kind}: {answer.detail}"
        told = {
            "watch": name,
            "signal": entry.fields.get("id", b"").decode(errors="replace"),
            "attempts": standing.attempts,
        }
        if decide.is_given_up(standing, self._clock(), self._bound_s):
            self._log.error("webhook delivery given up", **told, reason=reason)
            await self._settle(entry, decide.passed_over(standing), "failed", "given_up")
            return True
        if standing.gone_at is not None:
            hint = "nothing is sent there until the next start; take the webhook out, or correct its address"
            self._log.error("webhook gone", watch=name, reason=reason, hint=hint)
        else:
            next_try = standing.next_at.isoformat(timespec="seconds") if standing.next_at else None
            self._log.warning("webhook not delivered", **told, reason=reason, next_try=next_try)
        await asyncio.to_thread(self._outbox.note, standing, ("failed",))
        return False

    def _after(self, name: str, entry: WatchEntry, failure: FetchFailed) -> WebhookStanding:
        return decide.failed(
            self._standings[name],
            entry.stream_id,
            failure,
            self._clock(),
            bound_s=self._bound_s,
            chance=self._random(),
        )

    async def _settle(self, entry: WatchEntry, standing: WebhookStanding, *counted: str) -> None:
        await asyncio.to_thread(self._outbox.settle, entry, standing, counted)
        self._standings[standing.watch] = standing
