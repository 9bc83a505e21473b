"""The parts of an address that names sentinels."""

from __future__ import annotations

from config.server_address import SentinelAddress, sentinel_address


def test_a_plain_address_names_no_sentinels() -> None:
    assert sentinel_address("redis://:secret@host:1/0") is None
    assert sentinel_address("unix:///run/valkey.sock") is None


def test_the_hosts_are_the_sentinels_and_user_and_options_are_the_servers() -> None:
    url = "rediss+sentinel://user:p%40ss@one:1,[::1]:2,three/news/2?ssl_ca_certs=/ca.pem&sentinel_password=o%26ther"

    assert sentinel_address(url) == SentinelAddress(
        sentinels=(("one", 1), ("::1", 2), ("three", 26379)),
        service="news",
        server_url="rediss://user:p%40ss@localhost/2?ssl_ca_certs=%2Fca.pem",
        tls=True,
        username=None,
        password="o&ther",
    )


def test_without_a_database_it_is_the_first() -> None:
    address = sentinel_address("redis+sentinel://one/news")

    assert address is not None
    assert address.server_url == "redis://localhost/0"
    assert not address.tls
