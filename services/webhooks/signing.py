"""Makes an entry of a watch's stream into a message that its receiver can check, by Standard Webhooks 1.0.

Pure: it sends nothing, and reads no file of keys.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from stancewire.types import Message

#: CloudEvents 1.0 in the structured mode.
CONTENT_TYPE = "application/cloudevents+json"
PREFIX = "whsec_"
#: Bytes of a key, by the specification; and how many sign at once while one takes the place of another.
SHORTEST_KEY, LONGEST_KEY, MOST_KEYS = 24, 64, 4


def read_keys(text: str) -> tuple[bytes, ...]:
    """The keys that a file holds, one a line; raises ValueError, which shows none of them.

    >>> read_keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == read_keys("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    True
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_KEYS:
        raise ValueError(f"it holds {len(lines)} lines, where one key or up to {MOST_KEYS} shall stand")
    return tuple(_key(line) for line in lines)


def _key(line: str) -> bytes:
    try:
        key = base64.b64decode(line.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a key is not base64") from None
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise ValueError(f"a key has {len(key)} bytes, not {SHORTEST_KEY} to {LONGEST_KEY}")
    return key


def message(fields: Mapping[str, bytes], watch: str, keys: Sequence[bytes], at: datetime) -> Message:
    """A stream entry as it is sent at a time: a CloudEvent with a signature by each of the keys."""
    body = event(fields)
    name, seconds = fields.get("id", b"").decode(errors="replace"), str(int(at.timestamp()))
    signed = f"{name}.{seconds}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return Message(
        content_type=CONTENT_TYPE,
        body=body,
        headers=(
            ("webhook-id", name),
            ("webhook-timestamp", seconds),
            ("webhook-signature", " ".join(f"v1,{each}" for each in signatures)),
            ("stancewire-watch", watch),
        ),
    )


def event(fields: Mapping[str, bytes]) -> bytes:
    """A CloudEvent in JSON of the fields of a stream entry, its data byte for byte.

    >>> event({"id": b"s1", "time": b"", "lang": b"en", "data": b'{"kind":"stance"}'})
    b'{"id":"s1","lang":"en","data":{"kind":"stance"}}'
    """
    attributes = {name: value.decode(errors="replace") for name, value in fields.items() if name != "data" and value}
    return orjson.dumps({**attributes, "data": orjson.Fragment(fields.get("data") or b"null")})
