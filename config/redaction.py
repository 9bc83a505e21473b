"""Masks what must not be shown: passwords in addresses, secrets in queries and headers, and secrets that are known.

It knows secrets by their places and names; whether a text is shown at all is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

MASK = "***"
#: Names of fields that hold secrets.
SECRET_NAME = re.compile(r"passw(or)?d|secret|token|authorization|api_?key|cookie|credential", re.IGNORECASE)

_URL_PASSWORD = re.compile(r"([a-z][a-z0-9+.-]{0,30}://)[^\s/?#:@]*:[^\s/?#]*@", re.IGNORECASE)
_URL_USER = re.compile(r"([a-z][a-z0-9+.-]{0,30}://)[^\s/?#:@]+@", re.IGNORECASE)
_QUERY_SECRET = re.compile(
    r"((?:[?&;]|&amp;)(?:[\w.-]*(?:token|secret|passw(?:or)?d|signature|session(?:_?id)?|jwt)|(?:[\w.-]*[_-])?(?:api_?)?key"
    r"|pwd|sid|sig|auth)=)[^&;#\s\"'<>]+",
    re.IGNORECASE,
)
_QUERY_PASSWORD = re.compile(r"[?&][a-z_]*password=([^&]*)")
_HEADER_SECRET = re.compile(
    r"\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)([\"']?\s*[:=]\s*[\"']?)[^\r\n\"']+", re.IGNORECASE
)


def masked(text: str, known: Iterable[str] = ()) -> str:
    """`text` without secrets; `known` are those of `secrets_in`, the longest first.

    >>> masked("no answer from redis://:hush@server, https://a.example/rss?api_key=hush&page=2")
    'no answer from redis://***@server, https://a.example/rss?api_key=***&page=2'
    """
    for secret in known:
        text = text.replace(secret, MASK)
    text = _URL_PASSWORD.sub(rf"\1{MASK}@", text)
    text = _URL_USER.sub(rf"\1{MASK}@", text)
    text = _QUERY_SECRET.sub(rf"\1{MASK}", text)
    return _HEADER_SECRET.sub(rf"\1\2{MASK}", text)


def secrets_in(given: Iterable[str]) -> tuple[str, ...]:
    """What to look for in texts: the secrets given and the passwords in those that are addresses, the longest first."""
    known = {part for secret in given for part in (secret, *_passwords(secret)) if len(part) >= 4}
    return tuple(sorted(known, key=len, reverse=True))


def _passwords(secret: str) -> tuple[str, ...]:
    """The passwords of a secret that is a URL, before its host and in its query, as written there and as meant."""
    credentials = secret.partition("://")[2].rpartition("@")[0]
    written = [credentials.partition(":")[2], *_QUERY_PASSWORD.findall(secret)]
    return tuple(form for password in written if password for form in (password, unquote(password)))
