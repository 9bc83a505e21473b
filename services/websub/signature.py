"""Checks the signature by which a hub proves that it knows the secret of a subscription.

Pure: what becomes of a delivery is decided by whoever asks.
"""

from __future__ import annotations

import hmac
from typing import Literal

Verdict = Literal["good", "bad", "missing"]

_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})


def check_signature(header: str | None, secret: str, body: bytes) -> Verdict:
    """Whether `header`, as `sha256=HEX`, signs `body`; a method that is not known makes it bad.

    >>> check_signature(f"sha256={hmac.digest(b'key', b'news', 'sha256').hex()}", "key", b"news")
    'good'
    >>> check_signature("md5=9f2a", "key", b"news")
    'bad'
    """
    if not header:
        return "missing"
    method, _, written = header.strip().partition("=")
    if method.lower() not in _METHODS or not written.isascii():
        return "bad"
    wanted = hmac.digest(secret.encode(), body, method.lower()).hex()
    return "good" if hmac.compare_digest(wanted, written.strip().lower()) else "bad"
