"""How a job is interrupted whose time is up: an exception that no `except Exception` on the way can swallow.

It is told by a signal, and so reaches Python code only; a call into C that does not come back is `lease`'s part.
"""

from __future__ import annotations

from types import FrameType

from rq.timeouts import UnixSignalDeathPenalty


class JobTimeout(BaseException):
    """The time of a job is up. No Exception, for the libraries that a job calls catch those broadly."""


class JobDeadline(UnixSignalDeathPenalty):  # type: ignore[misc]
    """RQ's limit on the time of a job, raising JobTimeout."""

    def handle_death_penalty(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Called when the time is up."""
        raise JobTimeout(f"the job took longer than {self._timeout} seconds")

    def cancel_death_penalty(self) -> None:
        """Called when the job is done; a signal at that very moment comes too late and counts for nothing."""
        try:
            super().cancel_death_penalty()
        except JobTimeout:
            super().cancel_death_penalty()
