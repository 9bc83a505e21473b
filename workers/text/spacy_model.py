"""How models of spaCy are loaded, and what is done to them before they are used.

Which model that is, the language's own module says.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from workers.text.lean_imports import without


def imported(package: str) -> Any:
    """The installed package of a model, and spaCy with it; raises ImportError where it is not installed."""
    # spaCy's own command line, which brings typer, rich, requests, httpx and jinja2 along.
    with without("spacy.cli.info", "info"):
        return import_module(package)


def load_model(package: str, *, exclude: tuple[str, ...] = ()) -> Any:
    """The model of a package without some of its components, on one thread; raises ImportError as `imported` does."""
    module = imported(package)
    from spacy import registry  # noqa: PLC0415
    from spacy.tokenizer import Tokenizer  # noqa: PLC0415

    @registry.tokenizers("stancewire.empty")  # type: ignore[untyped-decorator, unused-ignore]
    def empty() -> Any:
        return lambda model: Tokenizer(model.vocab)

    on_one_thread()
    # The package holds all rules of its tokenizer; those of the language would be made first, to be replaced.
    return module.load(exclude=exclude, config={"nlp": {"tokenizer": {"@tokenizers": "stancewire.empty"}}})


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
