"""What an objective gave, as the metrics of its trial."""

from __future__ import annotations

import logging
import math
from typing import Any, Dict, Optional, Sequence

from ..errors import CaviarError

_LOGGER = logging.getLogger("caviar")


class ValueProblem(CaviarError, ValueError):
    """The objective gave something that is no value of it."""


def values_of(result: Any, metrics: Sequence[str]) -> Dict[str, float]:
    """The metrics that a result stands for: a number, or one for each objective. Raises ValueProblem."""
    values = list(result) if isinstance(result, (list, tuple)) else [result]
    if len(values) != len(metrics):
        raise ValueProblem(f"the objective gave {len(values)} values, and the study has {len(metrics)} directions")
    numbers = {metric: _number(value) for metric, value in zip(metrics, values)}
    if len(metrics) > 1 and not all(math.isfinite(number) for number in numbers.values()):
        raise ValueProblem(f"the objective gave {values!r}: of several values each has to be finite")
    return numbers


def end_with(held: Any, result: Any, metrics: Sequence[str], extra: Optional[Dict[str, float]] = None) -> None:
    """Completes a trial with what the objective gave. What is no value fails this trial alone, as in Optuna, and is told."""
    try:
        values = values_of(result, metrics)
    except ValueProblem as problem:
        _LOGGER.warning("trial %s failed: %s", held.number, problem)
        held.fail(str(problem))
    else:
        held.complete({**values, **(extra or {})})


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueProblem(f"the objective gave {value!r}, which is no number") from None
