"""Asks the learned model how a sentence stands toward a target, of its own or in the words of one holder.

It is an opinion, not a finding: it names no word that it rests on, so it may only support or weigh what the frames of
`workers.stance` see. Where the runtime or the weights are not installed, there is no model, and the frames go on alone.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from stancewire.errors import ConfigurationError, Problem
from workers.opinion.marking import TARGET_OPEN, Span, marked

NETWORK, TOKENIZER, PINS = "opinion.onnx", "tokenizer.json", "pins.toml"
#: Pieces of a sentence that the model was trained to read.
LENGTH = 160
#: Decimals kept: processors differ in the ones behind.
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Question:
    """How does `sentence` stand toward `target`; with a holder, how does the holder."""

    sentence: str
    target: Span
    holder: Span | None = None


class Opinion(NamedTuple):
    """The probability of each answer."""

    adverse: float
    neutral: float
    favourable: float


#: What is said of names too far apart to be read together.
NO_OPINION = Opinion(0.0, 1.0, 0.0)


class OpinionModel:
    """The network with its tokenizer, on one thread."""

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._marker = tokenizer.token_to_id(TARGET_OPEN)

    def ask(self, questions: Iterable[Question], *, masked: bool = True) -> tuple[Opinion, ...]:
        """The opinion on each question; `masked` hides who the names are, so that none is judged by its fame.

        Each question is put alone: the network scales its numbers over all it is given, so neighbours would matter.
        """
        return tuple(self._ask(marked(one.sentence, one.target, one.holder, masked=masked)) for one in questions)

    def _ask(self, text: str) -> Opinion:
        from numpy import array  # noqa: PLC0415 - comes with the runtime

        pieces = self._tokenizer.encode(text).ids
        if self._marker not in pieces:
            return NO_OPINION
        (answer,) = self._session.run(None, {"pieces": array([pieces], dtype="int64")})
        return Opinion(*(round(float(value), _DECIMALS) for value in answer[0]))


def load(folder: Traversable | None = None) -> OpinionModel | None:
    """The model in `folder` (the one that comes along if None); None where the runtime or the weights are absent.

    Raises ConfigurationError where a file is not, byte for byte, the one that was measured.
    """
    try:
        import onnxruntime  # noqa: PLC0415 - may be absent
        from tokenizers import Tokenizer  # noqa: PLC0415 - may be absent
    except ImportError:
        return None
    read = _verified(folder or resources.files("workers.opinion") / "weights")
    if read is None:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    session = onnxruntime.InferenceSession(read[NETWORK], options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_str(read[TOKENIZER].decode("utf-8"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LENGTH)
    return OpinionModel(session, tokenizer)


def _verified(folder: Traversable) -> dict[str, bytes] | None:
    """The bytes of both files, if they are those that `PINS` names."""
    try:
        pins = tomllib.loads((folder / PINS).read_text("utf-8"))["sha256"]
        read = {name: (folder / name).read_bytes() for name in (NETWORK, TOKENIZER)}
    except FileNotFoundError:
        return None
    problems = tuple(
        Problem(
            "is not the file that was measured: its sha256 differs from the one pinned",
            where=f"{folder / name}",
            hint="install stancewire again, or delete the file to go without the learned opinion",
        )
        for name, content in read.items()
        if hashlib.sha256(content).hexdigest() != pins[name]
    )
    if problems:
        raise ConfigurationError(problems)
    return read
