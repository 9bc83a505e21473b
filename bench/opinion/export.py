"""Writes trained weights as `workers.opinion` reads them: `python -m bench.opinion.export STATE FOLDER [--most N]`.

The network becomes ONNX with eight-bit weights, and pieces that English news does not use are left out. It needs what
the training needs, onnx and onnxruntime.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn

from bench.opinion.network import Network, base
from bench.opinion.train import material
from workers.opinion.marking import MARKERS
from workers.opinion.model import NETWORK, PINS, TOKENIZER

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *MARKERS)


class Answering(nn.Module):
    """The network for one sentence at a time, which therefore needs no mask, with probabilities instead of logits."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pieces: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.network(pieces, torch.ones_like(pieces)), -1)


def use(tokenizer: dict) -> Counter[str]:
    """How often each piece stands in what was trained on."""
    pieces, found = Tokenizer.from_str(json.dumps(tokenizer | {"padding": None, "truncation": None})), material()
    sentences = sorted({item.sentence for item in (*found.news, *(pair[0] for pair in found.pairs))})
    return Counter(piece for each in pieces.encode_batch(sentences) for piece in each.tokens)


def kept(pieces: dict[str, int], used: Counter[str], most: int) -> list[str]:
    """The pieces to keep, in their order: the special ones, single characters, and the commonest Latin ones.

    The commonest are those used most in training, then those that come first in the base model's list, which is sorted
    by frequency. What is left out is spelled with shorter pieces.
    """
    latin = [piece for piece in pieces if _is_latin(piece) and not (piece.startswith("[") and len(piece) > 1)]
    single = [piece for piece in latin if len(piece.removeprefix("##")) == 1]
    longer = [piece for piece in latin if len(piece.removeprefix("##")) > 1]
    longer.sort(key=lambda piece: (-used[piece], pieces[piece]))
    common = longer[: most - len(_SPECIAL) - len(single)]
    return [*_SPECIAL, *sorted(single + common, key=pieces.__getitem__)]


def _is_latin(piece: str) -> bool:
    return all(not char.isalpha() or "LATIN" in unicodedata.name(char, "") for char in piece)


def prune(network: Network, tokenizer: dict, most: int) -> None:
    """Cut `network` and `tokenizer` down to the pieces kept."""
    pieces = tokenizer["model"]["vocab"]
    order = kept(pieces, use(tokenizer), most)
    embeddings = network.encoder.embeddings.word_embeddings
    rows = embeddings.weight.detach()[[pieces[piece] for piece in order]]
    network.encoder.embeddings.word_embeddings = nn.Embedding.from_pretrained(rows, padding_idx=0)
    renumbered = {piece: number for number, piece in enumerate(order)}
    network.marker = renumbered[MARKERS[0]]
    tokenizer["model"]["vocab"] = renumbered
    tokenizer["added_tokens"] = [
        {
            "id": renumbered[piece],
            "content": piece,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for piece in _SPECIAL
    ]
    for name, entry in tokenizer["post_processor"].get("special_tokens", {}).items():
        entry["ids"] = [renumbered[name]]
    tokenizer["padding"] = tokenizer["truncation"] = None


def write_network(network: Network, path: Path) -> None:
    """The network as ONNX with eight-bit weights, scaled per channel; seven bits used, for processors without VNNI."""
    network.eval()
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "exact.onnx"
        torch.onnx.export(
            Answering(network).eval(),
            (torch.full((1, 9), network.marker),),
            str(exact),
            input_names=["pieces"],
            output_names=["probabilities"],
            dynamic_axes={"pieces": {1: "length"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(str(exact), str(path), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def export(state: Path, folder: Path, *, most: int) -> None:
    network = Network(attention="eager", pretrained=False)
    network.load_state_dict(torch.load(state, weights_only=True))
    tokenizer = json.loads(Path(base(), "tokenizer.json").read_text("utf-8"))
    prune(network, tokenizer, most)
    folder.mkdir(parents=True, exist_ok=True)
    write_network(network, folder / NETWORK)
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    (folder / TOKENIZER).write_text(text, "utf-8")
    pins = "".join(
        f'"{name}" = "{hashlib.sha256((folder / name).read_bytes()).hexdigest()}"\n' for name in (NETWORK, TOKENIZER)
    )
    (folder / PINS).write_text(f"# What the files beside this one were when they were measured.\n[sha256]\n{pins}")
    assert tomllib.loads((folder / PINS).read_text())
    print({name: (folder / name).stat().st_size for name in (NETWORK, TOKENIZER)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=16_000, help="pieces to keep")
    asked = parser.parse_args()
    export(asked.state, asked.folder, most=asked.most)


if __name__ == "__main__":
    main()
