"""What is known of one request over all of its redirects: the time left, the host asked last, and whether it has moved.

It asks nothing, and decides nothing about a feed.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

import httpcore

from services.poller.guard import is_public


@dataclass(slots=True)
class Visit:
    """One request so far."""

    seconds_left: float
    #: Host asked last, and whether that one's address is of the open network.
    host: str = ""
    was_public: bool = False
    #: Whether all redirects so far were permanent, and led from no public address to a private one.
    moved: bool = True
    redirects: int = 0

    def note_address(self, stream: httpcore.AsyncNetworkStream | None) -> None:
        """Take note of the address at the other end."""
        peer = stream.get_extra_info("server_addr") if stream is not None else None
        public = peer is not None and is_public(ip_address(str(peer[0]).partition("%")[0]))
        # What the open network says of a private one is nothing to rely on, even where that one may be asked.
        self.moved = self.moved and not (self.was_public and not public)
        self.was_public = public
