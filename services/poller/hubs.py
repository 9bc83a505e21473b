"""What the poller has for hubs where there are none.

With hubs it is given `services.websub.subscriber.Subscriber`.
"""

from __future__ import annotations

from stancewire.ports import Deliver
from stancewire.types import Feed, Fetched


class NoHubs:
    """`stancewire.ports.Hubs` that tell nothing."""

    def found(self, feed: Feed, document: Fetched) -> None:
        """Look for nothing."""

    def interval_after(self, feed_id: str, usual: float, new: int) -> float:  # noqa: ARG002
        """The usual interval."""
        return usual

    async def run(self, deliver: Deliver) -> None:
        """End at once."""
