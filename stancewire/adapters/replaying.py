"""Publishing what a stored article yields when it is analysed once more, as a worker publishes what is new.

It does not analyse; signals on record are not published again, so that only what is newly found is.
"""

from __future__ import annotations

from datetime import datetime

import redis

from stancewire import keys
from stancewire.adapters.connection import checked
from stancewire.adapters.intake import milliseconds
from stancewire.adapters.limits import Limits
from stancewire.adapters.worklist import RedisWorklist
from stancewire.types import Carried, Publication, Published


class RedisReplay:
    """The stream's side for articles that went through the queue before."""

    def __init__(self, client: redis.Redis, limits: Limits) -> None:
        self._client = client
        self._worklist = RedisWorklist(client, limits)

    def carried(self, article_id: str) -> Carried:
        """As `Publishing.carried`."""
        return self._worklist.carried(article_id)

    def publish(self, publication: Publication, at: datetime) -> Published:
        """As `Publishing.publish`; `publication.item_id` names this replay and no item in the queue. Raises StoreError.

        An end between the two steps leaves an item without a payload, which becomes a dead letter.
        """
        with checked(self._client):
            self._client.zadd(keys.PENDING, {publication.item_id: milliseconds(at)})
        return self._worklist.publish(publication, at)
