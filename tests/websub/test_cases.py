"""The subscriber's test cases of the recommendation, each walked whole: polled, asked, confirmed, delivered."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hub_site import hub_site
from subscribing import subscribed, until

CASES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))

DELIVERY = """<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>W</title><entry>
<id>urn:delivered</id><title>Delivered</title><link href='https://news.example/delivered.html'/>
<summary>It came at once.</summary></entry></feed>"""
ITEMS = "<item><title>Polled</title><link>https://news.example/polled.html</link></item>"


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
async def test_a_subscriber(case: dict[str, Any]) -> None:
    async with hub_site() as site:

        def filled(text: str) -> str:
            return text.replace("{site}", site.url).replace("{items}", ITEMS)

        headers = {"link": filled(case["links"])} if "links" in case else {}
        document = filled(CASES["documents"][case["document"]])
        site.pages["/feed"] = document.encode(), headers
        site.moved = {path: (where, status) for path, (where, status) in case.get("moved", {}).items()}
        site.verify = filled(case["verify"]) if "verify" in case else None

        async with subscribed(site.url + case.get("poll", "/feed")) as desk:
            await until(lambda: bool(site.asked))
            (asked,) = site.asked

            assert asked.form["hub.mode"] == "subscribe"
            assert asked.form["hub.topic"] == filled(case.get("topic", "{site}/feed"))
            assert len(asked.form["hub.secret"]) >= 32
            assert asked.callback.startswith(desk.callback_url + "/")
            assert asked.status == case.get("confirmed", 200)
            if asked.status != 200:
                assert desk.state == "asked"
                return

            assert desk.state == "active"
            status = await site.deliver(asked, DELIVERY.encode(), sign=case.get("sign", "sha256"))
            assert 200 <= status < 300
            taken = case.get("taken", True)
            counter = "hub_deliveries" if taken else "hub_deliveries_ignored"
            await until(lambda: desk.store.counters().get(counter) == 1)
            if taken:
                await until(lambda: "Delivered" in desk.titles())
            assert ("Delivered" in desk.titles()) == taken
