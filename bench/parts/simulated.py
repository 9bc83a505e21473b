"""An event loop whose clock jumps to the next thing that is due instead of waiting for it.

What it runs is the program as it is; only time and threads are not real: a function for a thread is called at once.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class _Jumping(selectors.SelectSelector):
    """Nothing is ever waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """No events; the time is later by `timeout` seconds."""
        if timeout is None:
            raise RuntimeError("nothing is due any more, and nothing can come from outside")
        self.now += max(timeout, 0.0)
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """`time` begins at 0 and counts simulated seconds."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Simulated seconds since the beginning."""
        return self._jumping.now

    def run_in_executor(  # type: ignore[override] # the types of `args` are not looked at
        self,
        executor: Any,  # noqa: ARG002
        func: Callable[..., Any],
        *args: Any,
    ) -> asyncio.Future[Any]:
        """Call `func` here and now: a thread would not know of the simulated time."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to who awaits
            future.set_exception(error)
        return future
