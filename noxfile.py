"""The menu: everything that is done with this repository is a session here.

`pip install "nox[uv]"` is all that has to be there. The suite's tools live in one environment that
is built from their lock; each TensorFlow release has another, which the suite itself builds.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import nox
from uv import find_uv_bin

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "validate", "tests"]
nox.options.error_on_external_run = False

PYTHON = sys.executable if sys.version_info >= (3, 11) else "3.11"
"""nox itself may run on an older Python than the suite; uv then finds or downloads one."""

CONFIG_FAULT, INTERRUPTED = 2, 130
TOOLS = ("suite", "validators", "supply")


def natural(name: str) -> list[int]:
    """Sort tf-2.9 before tf-2.10."""
    return [int(number) for number in re.findall(r"\d+", name)]


ENVIRONMENTS = sorted((p.stem for p in Path("configs/environment").glob("*.yaml")), key=natural)


def suite(session: nox.Session) -> str:
    """Return the Python of the suite's tools, building their environment if its lock changed."""
    return tools(session, "suite")


def tools(session: nox.Session, name: str) -> str:
    """Return the Python of an environment of tools, building it if its lock changed."""
    folder, lock = Path(".nox") / name, Path("configs") / "locks" / f"{name}.txt"
    marker, python = folder / "lock.sha256", folder / "bin" / "python"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not (marker.exists() and python.exists() and marker.read_text() == wanted):
        marker.unlink(missing_ok=True)  # first, so that no half of it is taken for whole
        uv = find_uv_bin()
        session.run(uv, "venv", "--quiet", "--clear", "--python", PYTHON, str(folder))
        # Compiled at once, because Python may have been told (PYTHONDONTWRITEBYTECODE) to compile
        # all of it again in each process, which a run with nothing to do would feel.
        install = ("pip", "install", "--quiet", "--require-hashes", "--no-deps")
        compiled = ("--compile-bytecode", "--python", str(python))
        session.run(uv, *install, *compiled, "--requirements", str(lock))
        marker.write_text(wanted)
    return str(python)


def command(session: nox.Session, *words: str) -> None:
    """Run one of the suite's own commands with what the user wrote after `--`.

    nox itself knows one status of failure only; ours also has 2, for a fault of the configuration.
    """
    status = patiently([suite(session), "-m", "experiments", *words, *session.posargs])
    if status == CONFIG_FAULT:
        sys.exit(CONFIG_FAULT)
    if status == INTERRUPTED:
        raise KeyboardInterrupt
    if status:
        session.error(f"{words[0]} ended with status {status}")


def patiently(words: list[str], stdin: int | None = subprocess.DEVNULL) -> int:
    """Run a command; where both it and nox are interrupted, let it end its workers first."""
    with subprocess.Popen(words, stdin=stdin) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


@nox.session
def matrix(session: nox.Session) -> None:
    """Save and load everything that is selected; record and report it."""
    command(session, "matrix")


@nox.session
def cell(session: nox.Session) -> None:
    """Carry one cell out in the foreground: its id, and --pdb to stop where Keras raises."""
    words = [suite(session), "-m", "experiments", "cell", *session.posargs]
    if patiently(words, stdin=None):
        session.error("the cell could not be carried out")


@nox.session
@nox.parametrize("environment", ENVIRONMENTS, ids=ENVIRONMENTS)
def save(session: nox.Session, environment: str) -> None:
    """Carry out the saves of one environment."""
    command(session, "save", "--environment", environment)


@nox.session
@nox.parametrize("environment", ENVIRONMENTS, ids=ENVIRONMENTS)
def load(session: nox.Session, environment: str) -> None:
    """Carry out the loads of one environment."""
    command(session, "load", "--environment", environment)


@nox.session
def record(session: nox.Session) -> None:
    """Write the records of what was run so far."""
    command(session, "record")


@nox.session
def gather(session: nox.Session) -> None:
    """Put the parts of a run that were made elsewhere (`shard=I/N`) together."""
    command(session, "gather")


@nox.session
def report(session: nox.Session) -> None:
    """Rebuild the report from the published results."""
    session.run(suite(session), "-m", "report")


@nox.session
def site(session: nox.Session) -> None:
    """Build the site from the published results into build/site."""
    session.run(suite(session), "-m", "report.site", *session.posargs)


