"""What a server refuses leaves nothing half done, and is said in one line with the next step."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import redis
from store_samples import NOON, acceptance, interference, item, publication, stance

from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import checked, connect, redacted
from stancewire.adapters.facts import check_server, persistence_warnings, server_facts
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore, claim_layout
from stancewire.adapters.worklist import MAX_BATCH_BYTES, entry_fields, portions
from stancewire.codec import MAX_ITEM_BYTES, digest
from stancewire.errors import ConfigurationError, StoreRefused, StoreUnavailable
from stancewire.marks import packed_name
from stancewire.types import FeedState, Mark, Wording

STATE = FeedState(feed_id="gazette", last_success_at=NOON)


@pytest.fixture
def real(client: redis.Redis) -> RedisStore:
    return RedisStore(client, Limits())


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of one's own, to be set otherwise than the shared one."""
    with EmbeddedServer(tmp_path_factory.mktemp("own"), fsync="everysec") as running:
        yield running


@pytest.fixture
def settings(own: EmbeddedServer) -> Iterator[redis.Redis]:
    """A client of one's own server, whose settings are put back afterwards."""
    with redis.Redis.from_url(own.url) as client:
        yield client
        client.config_set("requirepass", "")
        client.config_set("maxmemory", 0)
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("appendonly", "yes")
        client.replicaof("NO", "ONE")
        client.flushall()


def message_of(raised: pytest.ExceptionInfo[Exception]) -> str:
    error = raised.value
    assert isinstance(error, StoreRefused | StoreUnavailable)
    assert "\n" not in error.message
    assert error.hint
    return error.message


class TestNothingIsHalfDone:
    @pytest.mark.parametrize("name", [keys.PENDING, keys.FEED_STATES, keys.COUNTERS, keys.RQ_QUEUE, keys.RQ_QUEUES])
    def test_when_a_name_that_accept_needs_holds_something_else(
        self, real: RedisStore, client: redis.Redis, name: str
    ) -> None:
        client.set(name, "something else")

        with pytest.raises(StoreRefused):
            real.accept(acceptance(item("a"), feed_state=STATE))

        assert real.marks(["a"]) == {}
        client.delete(name)
        assert real.feed_states(["gazette"]) == {}
        assert real.accept(acceptance(item("a"), feed_state=STATE, batch_id="next")).item_ids == ("a-first",)

    @pytest.mark.parametrize("name", [keys.SIGNALS_STREAM, keys.COUNTERS])
    def test_when_a_name_that_publish_needs_holds_something_else(
        self, real: RedisStore, client: redis.Redis, name: str
    ) -> None:
        accepted = item("a")
        real.accept(acceptance(accepted))
        client.delete(name)
        client.set(name, "something else")

        with pytest.raises(StoreRefused):
            real.publish(publication(accepted, stance("s1")), NOON)

        client.delete(name)
        assert real.publish(publication(accepted, stance("s1")), NOON).signal_ids == ("s1",)
        assert len(real.read("0", limit=10, wait_ms=0)) == 1

    def test_when_the_memory_is_full(self, settings: redis.Redis) -> None:
        store = RedisStore(settings, Limits())
        accepted = item("a")
        store.accept(acceptance(accepted))
        settings.config_set("maxmemory", 1)

        with pytest.raises(StoreRefused) as accepting:
            store.accept(acceptance(item("b"), feed_state=STATE, batch_id="second"))
        with pytest.raises(StoreRefused):
            store.publish(publication(accepted, stance("s1")), NOON)

        assert "out of memory" in message_of(accepting)
        assert store.marks(["b"]) == {}
        assert store.feed_states(["gazette"]) == {}
        settings.config_set("maxmemory", 0)
        assert store.publish(publication(accepted, stance("s1")), NOON).signal_ids == ("s1",)
        assert store.accept(acceptance(item("b"), batch_id="second")).item_ids == ("b-first",)


