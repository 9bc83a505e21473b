"""Servers with users and passwords, behind TLS and sentinels: certificates are checked, and refusals are clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_programs import run_here
from failing_servers import PASSWORD, SENTINEL_PASSWORD, SERVICE, FailingServer, running_sentinel
from tls_door import TlsDoor, self_signed

from stancewire.adapters.connection import connect
from stancewire.adapters.facts import check_server
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore, claim_layout
from stancewire.errors import StoreRefused
from stancewire.types import Acceptance, FeedState

RIGHTS = "~stancewire:* ~rq:* &stancewire:* &rq:* +@all -@dangerous -@admin +info +config|get"
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FailingServer]:
    """A server with a password for its default user, and a user of ours."""
    with FailingServer(tmp_path_factory.mktemp("server"), password=PASSWORD) as running:
        running.client.execute_command("ACL", "SETUSER", "stancewire", "on", ">of-the-user", *RIGHTS.split())  # type: ignore[no-untyped-call]
        yield running


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return self_signed(tmp_path_factory.mktemp("papers"), "DNS:localhost,IP:127.0.0.1")


def is_used(url: str) -> None:
    """The store can be used there, as a poller and a worker use it."""
    with connect(url, purpose="poller") as client:
        assert check_server(client)[0].persistence == "append_only"
        claim_layout(client)
        store = RedisStore(client, Limits())
        store.probe()
        state = FeedState(feed_id="gazette", last_success_at=NOON)
        store.accept(Acceptance(items=(), feed_state=state, batch_id="batch", at=NOON))
        assert store.feed_states(("gazette",)) == {"gazette": state}
        assert store.depth().pending == 0


def refusal(url: str) -> StoreRefused:
    with connect(url, purpose="check") as client, pytest.raises(StoreRefused) as raised:
        RedisStore(client, Limits()).depth()
    assert "\n" not in raised.value.message
    assert "of-the-" not in str(raised.value)
    assert raised.value.trouble == "denied"
    return raised.value


class TestPassword:
    def test_a_user_with_few_rights_can_use_it(self, server: FailingServer) -> None:
        is_used(f"redis://stancewire:of-the-user@127.0.0.1:{server.port}")

    @pytest.mark.parametrize(
        ("credentials", "words"),
        [
            ("", "wants a password"),
            (":not-it@", "does not accept the user name and password"),
            ("stancewire:not-it@", "does not accept the user name and password"),
            ("nobody:of-the-user@", "does not accept the user name and password"),
        ],
    )
    def test_61_who_may_not_in_is_told_so(self, server: FailingServer, credentials: str, words: str) -> None:
        error = refusal(f"redis://{credentials}127.0.0.1:{server.port}")

        assert words in error.message
        assert "STANCEWIRE_REDIS_URL" in error.hint


class TestTls:
    def test_a_server_whose_certificate_is_known_is_used(
        self, server: FailingServer, papers: tuple[Path, Path]
    ) -> None:
        with TlsDoor(server.port, *papers) as door:
            is_used(f"rediss://stancewire:of-the-user@localhost:{door.port}?ssl_ca_certs={papers[0]}")

            assert door.secured

    def test_a_certificate_of_an_unknown_authority_is_refused(
        self, server: FailingServer, papers: tuple[Path, Path]
    ) -> None:
        with TlsDoor(server.port, *papers) as door:
            error = refusal(f"rediss://:{PASSWORD}@localhost:{door.port}")

        assert "certificate of the server" in error.message
        assert "self-signed certificate" in error.message
        assert "ssl_ca_certs" in error.hint

    def test_a_certificate_for_another_host_is_refused(self, server: FailingServer, tmp_path: Path) -> None:
        papers = self_signed(tmp_path, "DNS:other.example")
        with TlsDoor(server.port, *papers) as door:
            error = refusal(f"rediss://:{PASSWORD}@localhost:{door.port}?ssl_ca_certs={papers[0]}")

        assert "certificate is not valid for 'localhost'" in error.message

    def test_doctor_says_which_certificate_is_not_accepted(
        self, server: FailingServer, papers: tuple[Path, Path], tmp_path: Path
    ) -> None:
        with TlsDoor(server.port, *papers) as door:
            url = f"rediss://:{PASSWORD}@localhost:{door.port}"
            ended = run_here(tmp_path, "doctor", STANCEWIRE_REDIS_URL=url)

        assert ended.status == 1
        assert "self-signed certificate" in ended.out
        assert PASSWORD not in ended.out + ended.err


class TestSentinels:
    def test_servers_and_sentinels_are_reached_over_tls_each_with_its_password(
        self, server: FailingServer, papers: tuple[Path, Path], tmp_path: Path
    ) -> None:
        with (
            TlsDoor(server.port, *papers) as door,
            running_sentinel(tmp_path / "sentinel", door.port) as port,
            TlsDoor(port, *papers) as sentinel_door,
        ):
            url = (
                f"rediss+sentinel://stancewire:of-the-user@localhost:{sentinel_door.port}/{SERVICE}"
                f"?ssl_ca_certs={papers[0]}&sentinel_password={SENTINEL_PASSWORD}"
            )
            is_used(url)
            assert door.secured
            assert sentinel_door.secured
            assert "does not accept the user name and password" in refusal(url.replace("of-the-user", "not-it")).message

    def test_sentinels_that_do_not_let_us_in_are_told_of(self, server: FailingServer, tmp_path: Path) -> None:
        with running_sentinel(tmp_path / "sentinel", server.port) as port:
            for wrong in ("", "?sentinel_password=not-it"):
                error = refusal(f"redis+sentinel://:{PASSWORD}@127.0.0.1:{port}/{SERVICE}{wrong}")
                assert "the sentinels of news do not let us in" in error.message
                assert "sentinel_password" in error.hint

    def test_a_service_that_they_do_not_know_is_named(self, server: FailingServer, tmp_path: Path) -> None:
        with running_sentinel(tmp_path / "sentinel", server.port) as port:
            url = f"redis+sentinel://:{PASSWORD}@127.0.0.1:{port}/other?sentinel_password={SENTINEL_PASSWORD}"
            ended = run_here(tmp_path, "tail", "--no-follow", STANCEWIRE_REDIS_URL=url)

        assert ended.status == 1
        assert "no sentinel names a primary of other" in ended.err
