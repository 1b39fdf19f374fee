"""Samplers by Optuna's names. The service does the sampling: each stands for one of its own, with the options they share."""

from __future__ import annotations

from itertools import product
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from ._absent import absent, refuse_options

#: Options that say how Optuna gets to its draws, which are not these.
_HARMLESS = {
    name: ""
    for name in (
        "multivariate",
        "group",
        "warn_independent_sampling",
        "constant_liar",
        "consider_prior",
        "prior_weight",
        "consider_magic_clip",
        "consider_endpoints",
        "independent_sampler",
        "deterministic_objective",
        "n_startup_trials",
        "restart_strategy",
        "inc_popsize",
        "consider_pruned_trials",
        "sigma0",
        "scramble",
        "qmc_type",
        "mutation_prob",
        "crossover_prob",
        "swapping_prob",
        "gamma",
        "weights",
        "categorical_distance_func",
        "crossover",
        "child_generation_strategy",
        "elite_population_selection_strategy",
        "after_trial_strategy",
        "use_separable_cma",
        "with_margin",
        "lr_adapt",
    )
}

#: Trials of one's own that a spec takes.
_MOST_POINTS = 10_000


#: How far a trial is from what is wanted of it, by several counts: above 0 means that it breaks one.
ConstraintsFunc = Callable[[Any], Sequence[float]]


class BaseSampler:
    """What a study says of its sampler."""

    #: Asked about every trial that has come to a result.
    constraints_func: Optional[ConstraintsFunc] = None

    def __init__(self, kind: str, seed: Optional[int] = None, **options: Any) -> None:
        self.seed = seed
        #: Points to be tried before all others.
        self.points: List[Dict[str, Any]] = []
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
        self,
        *,
        n_startup_trials: int = 10,
        n_ei_candidates: int = 24,
        seed: Optional[int] = None,
        constraints_func: Optional[ConstraintsFunc] = None,
        **more: Any,
    ) -> None:
        """Options that the service's TPE does not have (`multivariate`, `group`, ...: it is both) change nothing."""
        refuse_options("TPESampler", more, _HARMLESS)
        super().__init__("tpe", seed, startup=max(1, n_startup_trials), candidates=n_ei_candidates)
        self.constraints_func = constraints_func


class GPSampler(BaseSampler):
    def __init__(
        self,
        *,
        seed: Optional[int] = None,
        n_startup_trials: int = 10,
        constraints_func: Optional[ConstraintsFunc] = None,
        **more: Any,
    ) -> None:
        refuse_options("GPSampler", more, _HARMLESS)
        super().__init__("gp", seed, startup=max(1, n_startup_trials))
        self.constraints_func = constraints_func


class CmaEsSampler(BaseSampler):
    def __init__(self, *, popsize: Optional[int] = None, seed: Optional[int] = None, **more: Any) -> None:
        refuse_options("CmaEsSampler", more, _HARMLESS)
        super().__init__("cma-es", seed, populationSize=popsize)


class NSGAIISampler(BaseSampler):
    def __init__(
        self,
        *,
        population_size: int = 50,
        seed: Optional[int] = None,
        constraints_func: Optional[ConstraintsFunc] = None,
        **more: Any,
    ) -> None:
        refuse_options("NSGAIISampler", more, _HARMLESS)
        super().__init__("nsga2", seed, population=population_size)
        self.constraints_func = constraints_func


class QMCSampler(BaseSampler):
    def __init__(self, *, seed: Optional[int] = None, **more: Any) -> None:
        """Sobol."""
        refuse_options("QMCSampler", more, _HARMLESS)
        super().__init__("sobol", seed)


class GridSampler(BaseSampler):
    """Every combination of the values that are given, once, in order; then the study ends."""

    def __init__(self, search_space: Mapping[str, Sequence[Any]], seed: Optional[int] = None) -> None:
        super().__init__("random", seed)
        names = list(search_space)
        self.points = [dict(zip(names, values)) for values in product(*(search_space[name] for name in names))]
        if not self.points:
            raise ValueError("every parameter of the grid needs a value")
        if len(self.points) > _MOST_POINTS:
            raise ValueError(f"the grid has {len(self.points)} points: {_MOST_POINTS} at most")


__getattr__ = absent("samplers", __name__)

__all__ = [
    "AutoSampler",
    "BaseSampler",
    "CmaEsSampler",
    "GPSampler",
    "GridSampler",
    "NSGAIISampler",
    "QMCSampler",
    "RandomSampler",
    "TPESampler",
]
