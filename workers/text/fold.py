"""One-to-one folding of typography, so that rules and parser see plain characters and offsets stay true.

It never changes the number of characters; meaning-bearing characters are left as they are.
"""

from __future__ import annotations

import re

_SINGLE = "‘’‚‛′´`ʼ"
_DOUBLE = "“”„‟″«»"
_DASH = "‐‑‒–—―−"
_SPACE = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"

_TABLE = str.maketrans(
    {
        **dict.fromkeys(_SINGLE, "'"),
        **dict.fromkeys(_DOUBLE, '"'),
        **dict.fromkeys(_DASH, "-"),
        **dict.fromkeys(_SPACE, " "),
        **dict.fromkeys(_INVISIBLE, " "),
        **{chr(code): "\N{REPLACEMENT CHARACTER}" for code in range(0xD800, 0xE000)},
    }
)


_QUOTATION = re.compile(r'"[^"\n]{1,2000}"')
_NESTED = re.compile(r"\[[^\]]*\[")
#: Words that an editor set into a quotation: "Russia [remains] a threat"; not "[T]he", and not "[1]".
_SET_IN = re.compile(r"(?<![^\s\"'(])\[([^\W\d_][^\[\]\n]*)\](?!\w)")


def fold(text: str) -> str:
    r"""`text` with plain quotes, hyphens and spaces, and no brackets round words in quotations; of the same length.

    >>> fold("“Moscow” – the Kremlin’s view")
    '"Moscow" - the Kremlin\'s view'
    >>> fold("“We [will not] go,” she said [in Oslo].")
    '"We  will not  go," she said [in Oslo].'
    """
    plain = text.translate(_TABLE)
    if "[" not in plain:
        return plain
    return _QUOTATION.sub(_without_brackets, plain)


def _without_brackets(quotation: re.Match[str]) -> str:
    words = quotation.group()
    return words if _NESTED.search(words) else _SET_IN.sub(r" \1 ", words)
