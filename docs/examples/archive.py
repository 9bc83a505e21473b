"""Keeps what is published for ever: Parquet files by day, which DuckDB, Polars and Spark read as one table.

`python archive.py URL FOLDER`, once an hour, needs redis and polars. A file is written before its entries are
acknowledged and is named after the first of them, so that what is given again after a crash takes its place.
"""

import json
import sys
from pathlib import Path

import polars as pl
from redis import Redis

from stancewire.client import Delivery, batches


def row(delivery: Delivery) -> dict[str, object]:
    found = json.loads(delivery.data)
    by, toward = found.get("holder") or found.get("actor"), found.get("target") or found.get("event")
    return {
        "stream_id": delivery.stream_id,
        "id": found["id"],
        "kind": found["kind"],
        "at": delivery.signal.detected_at,
        "by": by and by["name"],
        "toward": toward and toward["name"],
        "value": found.get("polarity") or found.get("status") or found.get("change"),
        "confidence": found.get("confidence"),
        "language": found["language"],
        "outlet": found["article"]["outlet"],
        "url": found["article"]["url"],
        "sentence": found.get("evidence", {}).get("text"),
        "data": delivery.data,
    }


url, folder = sys.argv[1], Path(sys.argv[2])
for batch in batches(Redis.from_url(url), group="archive", consumer="archive", batch=10_000, follow=False):
    rows = pl.DataFrame(list(map(row, batch)), infer_schema_length=None)
    for (day,), of_day in rows.group_by(pl.col("at").dt.date(), maintain_order=True):
        file = folder / f"day={day}" / f"{of_day['stream_id'][0]}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        of_day.write_parquet(partial := file.with_suffix(".partial"))
        partial.rename(file)
        print(f"{file}: {of_day.height} entries")
