"""Words that types are told in, apart from those for whoever needs the words and not the types.

It holds no types of its own.
"""

from __future__ import annotations

from typing import Literal

Ownership = Literal["independent", "public", "state_run", "state_affiliated"]
Change = Literal["headline", "body", "correction", "retraction"]
#: The analysis failed; its workers ended while they had it; its payload could not be read.
DeadReason = Literal["failed", "killed_workers", "unreadable"]
