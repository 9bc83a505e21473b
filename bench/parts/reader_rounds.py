"""Polls feeds with lemon24's `reader`, round after round, and prints what each took; needs that library and no more.

PYTHON reader_rounds.py DATABASE ROUNDS < one URL a line
"""

from __future__ import annotations

import json
import sys
import time

from reader import make_reader


def main(database: str, rounds: int) -> None:
    """Add the feeds, then update them all in each round."""
    reader = make_reader(database)
    for url in sys.stdin.read().split():
        reader.add_feed(url)
    for _ in range(rounds):
        started, cpu = time.monotonic(), time.process_time()
        updates = list(reader.update_feeds_iter(scheduled=False, workers=10))
        took = {"cpu_s": time.process_time() - cpu, "wall_s": time.monotonic() - started}
        print(json.dumps({"polls": sum(not update.error for update in updates), **took}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
