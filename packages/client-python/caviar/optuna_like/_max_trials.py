"""A callback of Optuna's."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from .trial import FrozenTrial, TrialState


class MaxTrialsCallback:
    """Ends `optimize` once the study has `n_trials` trials in `states` (completed ones, unless said; None: any)."""

    def __init__(self, n_trials: int, states: Optional[Sequence[TrialState]] = (TrialState.COMPLETE,)) -> None:
        self._n_trials, self._states = n_trials, states

    def __call__(self, study: Any, trial: FrozenTrial) -> None:
        if len(study.get_trials(deepcopy=False, states=self._states)) >= self._n_trials:
            study.stop()
