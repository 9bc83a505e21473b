"""What may drive a terminal or cannot be seen is found in any text."""

from __future__ import annotations

import json
import sys

from config.characters import escaped, safe


def test_what_is_escaped_means_the_same_and_can_be_seen_whole() -> None:
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        shown = escaped(character)
        if shown != character:
            assert shown.isascii()
            assert json.loads(f'"{shown}"') == character
        else:
            # What a line on a terminal may not hold is never left as it is.
            assert safe(character) == character
