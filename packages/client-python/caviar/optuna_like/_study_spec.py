"""The spec of the search that a study is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional

from ._share import NO_END

if TYPE_CHECKING:
    from .study import Study

#: In place of what the first trial will show.
_SOME_SPACE = {"x": {"kind": "float", "min": 0, "max": 1}}
_SOME_STEPS = range(1, 101)


def study_spec(study: "Study", space: Mapping[str, Any], n_trials: Optional[int], n_jobs: int) -> Dict[str, Any]:
    """What is known of it beside its space; trials, constraints and scheduler come with the first trial."""
    pairs = zip(study._metrics, study._directions)
    objectives = [{"metric": metric, "direction": direction} for metric, direction in pairs]
    spec: Dict[str, Any] = {
        "name": study.study_name,
        "trainer": {"kind": "external", "maxRetries": 0},
        "space": dict(space),
        "objective": objectives[0] if len(objectives) == 1 else objectives,
        "sampler": study._sampler.spec,
        "stop": {"maxTrials": n_trials or NO_END},
        "parallelism": n_jobs,
    }
    if study._sampler.seed is not None:
        spec["seed"] = study._sampler.seed
    return spec


def check_before(study: "Study", n_trials: Optional[int], n_jobs: int) -> None:
    """Has the service say what it will not take, before a first trial has trained for nothing. Raises InvalidError."""
    spec = study_spec(study, _SOME_SPACE, n_trials, n_jobs)
    study._client.preview_search({**spec, "scheduler": study._pruner.spec(_SOME_STEPS)})


__all__ = ["check_before", "study_spec"]