@nox.session
def paper(session: nox.Session) -> None:
    """Build tables (LaTeX) and figures (PDF) from the published results into build/paper."""
    session.run(suite(session), "-m", "report.products.paper", *session.posargs)


@nox.session
def archive(session: nox.Session) -> None:
    """Put all that is committed and built into one archive, to be deposited."""
    command(session, "archive")


@nox.session
def explain(session: nox.Session) -> None:
    """Say what causes an error, going by the published results."""
    session.run(suite(session), "-m", "report.answers.explain", *session.posargs)


@nox.session
def publish(session: nox.Session) -> None:
    """Put a finished run into results/published and rebuild the report."""
    command(session, "publish")


@nox.session
def timings(session: nox.Session) -> None:
    """Time loads and saves in every environment, in turns; record and report them."""
    command(session, "timings")


@nox.session
def publish_timings(session: nox.Session) -> None:
    """Put finished timings into results/published and rebuild the report."""
    command(session, "publish-timings")


@nox.session
def corruption(session: nox.Session) -> None:
    """Damage files in every way and place, load them, and record what becomes of them."""
    command(session, "corruption")


@nox.session
def publish_corruption(session: nox.Session) -> None:
    """Put a finished corruption campaign into results/published and rebuild the report."""
    command(session, "publish-corruption")


@nox.session
def judge(session: nox.Session) -> None:
    """Derive anew what is said about the published results; an entry reworded needs no run."""
    command(session, "judge")


@nox.session
def verify(session: nox.Session) -> None:
    """Repeat published cells by their standalone scripts, and compare what these find."""
    command(session, "verify")


@nox.session
def doctor(session: nox.Session) -> None:
    """Say which interpreters and environments are there, and how to get the others."""
    command(session, "doctor")


@nox.session
def lock(session: nox.Session) -> None:
    """Resolve the locks of the named environments, or of all and the suite's own."""
    command(session, "lock")


@nox.session
def chaos(session: nox.Session) -> None:
    """Disturb a small run again and again, and see whether it ends as if undisturbed."""
    command(session, "chaos")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what the harness costs beside TensorFlow."""
    command(session, "bench")


@nox.session
def bench_site(session: nox.Session) -> None:
    """Measure how soon the site is there and a filter answers, in Chromium."""
    session.run(suite(session), "-m", "report.site.bench", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests, those in real TensorFlow environments included."""
    session.run(suite(session), "-m", "pytest", *session.posargs)


@nox.session
def fast(session: nox.Session) -> None:
    """Run the tests that need neither TensorFlow nor all that is published."""
    session.run(suite(session), "-m", "pytest", "-m", "not real and not whole", *session.posargs)


@nox.session
def validate(session: nox.Session) -> None:
    """Have the data package, its JSON-LD and the citation checked by others' validators."""
    programs = Path(tools(session, "validators")).parent
    published = "results/published"
    session.run(str(programs / "frictionless"), "validate", f"{published}/datapackage.json")
    jsonld = f"{published}/croissant.json"
    session.run(str(programs / "mlcroissant"), "validate", "--jsonld", jsonld)
    session.run(str(programs / "cffconvert"), "--validate", "-i", "CITATION.cff")


@nox.session
def sbom(session: nox.Session) -> None:
    """Write a bill of materials of every environment and of the tools into build/sbom."""
    program = str(Path(tools(session, "supply")).parent / "cyclonedx-py")
    out = Path("build/sbom")
    out.mkdir(parents=True, exist_ok=True)
    plain = ("--output-reproducible", "--short-PURLs", "--output-file")
    for lock in sorted(Path("configs/locks").glob("*.txt")):
        session.run(program, "requirements", str(lock), *plain, str(out / f"{lock.stem}.cdx.json"))


@nox.session
def audit(session: nox.Session) -> None:
    """Look the suite's own tools up in a database of known vulnerabilities."""
    program = str(Path(tools(session, "supply")).parent / "pip-audit")
    asked = ("--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off")
    for name in TOOLS:
        lock = f"configs/locks/{name}.txt"
        session.run(program, *asked, "--requirement", lock, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and types."""
    session.run(suite(session), "-m", "ruff", "check", ".")
    session.run(suite(session), "-m", "ruff", "format", "--check", ".")
    session.run(suite(session), "-m", "mypy")
