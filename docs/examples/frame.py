"""Signals as a table: who is adverse to whom, as a notebook would ask. `python frame.py URL` needs redis and polars."""

import sys

import polars as pl
from redis import Redis

from stancewire.client import Filter, history

stances = pl.DataFrame(
    [
        {
            "at": signal.detected_at,
            "holder": signal.holder.name,
            "target": signal.target.name,
            "polarity": signal.polarity,
            "confidence": signal.confidence,
            "outlet": signal.article.outlet,
            "sentence": signal.evidence.text,
        }
        for delivery in history(Redis.from_url(sys.argv[1]), where=Filter(kinds=frozenset({"stance"})))
        if (signal := delivery.signal).kind == "stance"
    ]
)
if stances.is_empty():
    sys.exit("no stance on the stream yet")
pairs = stances.group_by("holder", "target").agg(
    (pl.col("polarity") == "favourable").sum().alias("favourable"),
    (pl.col("polarity") == "adverse").sum().alias("adverse"),
    pl.len().alias("signals"),
)
print(pairs.sort("signals", "holder", "target", descending=[True, False, False]).head(20))
