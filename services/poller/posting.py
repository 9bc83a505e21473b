"""How the fetcher posts: a form to another address only where that says so and nothing is given away, a message never.

Pure: the fetcher sends it, under the guard and the limits of all that it asks for.
"""

from __future__ import annotations

from urllib.parse import urlencode, urljoin, urlsplit

from stancewire.types import FetchRequest

FORM_TYPE = "application/x-www-form-urlencoded"

#: Redirects after which the form is sent again as it is; after a 303 there would be only a page to get.
_REPEATED = frozenset({301, 302, 307, 308})


def body_of(request: FetchRequest) -> bytes | None:
    """The body of a request; None for a GET."""
    if request.message is not None:
        return request.message.body
    return None if request.form is None else urlencode(request.form).encode("ascii")


def headers_of(request: FetchRequest) -> dict[str, str]:
    """What is said of the body of a request, by names in lower case."""
    if request.message is not None:
        return {"content-type": request.message.content_type, **dict(request.message.headers)}
    return {} if request.form is None else {"content-type": FORM_TYPE}


def is_taken(status: int) -> bool:
    """Whether an answer says that what was posted was taken."""
    return 200 <= status < 300


def reason_not_to_repeat(status: int, url: str, location: str) -> str | None:
    """Why the form is not sent to where `url` redirects, or None.

    >>> reason_not_to_repeat(307, "https://hub.example/", "https://other.example/")
    >>> reason_not_to_repeat(308, "https://hub.example/", "http://other.example/")
    'the form would go there without TLS'
    """
    if status not in _REPEATED:
        return f"{status} is not for forms"
    if urlsplit(url).scheme == "https" and urlsplit(urljoin(url, location)).scheme != "https":
        return "the form would go there without TLS"
    return None
