"""Writes a software bill of materials of a lock file, CycloneDX in JSON: `python -m scripts.sbom LOCK TARGET`.

Names, versions and hashes are those of the lock; licences and what needs what are as the installed packages say.
"""

from __future__ import annotations

import sys
import tomllib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.licences import licence_of
from scripts.locked import Locked, read_lock
from stancewire import __version__

ROOT = Path(__file__).parents[1]
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/stancewire/stancewire")


def bill(lock: Sequence[Locked], project: Mapping[str, Any], at: datetime) -> Bom:
    """The bill of a lock; with the same lock and time it is the same, to the byte."""
    components = {each: _component(each) for each in lock}
    name = project["project"]["name"]
    root = Component(
        type=ComponentType.APPLICATION,
        name=name,
        version=__version__,
        bom_ref=name,
        purl=PackageURL("pypi", None, name, __version__),
        licenses=_licences(project["project"]["license"]),
    )
    content = "\n".join(f"{each.requirement} {' '.join(each.hashes)}" for each in lock)
    bom = Bom(components=components.values(), serial_number=uuid.uuid5(_NAMESPACE, content))
    bom.metadata.component = root
    bom.metadata.timestamp = at
    bom.register_dependency(root, _named(components, _asked_by(project)))
    for each, component in components.items():
        bom.register_dependency(component, _named(components, _needed_by(each.name)))
    return bom


def _component(each: Locked) -> Component:
    licence = licence_of(each.name)
    marker = [Property(name="stancewire:marker", value=str(each.requirement.marker))] if each.requirement.marker else []
    file = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(f"https://pypi.org/project/{each.name}/{each.version}/"),
        # Of each file that may be installed, for one machine or another.
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in each.hashes],
    )
    return Component(
        type=ComponentType.LIBRARY,
        name=each.name,
        version=each.version,
        bom_ref=f"{each.name}=={each.version}",
        purl=PackageURL("pypi", None, each.name, each.version),
        licenses=_licences(licence) if licence else (),
        properties=marker,
        external_references=[file],
    )


def _licences(expression: str) -> list[DisjunctiveLicense] | list[LicenseExpression]:
    # A licence for linguistic resources, which is in no list.
    if expression == "LGPLLR":
        return [DisjunctiveLicense(id="LGPLLR")]
    return [LicenseExpression(expression)]


def _asked_by(project: Mapping[str, Any]) -> Iterator[str]:
    given = project["project"]
    for text in (*given["dependencies"], *(one for extra in given["optional-dependencies"].values() for one in extra)):
        yield canonicalize_name(Requirement(text).name)


def _needed_by(name: str) -> Iterator[str]:
    try:
        needed = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for requirement in map(Requirement, needed):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)


def _named(components: Mapping[Locked, Component], names: Iterator[str]) -> list[Component]:
    wanted = set(names)
    return [component for each, component in components.items() if each.name in wanted]


def main() -> int:
    """Write the bill; returns the exit status."""
    if len(sys.argv) != 3:
        sys.stderr.write(f"{(__doc__ or '').splitlines()[0]}\n")
        return 2
    lock, target = map(Path, sys.argv[1:])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    made = bill(read_lock(lock), project, datetime.now(UTC).replace(microsecond=0))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(JsonV1Dot6(made).output_as_string(indent=2) + "\n", "utf-8")
    unlicensed = [component.name for component in made.components if not component.licenses]
    sys.stdout.write(f"{target}: {len(made.components)} packages")
    sys.stdout.write(f"; not installed here, so without licence: {', '.join(unlicensed)}\n" if unlicensed else "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
