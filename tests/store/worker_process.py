"""A worker process for the tests: python worker_process.py URL LEASE_S [JOB_TIMEOUT_S].

What it does with an item stands in the name of its article: `killer` ends the process, `slow` takes two seconds,
`brief` hundredths, `stuck` for ever, `heedless` for ever and past every Exception, `frozen` for ever and deaf to
signals, `faulty` fails the whole job, and any other is published with one signal; what ends in `watched` goes to a
watch as well.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from store_samples import publication, stance

from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.queue import ANALYSE_BATCH
from stancewire.adapters.store import RedisStore
from stancewire.adapters.worker import WorkerPlan, run_worker


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main(url: str, lease_s: str, job_timeout_s: str = "120") -> None:
    limits = Limits(job_timeout_s=float(job_timeout_s))
    store = RedisStore(connect(url, purpose="worker"), limits)

    def analyse_batch(batch_id: str) -> None:
        for item in store.batch(batch_id):
            say("begins", item.article_id)
            if item.article_id.startswith("killer"):
                os._exit(9)
            elif item.article_id.startswith("slow"):
                time.sleep(2)
            elif item.article_id.startswith("brief"):
                time.sleep(0.01)
            elif item.article_id.startswith("stuck"):
                time.sleep(600)
            elif item.article_id.startswith("heedless"):
                while True:
                    with suppress(Exception):
                        time.sleep(600)
            elif item.article_id.startswith("frozen"):
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
                time.sleep(600)
            elif item.article_id.startswith("faulty"):
                raise RuntimeError("the model is broken")
            found = stance(f"signal-{item.article_id}", name=item.article_id)
            asked_for = {found.id: ("france",)} if item.article_id.endswith("watched") else {}
            store.publish(replace(publication(item, found), watched=asked_for), datetime.now(UTC))
        say("done", batch_id)

    plan = WorkerPlan(functions={ANALYSE_BATCH: analyse_batch}, limits=limits, lease_s=float(lease_s), overdue_s=4)
    jobs = run_worker(lambda purpose: connect(url, purpose=purpose), plan)
    say("jobs", jobs)


if __name__ == "__main__":
    main(*sys.argv[1:])