class TestOneLineSaysIt:
    def test_when_nothing_listens(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            store = RedisStore(connect(f"redis://:secret@127.0.0.1:{port}/0", purpose="check"), Limits())

            with pytest.raises(StoreUnavailable) as raised:
                store.depth()

        assert message_of(raised) == f"no connection to the server at 127.0.0.1:{port}: nothing listens there"

    def test_when_there_is_no_such_socket(self) -> None:
        with pytest.raises(StoreUnavailable, match="there is no such socket"):
            RedisStore(connect("unix:///nowhere/valkey.sock", purpose="check"), Limits()).depth()

    def test_when_the_server_is_silent(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            client = connect(f"redis://127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=0.2", purpose="check")

            with pytest.raises(StoreUnavailable, match="did not answer in time"):
                RedisStore(client, Limits()).depth()

            client.close()

    @pytest.mark.parametrize(
        ("password", "words"),
        [("", "wants a password"), (":wrong-secret@", "does not accept the user name and password")],
        ids=["none", "wrong"],
    )
    def test_when_the_password_is_not_right(
        self, own: EmbeddedServer, settings: redis.Redis, password: str, words: str
    ) -> None:
        settings.config_set("requirepass", "right-secret")
        url = own.url.replace("unix://", f"unix://{password}")

        with connect(url, purpose="check") as client, pytest.raises(StoreRefused) as raised:
            RedisStore(client, Limits()).accept(acceptance(item("a")))

        assert words in message_of(raised)
        assert "secret" not in str(raised.value)

    def test_when_the_server_is_a_replica(self, settings: redis.Redis) -> None:
        settings.replicaof("127.0.0.1", 1)

        with pytest.raises(StoreRefused) as raised:
            RedisStore(settings, Limits()).accept(acceptance(item("a")))

        assert "read-only replica" in message_of(raised)

    def test_when_a_right_is_missing(self, own: EmbeddedServer, settings: redis.Redis) -> None:
        settings.acl_setuser("reader", enabled=True, passwords=["+pass"], categories=["+@read"], keys=["*"])

        with (
            connect(own.url.replace("unix://", "unix://reader:pass@"), purpose="check") as client,
            pytest.raises(StoreRefused) as raised,
        ):
            RedisStore(client, Limits()).count("polls")

        assert "forbids it" in message_of(raised)

    @pytest.mark.parametrize("url", ["http://example.org", "localhost:6379", "redis://host:port", ""])
    def test_when_the_address_is_none(self, url: str) -> None:
        with pytest.raises(ConfigurationError, match="not a Redis address"):
            connect(url, purpose="check")

    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("redis://user:pa:ss@word@host:1/0", "redis://user:***@host:1/0"),
            ("rediss://:secret@host", "rediss://:***@host"),
            ("redis://:secret@[::1:1", "redis://***@[::1:1"),
            ("redis://host:1", "redis://host:1"),
            ("unix:///run/x.sock?db=1&password=secret", "unix:///run/x.sock?db=1&password=***"),
            ("redis://host?ssl_password=secret", "redis://host?ssl_password=***"),
        ],
    )
    def test_without_the_password(self, url: str, shown: str) -> None:
        assert redacted(url) == shown


class TestAServer:
    def test_describes_itself(self, client: redis.Redis) -> None:
        facts = server_facts(client)

        assert facts.product in {"Valkey", "Redis"}
        assert facts.version[0].isdigit()
        assert (facts.persistence, facts.fsync, facts.eviction) == ("append_only", "everysec", "noeviction")
        assert facts.used_memory_bytes > 0

    def test_that_keeps_everything_will_do(self, client: redis.Redis) -> None:
        assert check_server(client)[1] == ()

    def test_that_drops_data_will_not_do(self, settings: redis.Redis) -> None:
        settings.config_set("maxmemory-policy", "allkeys-lru")

        with pytest.raises(StoreRefused) as raised:
            check_server(settings)

        assert "allkeys-lru" in message_of(raised)

    def test_that_keeps_nothing_on_disk_is_warned_of(self, settings: redis.Redis) -> None:
        settings.config_set("appendonly", "no")

        facts, (warning,) = check_server(settings)

        assert facts.persistence == "none"
        assert "keeps nothing on disk" in warning

    def test_that_is_a_replica_will_not_do_now(self, settings: redis.Redis) -> None:
        settings.replicaof("127.0.0.1", 1)

        with pytest.raises(StoreRefused) as raised:
            check_server(settings)

        assert raised.value.trouble == "replica"
        assert "read-only replica" in message_of(raised)

    def test_that_is_nearly_full_is_warned_of(self, settings: redis.Redis) -> None:
        settings.config_set("maxmemory", round(server_facts(settings).used_memory_bytes * 1.05))

        _, (warning,) = check_server(settings)

        assert "of memory in use; when it is full, polling pauses" in warning

    def test_whose_disk_failed_once_is_warned_of(self, client: redis.Redis) -> None:
        facts = replace(server_facts(client), snapshot_failed=True, rewrite_failed=True)

        snapshot, rewrite = persistence_warnings(facts)

        assert "could not write its last snapshot" in snapshot
        assert "could not rewrite its append-only file" in rewrite

    def test_with_a_newer_layout_is_refused(self, client: redis.Redis) -> None:
        claim_layout(client)
        claim_layout(client)
        client.set(keys.LAYOUT, "99")

        with pytest.raises(StoreRefused, match="layout '99'"):
            claim_layout(client)

    def test_with_the_first_layout_is_read_and_gone_on_with(self, real: RedisStore, client: redis.Redis) -> None:
        name = digest("a")
        client.set(keys.LAYOUT, "1")
        client.set(keys.seen_formerly(name), '{"fingerprint":"0123456789abcdef0123456789abcdef","revision":2}', ex=60)

        claim_layout(client)

        assert client.get(keys.LAYOUT) == keys.LAYOUT_VERSION.encode()
        wording = Wording(fingerprint="0123456789abcdef")
        assert real.marks([name]) == {name: Mark(article_id=name, story_id=name, wording=wording, revision=2)}
        assert real.accept(acceptance(item(name, fingerprint="0123456789abcdef"))).item_ids == ()
        assert real.accept(acceptance(item(name, fingerprint="fedcba9876543210"), batch_id="b")).item_ids != ()


