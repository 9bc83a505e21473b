"""Sends each signal to a web address as a CloudEvent. `python forward.py REDIS_URL WEB_ADDRESS` needs redis alone.

What the other side does not take is tried again; it ends where that does not help, and goes on there when started anew.
For a standing question stancewire does this by itself, and signs what it sends.
"""

import json
import sys
import time
import urllib.request

from redis import Redis

from stancewire.client import Delivery, deliveries


def send(delivery: Delivery, address: str) -> None:
    body = json.dumps({**delivery.attributes, "data": json.loads(delivery.data)}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/cloudevents+json"})
    for attempt in range(5):
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except OSError:
            time.sleep(2**attempt)
        else:
            return
    raise SystemExit(f"{address} does not take {delivery.signal.id}")


url, address = sys.argv[1:]
for delivery in deliveries(Redis.from_url(url), group="forward", consumer="forward"):
    send(delivery, address)
