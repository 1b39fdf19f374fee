"""Pruners by Optuna's names: each stands for a scheduler of the service, which decides."""

from __future__ import annotations

import math
from statistics import median
from typing import Any, Dict, Mapping, Sequence, Union

from ._absent import absent


#: Steps at which the service compares a trial at most.
_MOST_COMPARISONS = 1000


class BasePruner:
    """What a study says of its pruner. `spec` is asked once the first trial has shown at which steps it reports (counted from 1)."""

    def spec(self, reported: Sequence[int]) -> Dict[str, Any]:
        raise NotImplementedError

    def prunes(self, own: Mapping[int, float], others: Sequence[Mapping[int, float]], sign: float) -> bool:
        """With ask and tell there is nobody to wait for a scheduler: judged here, by what completed trials of this program reported."""
        raise NotImplementedError(
            f"{type(self).__name__} has trials wait for each other, which ask and tell cannot: use study.optimize, MedianPruner or NopPruner"
        )


class NopPruner(BasePruner):
    def prunes(self, own: Mapping[int, float], others: Sequence[Mapping[int, float]], sign: float) -> bool:
        return False

    def spec(self, reported: Sequence[int]) -> Dict[str, Any]:
        return {"kind": "fifo"}


class MedianPruner(BasePruner):
    def __init__(
        self, n_startup_trials: int = 5, n_warmup_steps: int = 0, interval_steps: int = 1, *, n_min_trials: int = 1
    ) -> None:
        if n_min_trials > 1:
            n_startup_trials = max(n_startup_trials, n_min_trials)  # at any step then
        self._startup, self._warmup, self._interval = n_startup_trials, n_warmup_steps, interval_steps

    def spec(self, reported: Sequence[int]) -> Dict[str, Any]:
        """Compares where trials report: one that does every 1,000 steps would wait 999 times in between for nothing."""
        steps = sorted(reported)
        most = steps[-1]
        warmup = min(most, max(self._warmup + 1, steps[0]))
        gap = min((after - before for before, after in zip(steps, steps[1:])), default=1)
        interval = max(self._interval, gap, -(-(most - warmup) // (_MOST_COMPARISONS - 1)))
        return {
            "kind": "median",
            "startup": max(1, self._startup),
            "warmup": warmup,
            "interval": min(most, interval),
            "maxResource": most,
        }

    def prunes(self, own: Mapping[int, float], others: Sequence[Mapping[int, float]], sign: float) -> bool:
        """Whether the best so far is worse than the median of the others at the same step (`sign` is 1 where less is better)."""
        step = max(own)
        if len(others) < self._startup or step < self._warmup or (step - self._warmup) % self._interval != 0:
            return False
        there = [other[step] for other in others if step in other and not math.isnan(other[step])]
        values = [sign * value for value in own.values() if not math.isnan(value)]
        if not values:
            return True
        return bool(there) and min(values) > median(sign * value for value in there)


class SuccessiveHalvingPruner(BasePruner):
    """Asynchronous, as Optuna's: `asha`."""

    def __init__(
        self,
        min_resource: Union[int, str] = "auto",
        reduction_factor: int = 4,
        min_early_stopping_rate: int = 0,
        bootstrap_count: int = 0,
    ) -> None:
        _refuse_bootstrap(bootstrap_count)
        self._least, self._factor, self._rate = min_resource, reduction_factor, min_early_stopping_rate

    def spec(self, reported: Sequence[int]) -> Dict[str, Any]:
        most = max(reported)
        # "auto" is a hundredth of a whole trial, as in Optuna.
        least = max(1, most // 100) if isinstance(self._least, str) else self._least
        first = min(most, least * self._factor**self._rate)
        return {"kind": "asha", "minResource": first, "maxResource": most, "eta": self._factor}


class HyperbandPruner(BasePruner):
    def __init__(
        self,
        min_resource: int = 1,
        max_resource: Union[int, str] = "auto",
        reduction_factor: int = 3,
        bootstrap_count: int = 0,
    ) -> None:
        _refuse_bootstrap(bootstrap_count)
        self._least, self._most, self._factor = min_resource, max_resource, reduction_factor

    def spec(self, reported: Sequence[int]) -> Dict[str, Any]:
        most = max(reported) if isinstance(self._most, str) else self._most
        return {"kind": "hyperband", "minResource": min(most, self._least), "maxResource": most, "eta": self._factor}


def _refuse_bootstrap(bootstrap_count: int) -> None:
    if bootstrap_count != 0:
        raise NotImplementedError("bootstrap_count is not there: at a rung, trials are compared from the first on")


__getattr__ = absent("pruners", __name__)

__all__ = ["BasePruner", "HyperbandPruner", "MedianPruner", "NopPruner", "SuccessiveHalvingPruner"]