class TestTheStream:
    def test_carries_flat_fields_and_the_signal(self, real: RedisStore, client: redis.Redis) -> None:
        accepted = item("story")
        real.accept(acceptance(accepted))
        listener: Any = client.pubsub()  # type: ignore[no-untyped-call]
        listener.subscribe(keys.SIGNALS_CHANNEL)
        listener.psubscribe(keys.signals_channel("stance", "*"))
        assert listener.get_message(timeout=2)
        assert listener.get_message(timeout=2)

        real.publish(publication(accepted, stance("s1")), NOON)

        heard, of_kind = listener.get_message(timeout=2), listener.get_message(timeout=2)
        listener.close()
        rows: Any = client.xrange(keys.SIGNALS_STREAM)
        ((stream_id, fields),) = rows
        data = fields.pop(b"data")
        assert fields == {
            b"id": b"s1",
            b"type": b"org.stancewire.stance.v1",
            b"source": b"https://gazette.example/story",
            b"time": b"2026-11-03T12:00:00+00:00",
            b"subject": b"RU->FR",
            b"lang": b"en",
            b"specversion": b"1.0",
            b"datacontenttype": b"application/json",
            b"dataschema": b"https://stancewire.org/schema/v1/stance.json",
        }
        assert heard["data"] == b'{"stream_id":"' + stream_id + b'",' + data[1:]
        assert of_kind["channel"] == b"stancewire:signals:v1:stance:en"
        assert of_kind["data"] == heard["data"]
        assert client.get(keys.signal("s1")) == data

    def test_names_the_schema_of_the_kind_of_signal(self) -> None:
        kinds = {kind: f"https://stancewire.org/schema/v1/{kind}.json" for kind in ("stance", "interference")}
        found = {signal.kind: entry_fields(signal)["dataschema"] for signal in (stance("s1"), interference("s2"))}

        assert found == kinds

    def test_passes_over_entries_without_a_signal(self, real: RedisStore, client: redis.Redis) -> None:
        accepted = item("a")
        real.accept(acceptance(accepted))
        for _ in range(3):
            client.xadd(keys.SIGNALS_STREAM, {"data": "{}"})
        client.xadd(keys.SIGNALS_STREAM, {"other": "x"})
        real.publish(publication(accepted, stance("s1")), NOON)

        assert [entry.signal.id for entry in real.read("0", limit=2, wait_ms=0)] == ["s1"]


def test_damaged_states_and_marks_count_as_none(real: RedisStore, client: redis.Redis) -> None:
    client.hset(keys.FEED_STATES, "gazette", "not json")
    client.hset(keys.known(0), mapping={packed_name("a")[:8]: b"\xff\xff\x80", packed_name("b")[:8]: "?"})
    client.expire(keys.known(0), 60)

    assert real.feed_states(["gazette"]) == {}
    assert real.marks(["a", "b"]) == {}
    assert real.accept(acceptance(item("a"))).item_ids == ("a-first",)


def test_a_damaged_batch_does_not_stop_the_reaper(real: RedisStore, client: redis.Redis) -> None:
    real.accept(acceptance(item("a")))
    client.zadd(keys.RQ_LEASES, {"damaged:1": 1, "": 1, "no-colon": 1, "batch:1": 1})
    client.set(keys.batch("damaged"), "a string", ex=60)
    client.set(keys.rq_job("damaged"), "a string", ex=60)
    client.set(keys.rq_executions("damaged"), "a string", ex=60)
    client.delete(keys.RQ_QUEUE)

    assert real.reap(NOON + timedelta(days=1)) == 1

    assert client.lrange(keys.RQ_QUEUE, 0, -1) == [b"batch"]


def test_errors_of_other_kinds_pass_through(client: redis.Redis) -> None:
    with pytest.raises(ZeroDivisionError), checked(client):
        raise ZeroDivisionError


@pytest.mark.parametrize("batch_id", ["", "with:colon", "../up", "a b"])
def test_a_batch_id_that_rq_would_not_take_is_refused(real: RedisStore, batch_id: str) -> None:
    with pytest.raises(ValueError, match="a batch id has"):
        real.accept(acceptance(item("a"), batch_id=batch_id))


def test_what_is_read_together_of_a_batch_is_bounded() -> None:
    small, large = MAX_BATCH_BYTES // 4, MAX_BATCH_BYTES * 10

    assert list(portions({})) == []
    assert list(portions({str(number): small for number in range(6)})) == [["0", "1", "2", "3"], ["4", "5"]]
    # No more of one is read than an item may be long.
    together = MAX_BATCH_BYTES // MAX_ITEM_BYTES
    assert [len(each) for each in portions({str(number): large for number in range(together + 1)})] == [together, 1]


def test_an_item_that_is_something_else_is_buried_and_the_others_are_read(
    real: RedisStore, client: redis.Redis
) -> None:
    real.accept(acceptance(item("a"), item("b"), item("c")))
    client.delete(keys.item("b-first"))
    client.rpush(keys.item("b-first"), "a list")
    client.expire(keys.item("b-first"), 60)

    assert real.batch("batch") == (item("a"), item("c"))
    assert real.depth().dead == 1
