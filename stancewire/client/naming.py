"""The name of a consumer in its group, where none is given: host and process.

It is looked up here alone; the steps of a consumer know nothing of the machine.
"""

from __future__ import annotations

import os
import socket

from stancewire.client.steps import Options


def named(options: Options) -> Options:
    """The options with a name for this consumer."""
    return {"consumer": f"{socket.gethostname()}-{os.getpid()}", **options}
