"""Describes the origin of a result: code, machine and time."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from experiments.config.schema import ROOT
from experiments.run import store
from results.contract.version import SCHEMA_VERSION, SUITE_VERSION


def code() -> dict[str, Any]:
    """Return version, commit and command line of the suite, and whether all code was committed."""
    return {
        "schema_version": SCHEMA_VERSION,
        "suite_version": SUITE_VERSION,
        "git_commit": _git("rev-parse", "HEAD"),
        "git_clean": _git("status", "--porcelain", "--", "experiments", "configs") == "",
        "command_line": ["python", "-m", "experiments", *sys.argv[1:]],
    }


def span(folder: Path) -> dict[str, str | None]:
    """Return start and end of a run, from the periods that are kept in its folder."""
    lines = store.read_lines(folder / "periods.jsonl")
    periods = [line for line in lines if {"start", "end"} <= set(line)]
    return {
        "start": _moment(min((period["start"] for period in periods), default=None)),
        "end": _moment(max((period["end"] for period in periods), default=None)),
    }


def _moment(seconds: float | None) -> str | None:
    """Write a time of the system clock as an ISO 8601 date in UTC."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _git(*arguments: str) -> str | None:
    """Return the output of git; None without git or outside of a repository."""
    return _answer("git", *arguments)


def _answer(*words: str) -> str | None:
    """Return the output of a program; None if it fails or does not exist."""
    try:
        answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def machine(folder: Path) -> dict[str, Any]:
    """Describe the parts of the machine that can change a result or a time, without its name."""
    return {
        "cpu": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_kib": _first("/proc/meminfo", "MemTotal").removesuffix(" kB"),
        "kernel": platform.release(),
        "libc": "-".join(platform.libc_ver()),
        "filesystem": _filesystem(folder),
    }


def _first(path: str, key: str) -> str:
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def _filesystem(folder: Path) -> str:
    return _answer("stat", "-f", "-c", "%T", str(folder.resolve())) or ""
