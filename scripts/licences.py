"""Under which licence an installed package comes, as an SPDX expression, from what its metadata says.

Which licences will do is decided in `tests/packaging/test_licences.py`.
"""

from __future__ import annotations

from importlib import metadata

#: What metadata of before SPDX says, in small letters, and what it means.
_MEANT = {
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "the bsd 2-clause license": "BSD-2-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "lgpl-lr": "LGPLLR",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
_CLASSIFIER = "License :: OSI Approved :: "
_LONGEST = 80


def licence_of(name: str) -> str | None:
    """The SPDX expression of an installed package; None where it is not installed, or says nothing."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if expression := said.get("License-Expression"):
        return str(expression)
    classifiers = [text.removeprefix(_CLASSIFIER) for text in said.get_all("Classifier") or ()]
    named = [_MEANT.get(text.lower(), "") or ("MIT" if text == "MIT License" else "") for text in classifiers]
    free = str(said.get("License") or "").strip()
    written = _MEANT.get(free.lower(), free)
    # Some have their whole licence there, and some nothing that means anything.
    if written and "\n" not in written and len(written) < _LONGEST and written.upper() != "UNKNOWN":
        return written
    return " OR ".join(sorted(set(filter(None, named)))) or None
