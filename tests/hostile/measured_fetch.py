"""A program: fetches one address with the real fetcher, and prints what came of it and by how much its memory grew.

In a process of its own, as the most memory that a process ever had cannot be set back.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "poller"))

from fetchers import ask, fetcher_with

from stancewire.types import Fetched, FetchFailed


def most_kilobytes() -> int:
    """The most memory that this process had at a time, of its own since it was started."""
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text("ascii"))
    assert found is not None
    return int(found[1])


async def main(warm_up: str, url: str, max_bytes: int) -> None:
    async with fetcher_with(total_timeout_s=30) as fetcher:
        # What the first request takes in is no growth of the second.
        assert isinstance(await fetcher.fetch(ask(warm_up)), Fetched)
        before = most_kilobytes()
        result = await fetcher.fetch(ask(url, max_bytes))
        grown = most_kilobytes() - before
    kind = result.kind if isinstance(result, FetchFailed) else "fetched"
    sys.stdout.write(json.dumps({"kind": kind, "grown_mb": grown / 1024}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
