"""Is the estimated time left right within a factor of two?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.run.estimate import ENOUGH, Estimate

LATE = 0.95
"""After this share of a stage a single slow cell may take longer than all other cells."""


@dataclass(frozen=True)
class Simulated:
    """A simulated environment: seconds of its start and its cells, and the forecast of these."""

    start_s: float
    taken_s: dict[str, float]
    expected_s: dict[str, float]


def simulated(chance: random.Random, cells: int, pace: float, surprise: float) -> Simulated:
    """Simulate an environment whose cells take about `pace` times as long as expected.

    As in Keras, most cells take a fifth of a second, and a few take ten times as long.
    """
    expected = {
        f"cell {number}": chance.choice([0.2, 0.2, 0.25, 0.5, 1.6]) for number in range(cells)
    }
    taken = {
        cell: pace * seconds * chance.lognormvariate(-(surprise**2) / 2, surprise)
        for cell, seconds in expected.items()
    }
    return Simulated(chance.uniform(3, 12), taken, expected)


def simulate(environments: dict[str, Simulated], jobs: int) -> Iterator[tuple[float, float | None]]:
    """Simulate a stage; yield the true and the estimated time left after each cell."""
    events, free = list[tuple[float, str, str]](), [0.0] * jobs
    for name, environment in environments.items():
        now = min(free)
        job = free.index(now)
        events.append((now, name, "begin"))
        now += environment.start_s
        events.append((now, name, "ready"))
        for cell, seconds in environment.taken_s.items():
            now += seconds
            events.append((now, name, cell))
        free[job] = now
    estimate = Estimate({name: each.expected_s for name, each in environments.items()}, jobs)
    for now, name, event in sorted(events, key=lambda moment: moment[0]):
        if event == "begin":
            estimate.begin(name, now)
        elif event == "ready":
            estimate.ready(name, now)
        else:
            estimate.done(name, event, now)
            yield max(free) - now, estimate.left()


def largest_error(environments: dict[str, Simulated], jobs: int) -> float:
    """Return the largest factor by which the estimate is wrong."""
    moments = list(simulate(environments, jobs))
    total = moments[0][0]
    return max(
        max(estimate / truth, truth / estimate)
        for truth, estimate in moments
        if estimate is not None and truth > (1 - LATE) * total
    )


@given(st.integers(0, 10**6), st.integers(1, 4), st.floats(0.2, 8))
def test_the_estimate_is_right_within_a_factor_of_two(seed: int, jobs: int, machine: float) -> None:
    chance = random.Random(seed)
    environments = {
        f"tf-2.{number}": simulated(chance, 400, machine * chance.uniform(0.75, 1.3), 0.5)
        for number in range(8)
    }
    assert largest_error(environments, jobs) < 2


def test_an_estimate_that_takes_starts_for_cells_is_wrong() -> None:
    """A naive estimate divides all seconds so far by all cells so far."""
    chance = random.Random(1)
    environments = {f"tf-2.{number}": simulated(chance, 100, 0.1, 0.5) for number in range(8)}
    cells = sum(len(environment.taken_s) for environment in environments.values())
    total = next(simulate(environments, 2))[0]
    naive = [
        (total - truth) / number * (cells - number) / truth
        for number, (truth, estimate) in enumerate(simulate(environments, 2), 1)
        if estimate is not None and truth
    ]
    assert max(naive) > 2
    assert largest_error(environments, 2) < 2


def test_there_is_no_estimate_before_enough_cells_are_done() -> None:
    chance = random.Random(3)
    environments = {
        "tf-2.4": simulated(chance, 200, 1, 0.1),
        "tf-2.15": simulated(chance, 200, 1, 0.1),
    }
    estimates = [estimate for _, estimate in simulate(environments, 2)]
    first = next(number for number, each in enumerate(estimates, 1) if each is not None)
    assert first == ENOUGH * 400


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_time_is_left_when_all_cells_are_done(jobs: int) -> None:
    chance = random.Random(5)
    *_, (truth, estimate) = simulate({"tf-2.4": simulated(chance, 30, 1, 0.1)}, jobs)
    assert (truth, estimate) == (0, 0)
