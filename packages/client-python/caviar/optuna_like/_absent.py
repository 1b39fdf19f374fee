"""What Optuna has and this has not: said by name, with what there is instead."""

from __future__ import annotations

from typing import Any, Callable, Dict

_DASHBOARD = "the service's dashboard draws it: open the address of the service in a browser"
_STORAGE = "storage is the URL of a Caviar service, create_study(storage='http://127.0.0.1:3000'); it keeps everything in Postgres"

#: By the name of the module, then of what is in it.
ABSENT: Dict[str, Dict[str, str]] = {
    "": {
        "visualization": _DASHBOARD,
        "storages": _STORAGE,
        "integration": "call trial.report and trial.should_prune from a callback of your framework",
        "artifacts": "keep files where you keep them now; GET /v1/trials/{id}/model has networks that the service trained",
        "terminator": "end a search by n_trials, timeout or study.stop()",
        "copy_study": "caviar search spec SEARCH | caviar search create - makes a search again",
        "get_all_study_summaries": "get_all_study_names(), or caviar search list",
        "create_trial": "study.enqueue_trial(params), which has it evaluated",
        "search_space": "the service learns the space: caviar search show STUDY",
        "cli": "the command line is called caviar",
    },
    "samplers": {
        "BruteForceSampler": "GridSampler, with the values to be tried",
        "PartialFixedSampler": "suggest fewer parameters, and set the fixed ones in the code",
        "NSGAIIISampler": "NSGAIISampler, or TPESampler, which takes several objectives too",
        "IntersectionSearchSpace": "the service learns the space",
    },
    "pruners": {
        "PercentilePruner": "MedianPruner, or SuccessiveHalvingPruner(reduction_factor=...)",
        "ThresholdPruner": "raise TrialPruned when a value is out of bounds",
        "PatientPruner": "raise TrialPruned when a value has stopped improving, or use SuccessiveHalvingPruner",
        "WilcoxonPruner": "MedianPruner",
    },
    "Study": {
        "add_trial": "study.enqueue_trial(params), which has it evaluated, or a new search with warmStart",
        "add_trials": "study.enqueue_trial(params) for each, which has it evaluated, or a new search with warmStart",
        "set_metric_names": "metrics are called value, or value0, value1, ...",
        "system_attrs": "user_attrs",
        "set_system_attr": "set_user_attr",
    },
    "Trial": {
        "system_attrs": "user_attrs",
        "set_system_attr": "set_user_attr",
        "relative_params": "params",
        "set_constraint": "constraints_func of the sampler",
    },
    "distributions": {
        "UniformDistribution": "FloatDistribution(low, high)",
        "LogUniformDistribution": "FloatDistribution(low, high, log=True)",
        "DiscreteUniformDistribution": "FloatDistribution(low, high, step=q)",
        "IntUniformDistribution": "IntDistribution(low, high)",
        "IntLogUniformDistribution": "IntDistribution(low, high, log=True)",
    },
    "importance": {
        "FanovaImportanceEvaluator": "get_param_importances(study), which is by fANOVA",
        "MeanDecreaseImpurityImportanceEvaluator": "get_param_importances(study), which is by fANOVA",
        "PedAnovaImportanceEvaluator": "get_param_importances(study), which is by fANOVA",
    },
    "trial": {
        "create_trial": "study.enqueue_trial(params), which has it evaluated",
    },
}


def absent(module: str, package: str) -> Callable[[str], Any]:
    """A module's `__getattr__`: what is not there is an AttributeError that tells what is."""

    def __getattr__(name: str) -> Any:
        instead = ABSENT[module].get(name)
        if instead is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        raise AttributeError(f"{package}.{name} of Optuna is not there. Instead: {instead}")

    return __getattr__


def missing(kind: str) -> Callable[[Any, str], Any]:
    """The same for what an object of Optuna's has: a class's `__getattr__`."""

    def __getattr__(self: Any, name: str) -> Any:
        instead = ABSENT[kind].get(name)
        if instead is None:
            raise AttributeError(f"{kind!r} object has no attribute {name!r}")
        raise AttributeError(f"{kind}.{name} of Optuna is not there. Instead: {instead}")

    return __getattr__


def refuse_options(what: str, given: Dict[str, Any], harmless: Dict[str, str]) -> None:
    """Options that change nothing worth knowing pass; others would be missed, and are refused by name."""
    for name, value in given.items():
        if value is None or value is False or name in harmless:
            continue
        raise TypeError(f"{what}() has no option {name!r} here")


__all__ = ["absent", "missing", "refuse_options"]
