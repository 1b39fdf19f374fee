"""Pruners by Optuna's names: each stands for a scheduler of the service, which decides."""

from __future__ import annotations

import math
from statistics import median
from typing import Any, Dict, Mapping, Sequence, Union

from ._absent import absent


class BasePruner:
    """What a study says of its pruner. `spec` is asked once the first trial has shown how many steps there are."""

    def spec(self, steps: int) -> Dict[str, Any]:
        raise NotImplementedError

    def prunes(self, own: Mapping[int, float], others: Sequence[Mapping[int, float]], sign: float) -> bool:
        """With ask and tell there is nobody to wait for a scheduler: judged here, by what completed trials of this program reported."""
        raise NotImplementedError(
            f"{type(self).__name__} has trials wait for each other, which ask and tell cannot: use study.optimize, MedianPruner or NopPruner"
        )


class NopPruner(BasePruner):
    def prunes(self, own: Mapping[int, float], others: Sequence[Mapping[int, float]], sign: float) -> bool:
        return False

    def spec(self, steps: int) -> Dict[str, Any]:
        return {"kind": "fifo"}


class MedianPruner(BasePruner):
    def __init__(self, n_startup_trials: int = 5, n_warmup_steps: int = 0, interval_steps: int = 1) -> None:
        self._startup, self._warmup, self._interval = n_startup_trials, n_warmup_steps, interval_steps

    def spec(self, steps: int) -> Dict[str, Any]:
        return {
            "kind": "median",
            "startup": max(1, self._startup),
            "warmup": min(steps, self._warmup + 1),
            "interval": min(steps, self._interval),
            "maxResource": steps,
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

    def __init__(self, min_resource: Union[int, str] = "auto", reduction_factor: int = 4) -> None:
        self._least = 1 if isinstance(min_resource, str) else min_resource
        self._factor = reduction_factor

    def spec(self, steps: int) -> Dict[str, Any]:
        return {"kind": "asha", "minResource": min(steps, self._least), "maxResource": steps, "eta": self._factor}


class HyperbandPruner(BasePruner):
    def __init__(
        self, min_resource: int = 1, max_resource: Union[int, str] = "auto", reduction_factor: int = 3
    ) -> None:
        self._least, self._most, self._factor = min_resource, max_resource, reduction_factor

    def spec(self, steps: int) -> Dict[str, Any]:
        most = steps if isinstance(self._most, str) else self._most
        return {"kind": "hyperband", "minResource": min(most, self._least), "maxResource": most, "eta": self._factor}


__getattr__ = absent("pruners", __name__)

__all__ = ["BasePruner", "HyperbandPruner", "MedianPruner", "NopPruner", "SuccessiveHalvingPruner"]
