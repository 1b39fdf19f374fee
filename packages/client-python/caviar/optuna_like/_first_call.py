"""The call of an objective that shows what its space is."""

from __future__ import annotations

from typing import Callable, Dict, Optional, Sequence, Tuple, Type, Union

from .. import trial as _held
from ..errors import TrialPruned
from ._values import end_with
from .trial import Trial


class FirstCall:
    """The call that shows what the space is. It runs before the search is made, and is told to it afterwards, step by step."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self._result: Union[float, Sequence[float], None] = None
        self._error: Optional[Exception] = None

    def call(self, func: Callable[[Trial], Union[float, Sequence[float]]], caught: Tuple[Type[Exception], ...]) -> None:
        try:
            self._result = func(self.trial)
        except TrialPruned as error:
            self._error = error
        except caught as error:
            self._error = error

    @property
    def has_failed(self) -> bool:
        return self._error is not None and not isinstance(self._error, TrialPruned)

    @property
    def reason(self) -> str:
        return f"{type(self._error).__name__}: {self._error}"

    def tell(self, held: _held.Trial, metrics: Sequence[str], extra: Dict[str, float]) -> None:
        for step, value in sorted(self.trial._reports.items()):
            held.report(step + 1, {metrics[0]: value})
        if self._error is not None:
            raise self._error
        end_with(held, self._result, metrics, extra)
