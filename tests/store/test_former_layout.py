"""What layout 2 of the store knew is known on, until it has expired: an update makes no archive new."""

from __future__ import annotations

import base64
import struct
from dataclasses import replace

import orjson
import pytest
import redis
from store_samples import NAMES, NOON, SHORT, WORDS, acceptance, item

from stancewire import keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore, claim_layout
from stancewire.codec import digest
from stancewire.types import SHARED, Mark, Name, Sighting, Wording


class TestLayout2:
    """An archive of the layout before, which kept a string under each name."""

    ARTICLE, LINK, TITLE, BLOG = (digest("of layout 2", what) for what in ("article", "link", "title", "blog"))
    MARK = Mark(
        article_id=ARTICLE,
        story_id=NAMES[1],
        wording=Wording(
            fingerprint=WORDS[0],
            title=SHORT[0],
            text=SHORT[1],
            note="correction",
            title_words=(5, 70, 800),
            opening=(9, 1_000, 50_000),
        ),
        revision=3,
        outlet=SHORT[1],
        feed=SHORT[2],
        met_at=NOON,
        former=(SHORT[0],),
        returns=1,
    )

    @pytest.fixture
    def store(self, client: redis.Redis) -> RedisStore:
        """A store that goes on from it."""
        packed = struct.pack(
            ">HBBB4s4s4s4sI6H",
            *(3, 1, 3, 3),
            *(bytes.fromhex(name) for name in (SHORT[0], SHORT[1], SHORT[1], SHORT[2])),
            round(NOON.timestamp()),
            *(5, 70, 800, 9, 1_000, 50_000),
        )
        tail = orjson.dumps({"story": NAMES[1], "former": [SHORT[0]], "returns": 1})
        mark = f"{WORDS[0]}:".encode() + base64.b64encode(packed).rstrip(b"=") + b"." + tail
        client.set(keys.LAYOUT, "2")
        client.set(keys.seen_formerly(self.ARTICLE), mark, ex=60 * keys.DAY)
        for name in (self.LINK, self.TITLE):
            client.set(keys.seen_formerly(name), f">{self.ARTICLE}", ex=10 * keys.DAY)
        client.set(keys.seen_formerly(self.BLOG), ">", ex=10 * keys.DAY)
        claim_layout(client)
        return RedisStore(client, Limits())

    def test_is_known_by_all_its_names(self, store: RedisStore) -> None:
        found = store.marks([self.ARTICLE, self.LINK, self.TITLE, self.BLOG, NAMES[0]])

        assert found == {self.ARTICLE: self.MARK, self.LINK: self.MARK, self.TITLE: self.MARK, self.BLOG: SHARED}

    def test_is_not_taken_in_again(self, store: RedisStore) -> None:
        again = item(self.ARTICLE, fingerprint=WORDS[0])

        assert store.accept(replace(acceptance(again), brought=(self.ARTICLE,))).item_ids == ()

    def test_is_gone_on_with_when_an_article_is_revised(self, store: RedisStore, client: redis.Redis) -> None:
        wording = replace(self.MARK.wording, fingerprint=WORDS[1])
        revised = replace(self.MARK, wording=wording, revision=4)

        taken = store.accept(
            acceptance(item(self.ARTICLE, fingerprint=WORDS[1], revision=4), sightings=(Sighting(mark=revised),))
        )

        assert len(taken.item_ids) == 1
        assert store.marks([self.ARTICLE, self.LINK]) == {self.ARTICLE: revised, self.LINK: revised}
        assert not client.exists(keys.seen_formerly(self.ARTICLE))

    def test_never_has_its_own_mark_covered_by_a_name(self, store: RedisStore) -> None:
        covering = Sighting(mark=SHARED, names=(Name(id=self.ARTICLE, by="link", days=90),))

        store.accept(acceptance(sightings=(covering,)))

        assert store.marks([self.ARTICLE]) == {self.ARTICLE: self.MARK}

    def test_has_names_that_may_lead_to_a_newer_article(self, store: RedisStore) -> None:
        newer = Mark(article_id=NAMES[0], story_id=NAMES[0], wording=self.MARK.wording, revision=1)
        title = (Name(id=self.TITLE, by="title", days=14),)

        store.accept(acceptance(sightings=(Sighting(mark=newer, names=title),)))

        assert store.marks([self.TITLE, self.LINK]) == {self.TITLE: newer, self.LINK: self.MARK}

    def test_is_looked_for_until_nothing_of_it_can_be_left(self, store: RedisStore, client: redis.Redis) -> None:
        assert client.ttl(keys.SEEN_FORMERLY) > keys.SEEN_DAYS * keys.DAY

        client.delete(keys.SEEN_FORMERLY)

        assert store.marks([self.ARTICLE]) == {}
