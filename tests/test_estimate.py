"""Is the time that is left told right within a factor of two?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.run.estimate import ENOUGH, Estimate

LATE = 0.95
"""After this part of a stage a single slow cell may be more than all the rest."""


@dataclass(frozen=True)
class Made:
    """An environment that was made up: how it starts, its cells, what was expected of them."""

    start_s: float
    taken_s: dict[str, float]
    expected_s: dict[str, float]


def made(chance: random.Random, cells: int, pace: float, surprise: float) -> Made:
    """Make up an environment whose cells take `pace` times as long as expected, more or less.

    As Keras does: most take a fifth of a second, a few ten times as long.
    """
    expected = {
        f"cell {number}": chance.choice([0.2, 0.2, 0.25, 0.5, 1.6]) for number in range(cells)
    }
    taken = {
        cell: pace * seconds * chance.lognormvariate(-(surprise**2) / 2, surprise)
        for cell, seconds in expected.items()
    }
    return Made(chance.uniform(3, 12), taken, expected)


def told(environments: dict[str, Made], jobs: int) -> Iterator[tuple[float, float | None]]:
    """Play a stage; yield after each cell what is left, and what is told of it."""
    events, free = list[tuple[float, str, str]](), [0.0] * jobs
    for name, one in environments.items():
        now = min(free)
        place = free.index(now)
        events.append((now, name, "begin"))
        now += one.start_s
        events.append((now, name, "ready"))
        for cell, seconds in one.taken_s.items():
            now += seconds
            events.append((now, name, cell))
        free[place] = now
    estimate = Estimate({name: one.expected_s for name, one in environments.items()}, jobs)
    for now, name, what in sorted(events, key=lambda event: event[0]):
        if what == "begin":
            estimate.begin(name, now)
        elif what == "ready":
            estimate.ready(name, now)
        else:
            estimate.done(name, what, now)
            yield max(free) - now, estimate.left()


def wrong(environments: dict[str, Made], jobs: int) -> float:
    """Return the largest factor by which the time left was told wrong."""
    moments = list(told(environments, jobs))
    whole = moments[0][0]
    return max(
        max(said / left, left / said)
        for left, said in moments
        if said is not None and left > (1 - LATE) * whole
    )


@given(st.integers(0, 10**6), st.integers(1, 4), st.floats(0.2, 8))
def test_it_is_right_within_a_factor_of_two(seed: int, jobs: int, machine: float) -> None:
    chance = random.Random(seed)
    environments = {
        f"tf-2.{number}": made(chance, 400, machine * chance.uniform(0.75, 1.3), 0.5)
        for number in range(8)
    }
    assert wrong(environments, jobs) < 2


def test_it_would_be_wrong_if_a_start_were_taken_for_cells() -> None:
    """The fault that it had: all seconds so far, over all cells so far."""
    chance = random.Random(1)
    environments = {f"tf-2.{number}": made(chance, 100, 0.1, 0.5) for number in range(8)}
    total = sum(len(one.taken_s) for one in environments.values())
    whole = next(told(environments, 2))[0]
    naive = [
        (whole - left) / number * (total - number) / left
        for number, (left, said) in enumerate(told(environments, 2), 1)
        if said is not None and left
    ]
    assert max(naive) > 2
    assert wrong(environments, 2) < 2


def test_nothing_is_said_before_enough_is_done() -> None:
    chance = random.Random(3)
    environments = {"tf-2.4": made(chance, 200, 1, 0.1), "tf-2.15": made(chance, 200, 1, 0.1)}
    said = [known for _, known in told(environments, 2)]
    first = next(number for number, known in enumerate(said, 1) if known is not None)
    assert first == ENOUGH * 400


@pytest.mark.parametrize("jobs", [1, 2])
def test_nothing_is_left_when_all_is_done(jobs: int) -> None:
    chance = random.Random(5)
    *_, (left, said) = told({"tf-2.4": made(chance, 30, 1, 0.1)}, jobs)
    assert (left, said) == (0, 0)
