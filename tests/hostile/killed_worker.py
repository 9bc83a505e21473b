"""A worker that kills itself once, at a point of its work: `python killed_worker.py POINT FOLDER`.

`before-publication` and `after-publication` mean those of the second item of a batch, `before-the-end` the moment when
the whole batch is published and RQ does not know it yet. Everything else is `workers.process`.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from stancewire.adapters.worklist import RedisWorklist
from stancewire.types import Publication, Published
from workers import process
from workers.jobs import BatchJob

POINTS = ("before-publication", "after-publication", "before-the-end")

#: Given to the program; a test that takes the points from here gives none.
point, folder = sys.argv[1] if len(sys.argv) > 2 else "", Path(sys.argv[-1])
publish, run = RedisWorklist.publish, BatchJob.__call__


def reach(name: str) -> None:
    if name == point and not (folder / "killed").exists():
        (folder / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)


def publish_or_die(self: RedisWorklist, publication: Publication, at: datetime) -> Published:
    if publication.article.id == "second":
        reach("before-publication")
    published = publish(self, publication, at)
    if publication.article.id == "second":
        reach("after-publication")
    return published


def run_and_die(self: BatchJob, batch_id: str) -> None:
    run(self, batch_id)
    reach("before-the-end")


if __name__ == "__main__":
    RedisWorklist.publish = publish_or_die  # type: ignore[method-assign]
    BatchJob.__call__ = run_and_die  # type: ignore[method-assign]
    sys.exit(process.main())
