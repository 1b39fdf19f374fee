"""Optuna's way of writing, on Caviar: a script moves over by changing its import.

    import caviar.optuna_like as optuna

    def objective(trial):
        x = trial.suggest_float("x", -10, 10)
        return (x - 2) ** 2

    study = optuna.create_study(direction="minimize")
    study.optimize(objective, n_trials=40)
    print(study.best_params, study.best_value)

How define-by-run meets a service that wants to know the space: see the README of this package.
"""

from __future__ import annotations

from . import distributions, exceptions, importance, logging, pruners, samplers, trial
from ._absent import absent
from ._learned_space import DomainError
from .exceptions import TrialPruned
from .studies import create_study, delete_study, get_all_study_names, load_study
from .study import Study, StudyDirection
from .trial import FixedTrial, FrozenTrial, Trial, TrialState

__getattr__ = absent("", __name__)

__all__ = [
    "DomainError",
    "FixedTrial",
    "FrozenTrial",
    "Study",
    "StudyDirection",
    "Trial",
    "TrialPruned",
    "TrialState",
    "create_study",
    "delete_study",
    "distributions",
    "exceptions",
    "get_all_study_names",
    "importance",
    "load_study",
    "logging",
    "pruners",
    "samplers",
    "trial",
]
