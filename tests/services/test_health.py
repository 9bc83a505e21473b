"""The web port over real connections: what it says when all is well, when something is wrong, and when it hangs."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from services import metrics
from services.health import Check, Finding, application, serve, store_check, workers_check
from services.metrics import Metrics, Sources
from services.supervisor import Workforce
from stancewire.errors import ConfigurationError, StoreError, StoreUnavailable
from stancewire.server_state import ServerWatch
from stancewire.testing import FakeStore
from stancewire.types import QueueDepth

FINE = Finding(ok=True, detail="fine")


class AwayStore(FakeStore):
    """A store whose server is away."""

    def depth(self) -> QueueDepth:
        raise StoreUnavailable("no connection to the server at redis:6379", "start it")

    def counters(self) -> Mapping[str, int]:
        raise StoreUnavailable("no connection to the server at redis:6379", "start it")


@contextlib.asynccontextmanager
async def browser(
    checks: Mapping[str, Check], registry: CollectorRegistry | None = None, *, patience_s: float = 3
) -> AsyncIterator[httpx.AsyncClient]:
    app = application(checks, registry or CollectorRegistry(), patience_s=patience_s)
    async with (
        serve(app, "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


def numbers(page: str) -> dict[str, float]:
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def collected(sources: Sources) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Metrics(sources))
    return registry


async def test_a_live_process_says_so_whatever_is_wrong() -> None:
    async with browser({"store": store_check(AwayStore())}) as client:
        answer = await client.get("/livez")

    assert (answer.status_code, answer.text) == (200, "alive\n")


async def test_a_process_is_ready_when_every_check_is_fine() -> None:
    workforce = Workforce(processes=2, ready=1, restarts=0, kills=0)
    async with browser({"store": store_check(FakeStore()), "workers": workers_check(lambda: workforce)}) as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["checks"]["workers"]["detail"] == "1 of 2 workers are ready, 0 restarts"


async def test_a_process_that_is_not_ready_says_what_is_wrong_and_what_to_do() -> None:
    workforce = Workforce(processes=2, ready=0, restarts=7, kills=0)
    async with browser({"store": store_check(AwayStore()), "workers": workers_check(lambda: workforce)}) as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert answer.json()["checks"]["store"] == {
        "ok": False,
        "detail": "no connection to the server at redis:6379",
        "fix": "start it",
    }
    assert answer.json()["checks"]["workers"]["fix"]


async def test_a_process_whose_workers_keep_ending_says_why() -> None:
    workforce = Workforce(processes=2, ready=0, restarts=7, kills=0, failing=2, last_end="status 1: no model")
    async with browser({"workers": workers_check(lambda: workforce)}) as client:
        answer = await client.get("/readyz")

    assert answer.json()["checks"]["workers"]["detail"].endswith("2 keep ending, the last with status 1: no model")


async def test_a_server_in_trouble_is_said_with_its_cause_and_since_when() -> None:
    now = 10.0
    server = ServerWatch(monotonic=lambda: now, tell=lambda _change: None)
    server.failed(StoreError("the server at redis:6379 is out of memory", "raise its maxmemory", trouble="full"), now)
    now = 22.0
    registry = collected(Sources(upkeep=FakeStore(), server=server))
    async with browser({"store": store_check(FakeStore(), server)}, registry) as client:
        troubled = await client.get("/readyz")
        counted = numbers((await client.get("/metrics")).text)
        server.worked("probing", now)
        well = await client.get("/readyz")
        recounted = numbers((await client.get("/metrics")).text)

    assert (troubled.status_code, well.status_code) == (503, 200)
    assert troubled.json()["checks"]["store"] == {
        "ok": False,
        "detail": "server full for 12 s: the server at redis:6379 is out of memory",
        "fix": "raise its maxmemory",
    }
    # A full server still answers.
    assert (counted["stancewire_server_trouble{full}"], counted["stancewire_store_up"]) == (1, 1)
    assert sum(value for name, value in counted.items() if "server_trouble" in name) == 1
    assert sum(value for name, value in recounted.items() if "server_trouble" in name) == 0


async def test_a_server_that_is_known_to_be_away_is_not_asked_again_for_its_numbers() -> None:
    class Hanging(FakeStore):
        def counters(self) -> Mapping[str, int]:
            raise AssertionError("it was asked")

    server = ServerWatch(monotonic=time.monotonic, tell=lambda _change: None)
    server.failed(StoreUnavailable("no answer", "see"), time.monotonic())
    async with browser({}, collected(Sources(upkeep=Hanging(), server=server))) as client:
        answer = await client.get("/metrics")

    assert answer.status_code == 200
    assert numbers(answer.text)["stancewire_store_up"] == 0
    assert numbers(answer.text)["stancewire_server_trouble{away}"] == 1


async def test_a_check_that_hangs_counts_as_failed_and_does_not_pile_up() -> None:
    go_on = threading.Event()
    calls = []

    def hang() -> Finding:
        calls.append(1)
        go_on.wait(20)
        return FINE

    async with browser({"slow": hang, "quick": lambda: FINE}, patience_s=0.2) as client:
        started = time.monotonic()
        answers = [await client.get("/readyz") for _ in range(3)]
        took = time.monotonic() - started
        live = await client.get("/livez")
        go_on.set()

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert answers[0].json()["checks"]["slow"]["detail"] == "no answer within 0.2 seconds"
    assert answers[0].json()["checks"]["quick"]["ok"] is True
    assert live.status_code == 200
    assert took < 3
    assert calls == [1]


async def test_metrics_tell_what_the_store_and_the_workers_did() -> None:
    store = FakeStore()
    store.count("items_published", 5)
    store.count("attempts_failed", 2)
    store.count("from_a_newer_version", 9)
    store.lags["dashboard"] = 12
    sources = Sources(
        upkeep=store,
        workforce=lambda: Workforce(processes=4, ready=3, restarts=2, kills=1),
        feeds=lambda: {"ok": 7, "failing": 1},
        alarms=lambda: {"gap": 0, "quiet": 2},
    )
    async with browser({}, collected(sources)) as client:
        answer = await client.get("/metrics")

    found = numbers(answer.text)
    assert found["stancewire_store_up"] == 1
    assert found["stancewire_items_published_total"] == 5
    assert found["stancewire_item_attempts_failed_total"] == 2
    assert found["stancewire_items_accepted_total"] == 0
    assert found["stancewire_workers_ready"] == 3
    assert found["stancewire_worker_restarts_total"] == 2
    assert found["stancewire_worker_kills_total"] == 1
    assert found["stancewire_feeds{failing}"] == 1
    assert (found["stancewire_feed_alarms{quiet}"], found["stancewire_feed_alarms{gap}"]) == (2, 0)
    assert (found["stancewire_feed_gaps_total"], found["stancewire_polls_truncated_total"]) == (0, 0)
    assert found["stancewire_stream_lag{dashboard}"] == 12
    assert not any("newer" in name for name in found)


async def test_metrics_tell_of_each_watch_from_the_beginning_and_of_those_that_were() -> None:
    store = FakeStore(watched={"france": [], "former": []})
    sources = Sources(upkeep=store, watches=("france", "moldova"), webhooks=("moldova",))
    async with browser({}, collected(sources)) as client:
        found = numbers((await client.get("/metrics")).text)

    matches = {name: count for name, count in found.items() if name.startswith("stancewire_watch_matches_total")}
    assert set(matches) == {f"stancewire_watch_matches_total{{{name}}}" for name in ("former", "france", "moldova")}
    for name in ("deliveries", "attempts_failed", "given_up"):
        assert found[f"stancewire_webhook_{name}_total{{moldova}}"] == 0
        assert f"stancewire_webhook_{name}_total{{france}}" not in found


async def test_metrics_say_that_the_store_is_away() -> None:
    sources = Sources(upkeep=AwayStore(), workforce=lambda: Workforce(processes=4, ready=3, restarts=2, kills=1))
    async with browser({}, collected(sources)) as client:
        answer = await client.get("/metrics")

    found = numbers(answer.text)
    assert answer.status_code == 200
    assert found["stancewire_store_up"] == 0
    assert found["stancewire_workers"] == 4
    assert "stancewire_items_pending" not in found


async def test_all_metrics_are_named_in_the_documentation() -> None:
    sources = Sources(
        upkeep=FakeStore(lags={"dashboard": 12}),
        workforce=lambda: Workforce(processes=4, ready=3, restarts=2, kills=1),
        feeds=lambda: {"ok": 7},
        server=ServerWatch(monotonic=time.monotonic, tell=lambda _change: None),
    )
    documented = metrics.__doc__ or ""

    async with browser({}, collected(sources)) as client:
        page = (await client.get("/metrics")).text

    names = {name.partition("{")[0] for name in numbers(page)}
    assert {name for name in names if name not in documented} == set()


async def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(ConfigurationError) as raised:
            async with serve(application({}, CollectorRegistry()), "127.0.0.1", port):
                pass

    assert f"cannot listen on 127.0.0.1 port {port}: address already in use" in str(raised.value)
    assert "STANCEWIRE_HEALTH__PORT" in str(raised.value)


async def test_a_host_that_is_not_ours_is_a_clear_error() -> None:
    with pytest.raises(ConfigurationError, match=r"cannot listen on 192\.0\.2\.1 port 0"):
        async with serve(application({}, CollectorRegistry()), "192.0.2.1", 0):
            pass


async def test_the_port_is_free_again_afterwards() -> None:
    app = application({}, CollectorRegistry())
    async with serve(app, "127.0.0.1", 0) as port:
        pass

    async with serve(app, "127.0.0.1", port) as again:
        assert again == port


async def test_signals_stay_with_the_program() -> None:
    received = []
    before = signal.signal(signal.SIGTERM, lambda *_: received.append(1))
    try:
        async with browser({}) as client:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0.05)
            assert (await client.get("/livez")).status_code == 200
    finally:
        signal.signal(signal.SIGTERM, before)

    assert received == [1]
