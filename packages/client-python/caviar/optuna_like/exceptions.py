"""Exceptions by Optuna's names."""

from ..errors import CaviarError as OptunaError
from ..errors import TrialPruned


class DuplicatedStudyError(OptunaError):
    """There is a study of that name."""


__all__ = ["DuplicatedStudyError", "OptunaError", "TrialPruned"]
