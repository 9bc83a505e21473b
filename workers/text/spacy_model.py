"""What is done to every model of spaCy before it is used.

Which model that is, the language's own module says.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def prepared(model: Any) -> Any:
    """`model` taking each text as one sentence, with products through NumPy rather than BLIS: 1.4 times as fast."""
    from spacy.language import Language  # noqa: PLC0415

    for _, component in model.pipeline:
        for node in getattr(getattr(component, "model", None), "walk", tuple)():
            if hasattr(node.ops, "use_blis"):
                node.ops.use_blis = False

    @Language.component("stancewire_one_sentence")  # type: ignore[untyped-decorator, unused-ignore]
    def one_sentence(document: Any) -> Any:
        take_as_one_sentence(document)
        return document

    on_one_thread()
    model.add_pipe("stancewire_one_sentence", before="parser")
    return model


def take_as_one_sentence(document: Any) -> None:
    """Let the parser begin no sentence within `document`."""
    starts = np.full((len(document), 1), -1, dtype=np.int64)
    starts[:1] = 1
    document.from_array(["SENT_START"], starts.view(np.uint64))


def on_one_thread() -> None:
    """Multiply matrices on one thread: they are small, and threads that wait for each other cost five times as much."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    threadpool_limits(limits=1, user_api="blas")
