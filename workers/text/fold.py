"""One-to-one folding of typography, so that rules and parser see plain characters and offsets stay true.

It never changes the number of characters; meaning-bearing characters are left as they are.
"""

from __future__ import annotations

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


def fold(text: str) -> str:
    r"""`text` with plain quotes, hyphens and spaces, of the same length.

    >>> fold("“Moscow” – the Kremlin’s view")
    '"Moscow" - the Kremlin\'s view'
    """
    return text.translate(_TABLE)
