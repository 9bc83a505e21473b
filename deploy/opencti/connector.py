"""An external-import connector of OpenCTI that sends what a stancewire publishes.

What becomes of signals is decided in `stancewire.exports.stix`; OpenCTI's client keeps the place and sends.
"""

from __future__ import annotations

import os
from pathlib import Path

import redis
from forwarding import Forwarder
from pycti import OpenCTIConnectorHelper

#: Kinds of signals that are sent, where nothing else is asked.
_KINDS = "interference,stance"


class OpenCTI:
    """`forwarding.Platform` by OpenCTI's client."""

    def __init__(self, helper: OpenCTIConnectorHelper) -> None:
        self._helper = helper

    def place(self) -> str | None:
        """The place in the connector's state, which OpenCTI keeps, shows, and resets where asked to."""
        place = (self._helper.get_state() or {}).get("after")
        return place if isinstance(place, str) else None

    def send(self, text: str, upto: str) -> None:
        """One bundle is one work of the connector."""
        work = self._helper.api.work.initiate_work(self._helper.connect_id, f"stancewire up to {upto}")
        self._helper.send_stix2_bundle(text, work_id=work)
        self._helper.api.work.to_processed(work, f"Sent up to entry {upto}")

    def keep(self, upto: str) -> None:
        """The next run goes on behind it, also after a restart."""
        self._helper.set_state({"after": upto})
        self._helper.force_ping()


def main() -> None:
    """Run until ended; settings are OpenCTI's own and the STANCEWIRE_ ones of the README beside this."""
    helper = OpenCTIConnectorHelper({})
    kinds = frozenset(each.strip() for each in os.environ.get("STANCEWIRE_KINDS", _KINDS).split(","))
    tell = helper.connector_logger
    client = redis.Redis.from_url(_redis_url())
    forwarder = Forwarder(client, OpenCTI(helper), start=os.environ.get("STANCEWIRE_START", "0"), kinds=kinds)

    def run() -> None:
        try:
            sent = forwarder.forward()
        # GraphQL's errors are ValueErrors to the client, those of the connection OSErrors.
        except (redis.RedisError, ValueError, OSError) as error:
            tell.error("Not all is sent; the next run goes on from there", {"reason": str(error)})
        else:
            tell.info("All is sent that stood on the stream", {"entries": sent})

    helper.schedule_process(message_callback=run, duration_period=float(os.environ.get("STANCEWIRE_EVERY_S", "60")))


def _redis_url() -> str:
    """The server's address, from a file where it is a secret of the container."""
    if path := os.environ.get("STANCEWIRE_REDIS_URL_FILE"):
        return Path(path).read_text("utf-8").strip()
    return os.environ["STANCEWIRE_REDIS_URL"]


if __name__ == "__main__":
    main()
