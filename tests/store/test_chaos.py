"""Whatever is killed and whenever: in the end each item was published once, and only the known killer is dead."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

from store_bench import RealBench
from store_processes import Worker
from store_samples import acceptance, item

from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.errors import StoreError

ITEMS, BATCH, KILLS, SERVER_KILLS = 480, 16, 8, 2
SEED = int(os.environ.get("STANCEWIRE_CHAOS_SEED", "7"))


class Chaos:
    """Two workers and their server, of which one or another is killed from time to time."""

    def __init__(self, data_dir: Path, seed: int) -> None:
        self._random = random.Random(seed)
        self.server = EmbeddedServer(data_dir).start()
        self.workers = [Worker(self.server.url, quiet=True) for _ in range(2)]

    def store(self) -> RedisStore:
        limits = Limits(stuck_after_s=0.5, reconcile_after_s=3)
        return RedisStore(connect(self.server.url, purpose="poller"), limits)

    def tend(self) -> None:
        """What a supervisor does."""
        for place, worker in enumerate(self.workers):
            if worker.process.poll() is not None:
                self.workers[place] = Worker(self.server.url, quiet=True)
        try:
            store = self.store()
            store.reap(datetime.now(UTC))
            store.reconcile(datetime.now(UTC))
        except StoreError:
            pass

    def kill_a_worker(self) -> None:
        self._random.choice(self.workers).kill()

    def kill_the_server(self) -> None:
        assert self.server.pid is not None
        os.kill(self.server.pid, signal.SIGKILL)
        self.server.stop()
        self.server.start()

    def pause(self) -> None:
        time.sleep(self._random.uniform(0.2, 0.8))

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.server.stop()


def test_each_item_is_published_once_whatever_is_killed(tmp_path: Path) -> None:
    chaos = Chaos(tmp_path, SEED)
    names = [f"brief-{number}" for number in range(ITEMS)]
    names[100] = "killer"
    try:
        for start in range(0, ITEMS, BATCH):
            items = tuple(item(name) for name in names[start : start + BATCH])
            for _poller in range(2):
                chaos.store().accept(acceptance(*items, batch_id=f"batch-{start}", at=datetime.now(UTC)))
        connect(chaos.server.url, purpose="check").lpop(keys.RQ_QUEUE, 2)
        for kill in range(KILLS + SERVER_KILLS):
            chaos.pause()
            if kill % (KILLS // SERVER_KILLS) == 2:
                chaos.kill_the_server()
            else:
                chaos.kill_a_worker()
            chaos.tend()
        give_up = time.monotonic() + 40
        while (left := chaos.store().depth().pending) and time.monotonic() < give_up:
            chaos.tend()
            time.sleep(0.2)

        published = [entry.signal.article.id for entry in chaos.store().read("0", limit=10_000, wait_ms=0)]
        letters = RealBench(connect(chaos.server.url, purpose="check")).letters()
    finally:
        chaos.end()

    assert left == 0, f"seed {SEED}"
    assert sorted(published) == sorted(set(names) - {"killer"}), f"seed {SEED}"
    assert [(letter.item_id, letter.reason) for letter in letters] == [("killer-first", "killed_workers")]
