"""What is sent to a webhook, checked by the reference libraries of Standard Webhooks and CloudEvents."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from receiver import KEY, SECRET
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from store_samples import NOON, revision, stance

from services.webhooks.signing import message, read_keys
from stancewire import codec
from stancewire.adapters.worklist import entry_fields
from stancewire.types import Announcement

OTHER = "whsec_" + base64.b64encode(b"another key, as long as the first").decode()


def fields(announced: Announcement) -> dict[str, bytes]:
    return {
        name: value if isinstance(value, bytes) else value.encode() for name, value in entry_fields(announced).items()
    }


@pytest.mark.parametrize("announced", [stance("s1", detected_at=NOON), revision("r1")], ids=lambda each: each.kind)
def test_the_reference_library_accepts_the_signature(announced: Announcement) -> None:
    sent = message(fields(announced), "moldova", (KEY,), datetime.now(UTC))

    event = Webhook(SECRET).verify(sent.body, dict(sent.headers))

    assert event["id"] == announced.id == dict(sent.headers)["webhook-id"]
    assert codec.announcements.decode(codec.announcements.encode(announced)) == announced


def test_another_key_an_altered_body_and_an_old_time_are_refused() -> None:
    sent = message(fields(stance("s1")), "moldova", (KEY,), datetime.now(UTC))
    old = message(fields(stance("s1")), "moldova", (KEY,), NOON)

    for secret, body, headers in (
        (OTHER, sent.body, sent.headers),
        (SECRET, sent.body.replace(b"Russia", b"France"), sent.headers),
        (SECRET, old.body, old.headers),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, dict(headers))


def test_while_a_key_takes_the_place_of_another_both_sign() -> None:
    keys = read_keys(f"{OTHER}\n\n{SECRET}\n")
    sent = message(fields(stance("s1")), "moldova", keys, datetime.now(UTC))

    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(sent.body, dict(sent.headers))["id"] == "s1"


def test_the_body_is_a_cloud_event_whose_data_is_the_signal_byte_for_byte() -> None:
    signal = stance("s1", detected_at=NOON)
    sent = message(fields(signal), "moldova", (KEY,), NOON)

    read = from_structured_event(HTTPMessage(headers={"content-type": sent.content_type}, body=sent.body))

    assert (read.get_id(), read.get_type()) == ("s1", "org.stancewire.stance.v1")
    assert (read.get_subject(), read.get_time()) == ("RU->FR", NOON)
    assert read.get_extension("lang") == "en"
    assert codec.announcements.encode(signal) in sent.body


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds 0 lines"),
        ("whsec_not base64", "not base64"),
        ("whsec_" + base64.b64encode(b"short").decode(), "has 5 bytes, not 24 to 64"),
        (f"{SECRET}\n" * 5, "holds 5 lines"),
    ],
)
def test_a_file_without_a_good_key_is_refused_and_not_shown(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as raised:
        read_keys(text)

    assert "whsec_" not in str(raised.value)
