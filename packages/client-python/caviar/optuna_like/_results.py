"""What has come of a study, as its search in the service has it."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from .. import types as _types
from ..client import Client
from ._frame import trials_dataframe
from ._learned_space import LearnedSpace
from .trial import FrozenTrial, Trial, TrialState


def _is_given(raw: Any) -> bool:
    return bool(raw["endedAt"] is not None or raw["proposal"].lower().startswith("given"))


class Results:
    """The trials of a study, the best of them, and other ways to look at them; every look asks the service."""

    #: Of the search that the study is; None before it is made.
    search_id: Optional[str]
    _client: Client
    _directions: List[str]
    #: Names of the objectives in the service.
    _metrics: List[str]
    _learned: LearnedSpace
    #: Calls of the objective in this program, by the number of the trial.
    _calls: Dict[int, Trial]

    @property
    def trials(self) -> List[FrozenTrial]:
        """All trials, by number; every look asks the service."""
        return self.get_trials()

    def get_trials(self, deepcopy: bool = True, states: Optional[Sequence[TrialState]] = None) -> List[FrozenTrial]:
        if self.search_id is None:
            return []
        # What the service has ready for whoever asks next is no trial yet.
        begun = (raw for raw in self._client.every_trial(self.search_id) if raw["attempts"] > 0 or _is_given(raw))
        frozen = [self._frozen(raw) for raw in begun]
        return [each for each in frozen if states is None or each.state in states]

    @property
    def best_trial(self) -> FrozenTrial:
        if len(self._directions) > 1:
            raise RuntimeError("a study of several objectives has best_trials")
        # A pruned trial has a value, but of an earlier step: it is the best of nothing, as in Optuna.
        best = next((entry for entry in self._entries() if entry["status"] == "completed"), None)
        if best is None:
            raise ValueError("no trials are completed yet")
        return self._frozen(self._client.get_trial(best["trialId"]))

    @property
    def best_trials(self) -> List[FrozenTrial]:
        """The Pareto front; of one objective, the best."""
        if len(self._directions) == 1:
            return [self.best_trial]
        front: List[_types.LeaderboardEntry] = []
        rank, is_whole = 0, False
        # The board goes by fronts, pruned trials among them: nobody is ahead of somebody of an earlier front.
        for entry in self._entries():
            if entry["rank"] != rank:
                if is_whole:
                    break
                rank, is_whole = entry["rank"], True
            if entry["status"] != "completed":
                is_whole = False
            elif not any(self._is_ahead(better, entry) for better in front):
                front.append(entry)
        return [self._frozen(self._client.get_trial(entry["trialId"])) for entry in front]

    def _entries(self) -> Iterator[_types.LeaderboardEntry]:
        return iter(()) if self.search_id is None else self._client.every_entry(self.search_id)

    def _is_ahead(self, one: _types.LeaderboardEntry, other: _types.LeaderboardEntry) -> bool:
        """Whether one is at least as good in every objective, and better in one."""
        signs = [1 if direction == "minimize" else -1 for direction in self._directions]
        pairs = [
            (sign * (one["metrics"][name] or 0.0), sign * (other["metrics"][name] or 0.0))
            for name, sign in zip(self._metrics, signs)
        ]
        return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)

    @property
    def best_params(self) -> Dict[str, Any]:
        return self.best_trial.params

    @property
    def best_value(self) -> float:
        value = self.best_trial.value
        assert value is not None
        return value

    def trials_dataframe(
        self,
        attrs: Tuple[str, ...] = (
            "number",
            "value",
            "datetime_start",
            "datetime_complete",
            "duration",
            "params",
            "user_attrs",
            "state",
        ),
        multi_index: bool = False,
    ) -> Any:
        """All trials as a pandas DataFrame, with Optuna's names of columns."""
        return trials_dataframe(self.trials, attrs, len(self._metrics), multi_index)

    @property
    def metric_names(self) -> List[str]:
        return list(self._metrics)

    def _frozen(self, raw: Any) -> FrozenTrial:
        return FrozenTrial(
            raw,
            metrics=self._metrics,
            trial=self._calls.get(raw["number"]),
            domains=self._learned.space(),
            curve=lambda: self._client.measurements(raw["id"], max_points=10_000),
        )
