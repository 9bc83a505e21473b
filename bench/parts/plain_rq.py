"""The load of `bench.chaos` on plain RQ: a poller that enqueues a job for each entry, and RQ's own workers.

`python -m bench.parts.plain_rq poll SERVER FEED…` and `… work SERVER COUNT`. Jobs are tried again as RQ does it, and
RQ's own maintenance looks after them; nothing is added to what RQ promises.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import feedparser
import httpx
import redis
from rq import Queue, Retry, Worker

from bench.parts import plain_job

SEEN, TAGS = "plain:seen", "plain:tags"
INTERVAL_S = 2.0
ATTEMPTS = 3


def poll(server: str, feeds: list[str]) -> None:
    """Ask each feed in turn, for ever; wait out a server that is away."""
    client = redis.Redis.from_url(server)
    with httpx.Client(trust_env=False) as site:
        while True:
            started = time.monotonic()
            for feed in feeds:
                try:
                    _poll_one(client, site, feed)
                except redis.RedisError:
                    time.sleep(0.5)
            time.sleep(max(0.0, INTERVAL_S - (time.monotonic() - started)))


def _poll_one(client: redis.Redis, site: httpx.Client, feed: str) -> None:
    tag: Any = client.hget(TAGS, feed)
    answer = site.get(feed, headers={"if-none-match": tag.decode()} if tag else {})
    if answer.status_code != 200:
        return
    queue = Queue(connection=client)
    for entry in feedparser.parse(answer.content).entries:
        if client.sadd(SEEN, f"{entry.link} {entry.title}"):
            page = site.get(entry.link).text
            queue.enqueue(
                plain_job.analyse, server_of(client), entry.link, entry.title, page, retry=Retry(max=ATTEMPTS)
            )
    client.hset(TAGS, feed, answer.headers["etag"])


def server_of(client: redis.Redis) -> str:
    """Address of a client's server."""
    options = client.connection_pool.connection_kwargs
    return f"unix://{options['path']}"


def work_one(server: str) -> None:
    """One of RQ's workers, as its command line makes them; the analysis is loaded before it forks for a job."""
    plain_job.analysis()
    client = redis.Redis.from_url(server)
    Worker([Queue(connection=client)], connection=client).work()


def work(server: str, count: int) -> None:
    """So many workers, each started again when it ends."""
    command = [sys.executable, "-P", "-m", "bench.parts.plain_rq", "work-one", server]
    workers = [subprocess.Popen(command) for _ in range(count)]
    while True:
        for place, worker in enumerate(workers):
            if worker.poll() is not None:
                workers[place] = subprocess.Popen(command)
        time.sleep(0.2)


def failed_links(client: redis.Redis) -> list[str]:
    """Links of the articles whose jobs RQ has filed as failed."""
    queue = Queue(connection=client)
    jobs = (queue.fetch_job(job_id) for job_id in queue.failed_job_registry.get_job_ids(cleanup=False))
    return [job.args[1] for job in jobs if job is not None]


def unfinished(client: redis.Redis) -> int:
    """Jobs that wait or are at work, as RQ counts them."""
    queue = Queue(connection=client)
    return int(queue.count) + int(queue.started_job_registry.get_job_count(cleanup=False))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["poll", server, *feeds]:
            poll(server, feeds)
        case ["work", server, count]:
            work(server, int(count))
        case ["work-one", server]:
            work_one(server)
        case _:
            sys.exit(__doc__)
