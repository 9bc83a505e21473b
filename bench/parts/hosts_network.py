"""Several hosts on one machine: network namespaces on a bridge of their own, of which one can be cut off and connected.

Nothing of it is seen by the machine's own network. What runs on a host is not known here.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

NETWORK = "10.231.0.0/16"
#: Name of the host that is the bridge: it is never cut off, and has the addresses of the sites.
SWITCH = "switch"
_BRIDGE, _PORT = "br0", "eth0"


def why_not() -> str:
    """Why there can be no such hosts here; empty where there can."""
    if sys.platform != "linux":
        return "network namespaces are Linux's"
    if os.geteuid() != 0:
        return "network namespaces need root: run it as root, or in a container with --cap-add NET_ADMIN,SYS_ADMIN"
    if shutil.which("ip") is None:
        return "there is no program `ip`: apt-get install iproute2"
    name = f"stancewire-{os.getpid()}-try"
    tried = subprocess.run(("ip", "netns", "add", name), capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"no network namespace can be made here: {tried.stderr.strip()}"
    _ip("netns", "delete", name)
    return ""


class Network:
    """Hosts by name, each with an address; inside `with` they are there, and after it they and all on them are gone."""

    def __init__(self, hosts: Sequence[str], *, sites: int) -> None:
        self._prefix = f"stancewire-{os.getpid()}"
        self._hosts = tuple(hosts)
        self.address = {host: f"10.231.2.{place + 1}" for place, host in enumerate(self._hosts)}
        self.sites = tuple(f"10.231.1.{place + 1}" for place in range(sites))

    def __enter__(self) -> Self:
        try:
            self._make()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def on(self, host: str) -> tuple[str, ...]:
        """What a command begins with that is to run on a host."""
        return ("ip", "netns", "exec", self._name(host))

    def cut(self, host: str) -> None:
        """Pull its cable: what is sent vanishes, and nobody is told that a connection is gone."""
        self._on_switch("link", "set", f"to-{host}", "down")

    def connect(self, host: str) -> None:
        """Put its cable back."""
        self._on_switch("link", "set", f"to-{host}", "up")

    def _name(self, host: str) -> str:
        return f"{self._prefix}-{host}"

    def _on_switch(self, *words: str) -> None:
        _ip("-netns", self._name(SWITCH), *words)

    def _make(self) -> None:
        _ip("netns", "add", self._name(SWITCH))
        self._on_switch("link", "set", "lo", "up")
        self._on_switch("link", "add", _BRIDGE, "type", "bridge")
        self._on_switch("link", "set", _BRIDGE, "up")
        self._on_switch("address", "add", "10.231.0.1/16", "dev", _BRIDGE)
        for site in self.sites:
            self._on_switch("address", "add", f"{site}/32", "dev", _BRIDGE)
        for host in self._hosts:
            name = self._name(host)
            _ip("netns", "add", name)
            far_end = ("peer", "name", _PORT, "netns", name)
            self._on_switch("link", "add", f"to-{host}", "type", "veth", *far_end)
            self._on_switch("link", "set", f"to-{host}", "master", _BRIDGE, "up")
            _ip("-netns", name, "address", "add", f"{self.address[host]}/16", "dev", _PORT)
            _ip("-netns", name, "link", "set", "lo", "up")
            _ip("-netns", name, "link", "set", _PORT, "up")

    def _remove(self) -> None:
        """Kill what still runs on the hosts, and take them away; goes on whatever fails."""
        for host in (*self._hosts, SWITCH):
            name = self._name(host)
            running = subprocess.run(("ip", "netns", "pids", name), capture_output=True, text=True, check=False)
            for pid in running.stdout.split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            subprocess.run(("ip", "netns", "delete", name), capture_output=True, check=False)


def _ip(*words: str) -> None:
    done = subprocess.run(("ip", *words), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"ip {' '.join(words)}: {done.stderr.strip()}")
