"""What types of several modules are told in, apart so that the types of signals need no others.

It holds no types of its own.
"""

from __future__ import annotations

from typing import Literal

Ownership = Literal["independent", "public", "state_run", "state_affiliated"]
Change = Literal["headline", "body", "correction", "retraction"]
