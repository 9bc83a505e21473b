"""Errors that leave a part, each with what is wrong and what to do.

    StancewireError
    ├── ConfigurationError     settings, feed list or knowledge cannot be used (exit code 2)
    ├── UsageError             the command line asks for something impossible (exit code 2)
    ├── StoreError             the Redis server cannot be used as it is
    │   ├── StoreUnavailable   no answer: away, starting, or out of reach
    │   ├── StoreRefused       it answers and refuses: password, rights, read-only, memory, disk
    │   │   └── StateTooNew    it holds the state of a newer version, which no wait will change
    │   └── LeadershipLost     another poller leads now, and only what it brings is taken in
    ├── ServerError            the embedded server cannot be started or is held by another process
    ├── WorkerError            worker processes cannot work on this machine
    ├── CodecError             bytes that are not what they should be
    └── AnalysisError          one article cannot be analysed

Failures of fetching and parsing are values, not errors: see `FetchFailed` and `Skip`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

#: What can be wrong with a server: it gives no answer, is loading its data, has its memory full, cannot write to its
#: disk, is a read-only replica, wants more replicas than it has, does not let us in, is or is set as none may be, has
#: forgotten what it had taken in, or refuses a single command.
Trouble: TypeAlias = Literal[
    "away", "loading", "full", "disk", "replica", "unreplicated", "denied", "unfit", "forgetful", "refused"
]


class StancewireError(Exception):
    """Any error of this program: one line saying what is wrong, and a hint at the next step."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class Problem(StancewireError):
    """One thing wrong in a file or in the environment, with its place."""

    exit_code = 2

    def __init__(self, message: str, *, where: str, line: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint)
        self.where = where
        self.line = line

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        text = f"{place}: {self.message}"
        return f"{text}\n  {self.hint}" if self.hint else text


class ConfigurationError(StancewireError):
    """Settings, feed list or knowledge cannot be used; carries all problems found, not only the first."""

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(StancewireError):
    """The command line asks for something impossible."""

    exit_code = 2


class StoreError(StancewireError):
    """The Redis server cannot be used as it is."""

    trouble: Trouble = "refused"

    def __init__(self, message: str, hint: str = "", *, trouble: Trouble | None = None) -> None:
        super().__init__(message, hint)
        if trouble is not None:
            self.trouble = trouble


class StoreUnavailable(StoreError):
    """The Redis server gives no answer: away, starting, or out of reach."""

    trouble: Trouble = "away"


class StoreRefused(StoreError):
    """The Redis server answers and refuses: password, rights, read-only, memory, disk."""


class StateTooNew(StoreRefused):
    """The Redis server holds the state of a newer version, which no wait will change."""


class LeadershipLost(StoreError):
    """Another poller leads now, and only what it brings is taken in."""


class ServerError(StancewireError):
    """The embedded server cannot be started or is held by another process."""


class WorkerError(StancewireError):
    """Worker processes cannot work on this machine."""


class CodecError(StancewireError):
    """Bytes that are not what they should be."""


class AnalysisError(StancewireError):
    """One article cannot be analysed; others can."""
