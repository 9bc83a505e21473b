"""What the entries of a feed are to us: new, revised, seen before, back again, or gone.

    entries | identify: names | look up the links and ids, then what these leave open | Walk: decide | next_listing

Pure: what is known is asked of a `Known`, and what is to be remembered comes with each decision.
"""

from services.poller.identity.deciding import MAX_REVISIONS, Listed, decide_by_page, item_id
from services.poller.identity.listing import next_listing, was_delivered, with_delivered
from services.poller.identity.memory import Memory
from services.poller.identity.naming import Document, Identified, identify
from services.poller.identity.recognising import Known, further_ids
from services.poller.identity.walk import Walk
from services.poller.identity.wording import WordingReader, fingerprint

__all__ = [
    "MAX_REVISIONS",
    "Document",
    "Identified",
    "Known",
    "Listed",
    "Memory",
    "Walk",
    "WordingReader",
    "decide_by_page",
    "fingerprint",
    "further_ids",
    "identify",
    "item_id",
    "next_listing",
    "was_delivered",
    "with_delivered",
]
