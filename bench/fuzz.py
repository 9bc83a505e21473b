"""Looks for bytes that break a parser or the analysis: `python -m bench.fuzz [TARGET ...] [--seconds N]`.

Needs atheris (dependency group `fuzz`, Linux). Each target begins from `tests/fuzz`; what breaks it is written to
`tests/fuzz/examples/TARGET/`, where the tests try it ever after.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
MATERIAL = ROOT / "tests" / "fuzz"
#: Modules whose branches guide the search, by target; more would only take longer to prepare.
_OF_FEEDS = ("services", "seeds", "config", "stancewire")
GUIDING = {
    "feed": ("services", "feedparser"),
    "page": ("workers.read", "trafilatura", "htmldate"),
    "analyse": ("workers",),
}
_LONGEST = 4_096
_SECONDS_PER_INPUT = 5


def main() -> int:
    """Fuzz the targets named, or all, each for some seconds; returns how many broke."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="time for each target")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    try:
        import atheris  # noqa: F401, PLC0415
    except ImportError:
        print("atheris is not installed: `make fuzz` does it (Linux, Python 3.11 to 3.13)", file=sys.stderr)
        return 2
    if chosen.inside:
        _fuzz(chosen.inside, chosen.seconds)
        return 0
    sys.path[:0] = [str(MATERIAL), str(ROOT / "tests" / "read")]
    from fuzz_material import DOCUMENTS, TOKENS  # noqa: PLC0415

    if unknown := set(chosen.targets) - set(DOCUMENTS):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(DOCUMENTS)}")
    broken = 0
    for target in chosen.targets or DOCUMENTS:
        with tempfile.TemporaryDirectory() as folder:
            _write_corpus(Path(folder), DOCUMENTS[target], TOKENS)
            inside = ("--inside", f"{target}:{folder}", "--seconds", str(chosen.seconds))
            ended = subprocess.run([sys.executable, "-m", "bench.fuzz", *inside], cwd=ROOT, check=False)
        print(f"{target}: {'broken' if ended.returncode else 'holds'}", flush=True)
        found = MATERIAL / "examples" / target
        if found.is_dir() and not any(found.iterdir()):
            found.rmdir()
        broken += ended.returncode != 0
    return broken


def _write_corpus(folder: Path, documents: tuple[str | bytes, ...], tokens: tuple[str, ...]) -> None:
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, document in enumerate(documents):
        (corpus / str(number)).write_bytes(document if isinstance(document, bytes) else document.encode())
    raw = (token.encode("utf-8", "surrogatepass") for token in tokens)
    lines = ("".join(f"\\x{byte:02x}" for byte in token) for token in raw)
    (folder / "tokens").write_text("".join(f'"{line}"\n' for line in lines), "utf-8")


def _fuzz(where: str, seconds: int) -> None:
    """Never returns; libFuzzer ends the process, with a failure where something broke."""
    import atheris  # noqa: PLC0415

    target, _, folder = where.partition(":")
    with atheris.instrument_imports(include=list(GUIDING.get(target, _OF_FEEDS))):
        from bench.parts.fuzzing import TARGETS  # noqa: PLC0415
    found = MATERIAL / "examples" / target
    found.mkdir(parents=True, exist_ok=True)

    def tried(data: bytes) -> None:
        try:
            TARGETS[target](data)
        except BaseException:
            # Under libFuzzer's own name for it, which does not keep what breaks it before it has begun.
            (found / f"crash-{hashlib.sha1(data).hexdigest()}").write_bytes(data)
            raise

    # What is loaded when first needed takes longer than any input may.
    TARGETS[target](b"")
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST}",
        f"-timeout={_SECONDS_PER_INPUT}",
        f"-artifact_prefix={found}/",
        f"-dict={folder}/tokens",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, f"{folder}/corpus"], tried)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
