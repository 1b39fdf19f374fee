"""Ask and tell: trials that a program takes and ends by itself."""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Union, cast

from .. import trial as _held
from ..errors import CaviarError
from ._first_call import FirstCall
from ._values import values_of
from .distributions import BaseDistribution
from .trial import FrozenTrial, Trial, TrialState

if TYPE_CHECKING:
    from .study import Study

_LEASE = 60.0


class Asked:
    """The trials of a study that were asked for, and not told of yet."""

    def __init__(self, study: "Study") -> None:
        self._study = study
        self._open: Dict[int, Trial] = {}
        #: The one that shows what the space is; there is no search while it is open.
        self._first: Optional[Trial] = None
        self._names = 0
        self._pid = os.getpid()
        #: What completed trials have reported, by step.
        self._curves: List[Dict[int, float]] = []

    def ask(self, distributions: Optional[Dict[str, BaseDistribution]]) -> Trial:
        study = self._study
        if study.search_id is not None and study._can_prune():
            raise CaviarError(
                "this study was begun by optimize, with a pruner that has trials wait for each other: go on with optimize"
            )
        if study.search_id is None and self._first is not None:
            raise CaviarError(
                "the space is not known before the first trial has been told: tell it first, or ask with fixed_distributions"
            )
        for name, distribution in (distributions or {}).items():
            study._learned.learn_domain(name, distribution.domain())
        if study.search_id is None and not distributions:
            trial = self._first = study._new_trial(0, {}, None, study._queue.pop(0) if study._queue else None)
        else:
            trial = self._handed_out(distributions)
        for name, distribution in (distributions or {}).items():
            trial._suggest(name, distribution.domain())
        trial._judge = self._judge
        self._open[trial.number] = trial
        return trial

    def tell(
        self,
        given: Union[Trial, int],
        values: Union[float, Sequence[float], None],
        state: Optional[TrialState],
        skip_if_finished: bool,
    ) -> FrozenTrial:
        study = self._study
        number = given if isinstance(given, int) else given.number
        trial = self._open.get(number)
        if trial is None:
            known = next((each for each in study.trials if each.number == number), None)
            if known is None or not known.state.is_finished():
                raise ValueError(f"trial {number} was not asked for here")
            if skip_if_finished:
                return known
            raise ValueError(f"trial {number} has been told of already")
        ended = state or (TrialState.FAIL if values is None else TrialState.COMPLETE)
        if ended is TrialState.COMPLETE:
            result = values_of(values, study._metrics)
        elif ended not in (TrialState.PRUNED, TrialState.FAIL):
            raise ValueError(f"state must be COMPLETE, PRUNED or FAIL, not {ended.name}")
        if trial is self._first:
            self._begin(trial)
        held = cast(_held.Trial, trial._held)
        study._learn(trial)
        if ended is TrialState.COMPLETE:
            self._curves.append(trial._reports)
            held.complete({**result, **study._drawn_metrics(trial), **study._constraint_metrics(trial)})
        elif ended is TrialState.PRUNED:
            held.prune()
        else:
            held.fail("the program says so")
        del self._open[number]
        return study._frozen(study._client.get_trial(held.id))

    def _judge(self, trial: Trial) -> bool:
        sign = 1.0 if self._study._directions[0] == "minimize" else -1.0
        return self._study._pruner.prunes(trial._reports, self._curves, sign)

    def _begin(self, trial: Trial) -> None:
        """The first trial has shown the space: the search is made, with it as the first of its trials."""
        study = self._study
        study._make(FirstCall(trial), None, 1, may_wait=False)
        self._open_search()
        trial._held = self._take()
        for step, value in sorted(trial._reports.items()):
            trial._held.report(step + 1, {study._metrics[0]: value})
        self._first = None

    def _handed_out(self, distributions: Optional[Dict[str, BaseDistribution]]) -> Trial:
        study = self._study
        if study.search_id is None:
            study._make(None, None, 1, may_wait=False)
        self._open_search()
        study._hand_in()
        held = self._take()
        return study._new_trial(held.number, held.params, held)

    def _open_search(self) -> None:
        """As many trials may be out as are asked for, and the search goes on; at the end of the program it waits."""
        study = self._study
        assert study.search_id is not None
        if self._names == 0:
            atexit.register(self._leave)
        now: Any = study._client.get_search(study.search_id)
        wanted = len(self._open) + 1
        if now["spec"]["parallelism"] < wanted:
            study._client.patch_search(study.search_id, parallelism=wanted)
        if now["status"] in ("paused", "completed"):
            study._widen(None, max(wanted, now["spec"]["parallelism"]))

    def _take(self) -> _held.Trial:
        study = self._study
        assert study.search_id is not None
        self._names += 1
        from ..search import Search

        search = Search.find(study._client, study.search_id)
        trial = search.ask(worker=f"{study._worker}-{os.getpid()}/{self._names}", lease=_LEASE)
        if trial is None:
            raise CaviarError("the study has ended: there are no more trials")
        return trial

    def _leave(self) -> None:
        study = self._study
        if os.getpid() != self._pid:
            return  # a fork of the program ends, not the program
        try:
            for trial in self._open.values():
                if trial._held is not None:
                    trial._held.release()
            if study.search_id is not None and study._client.get_search(study.search_id)["status"] == "running":
                study._client.pause_search(study.search_id)
        except Exception:  # the program ends either way
            pass
