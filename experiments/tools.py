"""Builds the environments of the project's own tools and runs the tools in them.

nox imports this module with a Python of its own, so it needs the standard library and uv alone.
Each function of a command returns 0 or 1.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "configs" / "locks"

SUITE, VALIDATORS, SUPPLY = "suite", "validators", "supply"
TOOLS = (SUITE, VALIDATORS, SUPPLY)
"""Locks of the suite itself; of the validators of published data; of the tools that list and audit
packages."""

PYTHON = sys.executable if sys.version_info >= (3, 11) else "3.11"
"""nox may run on an older Python than the suite; uv then finds or downloads one."""

FINISHED, FAILED = 0, 1
OUT = Path("build") / "sbom"


def python(name: str) -> Path:
    """Return the Python of an environment of tools, building it if its lock changed."""
    folder, lock = ROOT / ".nox" / name, LOCKS / f"{name}.txt"
    marker, interpreter = folder / "lock.sha256", folder / "bin" / "python"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not (marker.exists() and interpreter.exists() and marker.read_text() == digest):
        print(f"building .nox/{name} from configs/locks/{name}.txt", flush=True)
        marker.unlink(missing_ok=True)  # first: an interrupted build must not count as finished
        uv = find_uv_bin()
        create = [uv, "venv", "--quiet", "--clear", "--python", PYTHON, str(folder)]
        # Compiled at once: with PYTHONDONTWRITEBYTECODE set, every process would compile anew.
        install = [uv, "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
        install += ["--compile-bytecode", "--python", str(interpreter), "--requirements", str(lock)]
        for words in (create, install):
            subprocess.run(words, cwd=ROOT, check=True)
        marker.write_text(digest)
    return interpreter


def run(words: Sequence[str]) -> int:
    """Run a program in the repository's folder and return its exit status.

    When the keyboard interrupts both, the program ends first; then `KeyboardInterrupt` is raised.
    """
    interrupted = False
    with subprocess.Popen(words, cwd=ROOT) as process:
        while True:
            try:
                status = process.wait()
                break
            except KeyboardInterrupt:
                interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    return status


def carry_out(tools: str, *programs: Sequence[str]) -> int:
    """Run every program from an environment of tools; return 1 if one of them failed."""
    folder, failed = python(tools).parent, False
    for program, *arguments in programs:
        print(f"{tools}: {' '.join([program, *arguments])}", flush=True)
        failed |= run([str(folder / program), *arguments]) != 0
    return FAILED if failed else FINISHED


def all_tests(words: Sequence[str], console: object) -> int:
    """Run every test."""
    return carry_out(SUITE, ["pytest", *words])


def fast_tests(words: Sequence[str], console: object) -> int:
    """Run the tests that need neither TensorFlow nor all published rows."""
    return carry_out(SUITE, ["pytest", "-m", "not real and not whole", *words])


def lint(words: Sequence[str], console: object) -> int:
    """Check the sources and the published descriptions."""
    return max(style(words, console), validate(words, console))


def style(words: Sequence[str], console: object) -> int:
    """Check the style and the types of the sources."""
    return carry_out(SUITE, ["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])


def validate(words: Sequence[str], console: object) -> int:
    """Check the data package, its JSON-LD and the citation with the validators of others."""
    published = "results/published"
    return carry_out(
        VALIDATORS,
        ["frictionless", "validate", f"{published}/datapackage.json"],
        ["mlcroissant", "validate", "--jsonld", f"{published}/croissant.json"],
        ["cffconvert", "--validate", "-i", "CITATION.cff"],
    )


def audit(words: Sequence[str], console: object) -> int:
    """Look up the suite's own tools in a database of known vulnerabilities."""
    options = ["--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    audits = [["pip-audit", *options, "--requirement", str(_lock(name))] for name in TOOLS]
    return carry_out(SUPPLY, *audits)


def bills(words: Sequence[str], console: object) -> int:
    """Write a CycloneDX bill of materials of every lock into build/sbom."""
    (ROOT / OUT).mkdir(parents=True, exist_ok=True)
    options = ["--output-reproducible", "--short-PURLs", "--output-file"]
    return carry_out(
        SUPPLY,
        *(
            ["cyclonedx-py", "requirements", str(_lock(path.stem)), *options, _bill(path.stem)]
            for path in sorted(LOCKS.glob("*.txt"))
        ),
    )


def _lock(name: str) -> Path:
    return Path("configs") / "locks" / f"{name}.txt"


def _bill(name: str) -> str:
    return str(OUT / f"{name}.cdx.json")
