"""Exceptions by Optuna's names."""

from ..errors import CaviarError as OptunaError
from ..errors import TrialPruned

__all__ = ["OptunaError", "TrialPruned"]
