"""Signatures of deliveries."""

from __future__ import annotations

import hmac

import pytest

from services.websub.signature import check_signature

SECRET, BODY = "a secret", b"<feed>news</feed>"


def signed(method: str) -> str:
    return hmac.digest(SECRET.encode(), BODY, method).hex()


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_by_any_method_of_the_recommendation_is_good(method: str) -> None:
    assert check_signature(f"{method}={signed(method)}", SECRET, BODY) == "good"
    assert check_signature(f" {method.upper()}={signed(method).upper()} ", SECRET, BODY) == "good"
    assert check_signature(f"{method}={signed(method)}", SECRET, BODY + b" ") == "bad"
    assert check_signature(f"{method}={signed(method)}", "another", BODY) == "bad"


@pytest.mark.parametrize(
    "header",
    [
        "sha256",
        "sha256=",
        "=",
        signed("sha256"),
        f"md5={signed('md5')}",
        f"sha1={signed('sha256')}",
        "sha256=\xe9",
        "sha256=абв",
    ],
)
def test_what_is_no_signature_is_bad(header: str) -> None:
    assert check_signature(header, SECRET, BODY) == "bad"


@pytest.mark.parametrize("header", [None, ""])
def test_no_signature_is_missing(header: str | None) -> None:
    assert check_signature(header, SECRET, BODY) == "missing"
