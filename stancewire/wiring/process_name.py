"""A name for this process, by which others on the same machine can tell later that it has ended.

It watches nothing, and says nothing of processes of another machine or container: these may be alive, as far as one can
tell from here.
"""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path

_SEPARATOR = "/"
#: Places of the state and of the time of the start in what follows the program's name in /proc/PID/stat.
_STATE, _STARTED = 0, 19


def own_name() -> str:
    """A name that is no one else's, now or later."""
    pid = os.getpid()
    return _SEPARATOR.join((_machine(), str(pid), _started(pid), uuid.uuid4().hex))


def has_ended(name: str) -> bool:
    """Whether the process of that name has ended for certain."""
    machine, *process = name.rsplit(_SEPARATOR, 3)
    if not machine or machine != _machine() or len(process) != 3 or not process[0].isdecimal():
        return False
    return _started(int(process[0])) != process[1]


def _machine() -> str:
    """What processes have in common that see each other by the same numbers; empty where that is not known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return ":".join((socket.gethostname(), boot, str(Path("/proc/self/ns/pid").readlink())))
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When the process with that number was started; empty where none runs."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[_STATE] == "Z" else fields[_STARTED]
