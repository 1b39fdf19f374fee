"""Samplers by Optuna's names. The service does the sampling: each stands for one of its own, with the options they share."""

from __future__ import annotations

from typing import Any, Dict, Optional


class BaseSampler:
    """What a study says of its sampler."""

    def __init__(self, kind: str, seed: Optional[int] = None, **options: Any) -> None:
        self.seed = seed
        self.spec: Dict[str, Any] = {
            "kind": kind,
            **{name: value for name, value in options.items() if value is not None},
        }


class AutoSampler(BaseSampler):
    """The service picks one, by the space and the number of trials; what a study has unless it names one."""

    def __init__(self, *, seed: Optional[int] = None) -> None:
        super().__init__("auto", seed)


class RandomSampler(BaseSampler):
    def __init__(self, seed: Optional[int] = None) -> None:
        super().__init__("random", seed)


class TPESampler(BaseSampler):
    def __init__(
        self, *, n_startup_trials: int = 10, n_ei_candidates: int = 24, seed: Optional[int] = None, **_ignored: Any
    ) -> None:
        """Options that the service's TPE does not have (`multivariate`, `group`, ...: it is both) are ignored."""
        super().__init__("tpe", seed, startup=n_startup_trials, candidates=n_ei_candidates)


class GPSampler(BaseSampler):
    def __init__(self, *, seed: Optional[int] = None, n_startup_trials: int = 10, **_ignored: Any) -> None:
        super().__init__("gp", seed, startup=n_startup_trials)


class CmaEsSampler(BaseSampler):
    def __init__(self, *, popsize: Optional[int] = None, seed: Optional[int] = None, **_ignored: Any) -> None:
        super().__init__("cma-es", seed, populationSize=popsize)


class NSGAIISampler(BaseSampler):
    def __init__(self, *, population_size: int = 50, seed: Optional[int] = None, **_ignored: Any) -> None:
        super().__init__("nsga2", seed, population=population_size)


class QMCSampler(BaseSampler):
    def __init__(self, *, seed: Optional[int] = None, **_ignored: Any) -> None:
        """Sobol."""
        super().__init__("sobol", seed)


__all__ = [
    "AutoSampler",
    "BaseSampler",
    "CmaEsSampler",
    "GPSampler",
    "NSGAIISampler",
    "QMCSampler",
    "RandomSampler",
    "TPESampler",
]
