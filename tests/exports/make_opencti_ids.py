"""Prints ids as pycti makes them, for `test_stix_identifiers.py`; needs an environment of its own with pycti.

python tests/exports/make_opencti_ids.py > tests/exports/opencti_ids.json
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

import pycti  # type: ignore[import-not-found, unused-ignore]

NAMES = [
    "Dmitry Example",
    "  ÉTAT-Major des Armées ",
    "Радио «Пример»",
    'A "quoted" \\ name',
    "İstanbul Postası",
    "tab\there",
]
MOMENTS = ["2026-01-31T08:00:00.000Z", "1970-01-01T00:31:12.215Z"]
URLS = ["https://gazette.example/a?b=c&d=é#f", "HTTPS://Gazette.Example/A", "urn:stancewire:article:6154d5c776b5"]
REFERENCES = ("channel--57a5f8b0-292a-5b75-b464-3353fb460f52", "media-content--c8368ab3-b96e-5a0e-afb8-b7afdb235236")


def vectors() -> list[tuple[str, list[str], str]]:
    made = [
        ("identity_id", [name, kind], pycti.Identity.generate_id(name, kind))
        for name in NAMES
        for kind in ("individual", "organization", "system")
    ]
    for name in NAMES:
        made += [
            ("country_id", [name], pycti.Location.generate_id(name, "Country")),
            ("named_id", ["channel", name], pycti.Channel.generate_id(name)),
            ("named_id", ["event", name], pycti.Event.generate_id(name)),
            ("named_id", ["narrative", name], pycti.Narrative.generate_id(name)),
        ]
        made += [("report_id", [name, moment], pycti.Report.generate_id(name, moment)) for moment in MOMENTS]
        made += [("note_id", [name, moment], pycti.Note.generate_id(moment, name)) for moment in MOMENTS]
    made += [
        ("technique_id", [each], pycti.AttackPattern.generate_id("A name that does not count", each))
        for each in ("T0049", "T0057.001", "t0049 ")
    ]
    made += [
        ("opinion_id", ["strongly-disagree", moment], pycti.Opinion.generate_id(moment, "strongly-disagree"))
        for moment in MOMENTS
    ]
    made += [("media_id", [url], pycti.CustomObservableMediaContent(url=url)["id"]) for url in URLS]
    publishes = pycti.StixCoreRelationship.generate_id("publishes", *REFERENCES)
    return [*made, ("relationship_id", ["publishes", *REFERENCES], publishes)]


if __name__ == "__main__":
    document = {
        "made_by": f"pycti {version('pycti')}, stix2 {version('stix2')}",
        "command": "python tests/exports/make_opencti_ids.py > tests/exports/opencti_ids.json",
        "vectors": vectors(),
    }
    json.dump(document, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
