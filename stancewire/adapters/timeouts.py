"""The exception that RQ raises inside a job whose time is up.

Work that goes on after the failure of one item must let this one through.
"""

from __future__ import annotations

from rq.timeouts import JobTimeoutException

JobTimeout: type[Exception] = JobTimeoutException
