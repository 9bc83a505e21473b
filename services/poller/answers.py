"""What a response means: a document, nothing new, a redirect or a failure.

It reads headers and status; bodies and connections are the fetcher's.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
import idna

from services.poller.guard import Target
from services.poller.posting import reason_not_to_repeat
from services.poller.schedule import read_retry_after
from stancewire.types import FetchErrorKind, FetchFailed, FetchRequest, NotModified, Validators

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
GOOD = frozenset({200, 203})

NETWORK_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
    idna.IDNAError,
    OSError,
    ValueError,
)

_MAX_VALIDATOR_LENGTH = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Where a response sends on to."""

    location: str
    permanent: bool


def read_redirect(target: Target, response: httpx.Response) -> Redirect | FetchFailed:
    """Where a redirect leads; a failure where that cannot be read."""
    location = response.headers.get("location", "")
    if not location:
        return _bad_redirect(target, "no Location")
    try:
        parts = urlsplit(location)
        if parts.scheme and not parts.netloc:
            # Read against the address that it came from it would lead back there, and elsewhere in a browser.
            return _bad_redirect(target, "a Location without a host")
        return Redirect(location=urljoin(target.url, location), permanent=response.status_code in PERMANENT)
    except ValueError as error:
        return _bad_redirect(target, str(error))


def read_redirect_of_form(target: Target, response: httpx.Response) -> Redirect | FetchFailed:
    """Where a redirect leads that answers a form; a failure too where the form may not go there."""
    redirect = read_redirect(target, response)
    if isinstance(redirect, Redirect):
        reason = reason_not_to_repeat(response.status_code, target.url, redirect.location)
        return redirect if reason is None else _bad_redirect(target, reason)
    return redirect


def read_redirect_of_message(target: Target, response: httpx.Response) -> FetchFailed:
    """A failure: a message is for one address, and what it answers is not known to speak for it."""
    detail = f"{target.host} answers {response.status_code}: a redirect, which is not followed"
    return FetchFailed(url=target.url, kind="bad_redirect", detail=detail, status=response.status_code)


def _bad_redirect(target: Target, detail: str) -> FetchFailed:
    return FetchFailed(url=target.url, kind="bad_redirect", detail=f"{target.host} redirects to nowhere: {detail}")


def read_unchanged(target: Target, request: FetchRequest, response: httpx.Response) -> NotModified | FetchFailed:
    """A 304; a failure where nothing was asked about. Validators that it leaves out stay as they were."""
    if request.validators == Validators():
        return FetchFailed(
            url=target.url, kind="protocol", detail="304 though nothing was asked about", status=response.status_code
        )
    fresh = read_validators(response)
    return NotModified(
        url=target.url,
        headers=read_headers(response),
        validators=Validators(
            etag=fresh.etag or request.validators.etag,
            last_modified=fresh.last_modified or request.validators.last_modified,
        ),
    )


def read_refused(target: Target, response: httpx.Response, now: datetime, least_wait: float) -> FetchFailed:
    """Any other status; who asks for time gets `least_wait` seconds or more."""
    return FetchFailed(
        url=target.url,
        kind="http_status",
        detail=f"{target.host} answers {response.status_code}",
        status=response.status_code,
        retry_after=read_retry_after(response.headers.get("retry-after"), now, least_wait),
    )


def read_headers(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    """Names in lower case and values, in the order sent."""
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw)


def read_validators(response: httpx.Response) -> Validators:
    """Validators byte for byte; those of absurd length are left out."""
    return Validators(etag=_validator(response, b"etag"), last_modified=_validator(response, b"last-modified"))


def _validator(response: httpx.Response, name: bytes) -> str | None:
    value = next((value for key, value in response.headers.raw if key.lower() == name), None)
    return value.decode("latin-1") if value and len(value) <= _MAX_VALIDATOR_LENGTH else None


def kind_of(error: BaseException) -> FetchErrorKind:
    """Which kind of failure one of `NETWORK_ERRORS` is."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, idna.IDNAError, UnicodeError)):
        return "bad_url"
    if isinstance(error, (httpcore.ConnectError, httpx.ConnectError)):
        return "connect"
    return "protocol"


def one_line(error: BaseException) -> str:
    """What an error says, for people."""
    text = " ".join(str(error).split()) or type(error).__name__
    return "".join(character for character in text if character.isprintable())[:200]
