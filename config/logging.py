"""One log for everything: JSON lines for machines, or a rendering for people, of our own events and of the libraries'.

Secrets are masked and control characters escaped on the way out, so that nothing fetched can forge a line or drive a
terminal. What is logged, and where the stream leads, is decided elsewhere.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from typing import IO, Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from config.characters import escaped
from config.redaction import MASK, SECRET_NAME, masked, secrets_in
from config.settings import LogSettings
from stancewire.server_state import ServerChange

#: Longest text logged in one field.
MAX_CHARACTERS = 4_000
MAX_DEPTH = 6
#: What stands as the event where a library speaks: its words may hold what was fetched.
_LIBRARY = "said by a library"


def configure(settings: LogSettings, stream: IO[str], *, is_terminal: bool, secrets: Sequence[str] = ()) -> None:
    """Send the log to `stream`; `secrets` and the passwords in URLs among them are masked, as is all that looks so."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    for_people = settings.format == "console" or (settings.format == "auto" and is_terminal)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if for_people else _structured_exceptions(),
        Redaction(secrets),
    ]
    last: list[Processor] = [visible, _console(colours=is_terminal)] if for_people else [to_json]
    steady = _SteadyStream(stream)
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=steady),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(steady)
    # On the handler, because RQ sets levels of its loggers by itself.
    handler.setLevel(max(level, logging.WARNING))
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, _as_said, *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))


def _as_said(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """A library's message as a field: an event is always one of our own names."""
    return {**event, "event": _LIBRARY, "said": event.get("event")}


def log_server_change(change: ServerChange, log: structlog.typing.FilteringBoundLogger | None = None) -> None:
    """The one line about a change of the server's state."""
    logger = log or structlog.get_logger()
    getattr(logger, change.level)(change.event, **change.fields)


class Redaction:
    """Masks passwords in URLs, secrets in queries, fields named as secrets, and known secrets; cuts long texts."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        self._known = secrets_in(secrets)

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:  # noqa: ARG002
        """The event, fit to be seen."""
        return {key: self._value(key, value, 0) for key, value in event.items()}

    def _value(self, key: object, value: Any, depth: int) -> Any:
        if isinstance(key, str) and key.startswith("_"):
            return value
        if isinstance(key, str) and isinstance(value, str | bytes) and SECRET_NAME.search(key):
            return MASK
        if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
            return value
        if depth < MAX_DEPTH and isinstance(value, Mapping):
            return {self._text(str(name)): self._value(name, item, depth + 1) for name, item in value.items()}
        if depth < MAX_DEPTH and isinstance(value, list | tuple | set | frozenset):
            return [self._value(None, item, depth + 1) for item in value]
        return self._text(value if isinstance(value, str) else str(value), is_trace=key == "exception")

    def _text(self, text: str, *, is_trace: bool = False) -> str:
        # Bounds the work; a secret that this cuts in two is cut off entirely below.
        text = text[-4 * MAX_CHARACTERS :] if is_trace else text[: 4 * MAX_CHARACTERS]
        text = masked(text, self._known)
        if len(text) <= MAX_CHARACTERS:
            return text
        # The end of a traceback says what happened.
        return f"…{text[-MAX_CHARACTERS:]}" if is_trace else f"{text[:MAX_CHARACTERS]}…"


def visible(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """The event with every control character written out; the lines of a traceback are kept, indented."""
    shown: EventDict = {}
    for key, value in event.items():
        if key == "exception" and isinstance(value, str):
            shown[key] = "\n".join(f"    {_visible(line)}" for line in value.split("\n"))
        elif key.startswith("_") or value is None or isinstance(value, bool | int | float):
            shown[key] = value
        else:
            shown[_visible(key)] = _visible(value if isinstance(value, str) else _compact(value))
    return shown


def to_json(logger: WrappedLogger, name: str, event: EventDict) -> str:  # noqa: ARG001
    """The event as one line of JSON, readable as text, in which every unsafe character is an escape."""
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return escaped(_compact({**first, **event}))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))


def _visible(text: str) -> str:
    shown = escaped(text)
    return shown if shown == text else escaped(text.replace("\\", "\\\\"))


def _structured_exceptions() -> Processor:
    return structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
    )


def _console(*, colours: bool) -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=colours, pad_event_to=30, exception_formatter=structlog.dev.plain_traceback
    )


class _SteadyStream:
    """A stream whose reader may go away without anything failing but the log."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except UnicodeEncodeError:
            return self._stream.write(text.encode("ascii", "backslashreplace").decode("ascii"))
        except (OSError, ValueError):
            return 0

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return
