"""From parsed sentences to reported interference: scenes in order, episodes over them, denials joined to them.

It only sets the parts to work; what counts as interference is decided in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workers.attribution.cast import Cast
from workers.attribution.speech import Attribution
from workers.interference.denials import denials_in, with_denials
from workers.interference.episodes import Episodes
from workers.interference.finding import DenialFinding, InterferenceFinding
from workers.interference.lexicon import Lexicon
from workers.interference.scene import Scene
from workers.text.tree import Sentence


class InterferenceFinder:
    """Finds the reported interference of one document."""

    def __init__(self, words: Lexicon) -> None:
        self._words = words

    def find(
        self, sentences: Sequence[Sentence], cast: Cast, attributions: Iterable[Attribution]
    ) -> tuple[InterferenceFinding, ...]:
        """Findings in the order of the text."""
        said: dict[int, list[Attribution]] = {}
        for attribution in attributions:
            said.setdefault(attribution.sentence, []).append(attribution)
        episodes = Episodes()
        denials: list[DenialFinding] = []
        for sentence in sentences:
            scene = Scene(sentence=sentence, cast=cast, words=self._words, said=tuple(said.get(sentence.index, ())))
            here = denials_in(scene)
            denials.extend(here)
            episodes.add(scene, here)
        episodes.close()
        return with_denials(episodes.found, denials)
