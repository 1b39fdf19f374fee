"""Verbosity by Optuna's names. Nothing is logged for each trial: `caviar search watch` and the dashboard show them."""

from __future__ import annotations

from logging import CRITICAL, DEBUG, ERROR, FATAL, INFO, WARN, WARNING, Logger, getLogger

_LOGGER = "caviar"


def get_logger(name: str) -> Logger:
    return getLogger(name)


def get_verbosity() -> int:
    return getLogger(_LOGGER).getEffectiveLevel()


def set_verbosity(verbosity: int) -> None:
    getLogger(_LOGGER).setLevel(verbosity)


def disable_default_handler() -> None:
    """There is none."""


def enable_default_handler() -> None:
    """There is none."""


def disable_propagation() -> None:
    getLogger(_LOGGER).propagate = False


def enable_propagation() -> None:
    getLogger(_LOGGER).propagate = True


__all__ = [
    "CRITICAL",
    "DEBUG",
    "ERROR",
    "FATAL",
    "INFO",
    "WARN",
    "WARNING",
    "disable_default_handler",
    "disable_propagation",
    "enable_default_handler",
    "enable_propagation",
    "get_logger",
    "get_verbosity",
    "set_verbosity",
]
