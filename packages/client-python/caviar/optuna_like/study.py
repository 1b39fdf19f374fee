"""Studies: searches of the service, in Optuna's words."""

from __future__ import annotations

import enum
import logging
import os
import random
import threading
import time
import uuid
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Type, Union

from .. import trial as _held
from .._runner import Runner
from ..client import Client
from ..errors import ConflictError
from ._absent import missing
from ._asked import Asked
from ._define_by_run import TRIES, DefineByRun, Objective
from ._enqueued import Enqueued
from ._learned_space import LearnedSpace
from ._max_trials import MaxTrialsCallback
from ._share import Share
from ._study_spec import check_before
from .distributions import BaseDistribution
from .pruners import BasePruner
from .samplers import BaseSampler
from .trial import FrozenTrial, Trial, TrialState

_LOGGER = logging.getLogger("caviar")
_LEASE = 60.0
Callback = Callable[["Study", FrozenTrial], None]


class StudyDirection(enum.Enum):
    NOT_SET = 0
    MINIMIZE = 1
    MAXIMIZE = 2


class Study(DefineByRun):
    """A search whose objective is written define-by-run. It is made when its first trial has shown what the space is."""

    def __init__(
        self,
        client: Client,
        *,
        study_name: str,
        directions: Sequence[str],
        sampler: BaseSampler,
        pruner: BasePruner,
        search: Optional[Any] = None,
        find: Callable[[], Optional[Any]] = lambda: None,
        joins: bool = False,
    ) -> None:
        self.study_name = study_name
        #: How to find the search that others may have made under our name, and whether to take part in it then.
        self._find, self._joins = find, joins
        self.user_attrs: Dict[str, Any] = {}
        self._client, self._directions, self._sampler, self._pruner = client, list(directions), sampler, pruner
        self._metrics = ["value"] if len(directions) == 1 else [f"value{i}" for i in range(len(directions))]
        self._learned = LearnedSpace()
        self._rng = random.Random(sampler.seed)
        self._worker = f"study-{uuid.uuid4().hex[:12]}"
        self._calls: Dict[int, Trial] = {}
        self._queue: List[Enqueued] = []
        self._enqueued: Dict[int, Enqueued] = {}
        self._lock = threading.Lock()
        #: Calls of `optimize` under way, in threads.
        self._active = 0
        self._ends = False
        self._told: Optional[Dict[str, Any]] = None
        self._asked = Asked(self)
        self.search_id: Optional[str] = None
        if search is not None:
            self.search_id = search["id"]
            self._learned.adopt(search["spec"]["space"])

    __getattr__ = missing("Study")

    def __reduce__(self) -> Any:
        raise TypeError(
            "a study is not sent to other processes: there, create_study(study_name=..., load_if_exists=True)"
        )

    @property
    def sampler(self) -> BaseSampler:
        return self._sampler

    @property
    def pruner(self) -> BasePruner:
        return self._pruner

    @property
    def direction(self) -> StudyDirection:
        return self.directions[0]

    @property
    def directions(self) -> List[StudyDirection]:
        return [StudyDirection[each.upper()] for each in self._directions]

    # Searching

    def ask(self, fixed_distributions: Optional[Dict[str, BaseDistribution]] = None) -> Trial:
        """A trial, to be told of with `tell`. Its parameters are suggested as in an objective, or all at once by distributions."""
        return self._asked.ask(fixed_distributions)

    def tell(
        self,
        trial: Union[Trial, int],
        values: Union[float, Sequence[float], None] = None,
        state: Optional[TrialState] = None,
        skip_if_finished: bool = False,
    ) -> FrozenTrial:
        """Ends a trial that `ask` gave, with its values, or as PRUNED (with what was reported last) or FAIL."""
        return self._asked.tell(trial, values, state, skip_if_finished)

    def optimize(
        self,
        func: Objective,
        n_trials: Optional[int] = None,
        timeout: Optional[float] = None,
        n_jobs: int = 1,
        catch: Union[Type[Exception], Iterable[Type[Exception]]] = (),
        callbacks: Optional[Sequence[Callback]] = None,
        gc_after_trial: bool = False,
        show_progress_bar: bool = False,
    ) -> None:
        """Calls the objective for `n_trials` more trials, or for `timeout` seconds, or until `stop()`; `n_jobs` at a time, in
        threads (-1: as many as there are processors). Exceptions of the types in `catch` make their trial failed; others do
        too, and end this. So does, without ending it, a result that is no number."""
        if n_trials is not None and n_trials <= 0:
            return
        caught = (catch,) if isinstance(catch, type) else tuple(catch)
        n_jobs = (os.cpu_count() or 1) if n_jobs == -1 else max(1, n_jobs)
        deadline = None if timeout is None else time.monotonic() + timeout
        self._ends = False
        self._queue.extend(Enqueued(point) for point in (self._sampler.points if self.search_id is None else []))
        if self._sampler.points:
            n_trials = min(n_trials or len(self._sampler.points), len(self._sampler.points))
        first = None
        if self.search_id is None:
            check_before(self, n_trials, n_jobs)
            first, n_trials = self._first_call(func, caught, n_trials)
            if first is None:
                return
            if not self._took_part(first, n_trials, n_jobs):
                self._make(first, n_trials, n_jobs)
        else:
            try:
                self._widen(n_trials, n_jobs)
            except ConflictError as error:
                if error.code != "search-ended" or self._client.get_search(self.search_id)["status"] != "completed":
                    raise
                # Every combination has been tried, where there are but a few.
                _LOGGER.warning("%s has nothing left to try: %s", self.study_name, error.detail)
                return
            self._hand_in()
        assert self.search_id is not None
        untold = first

        def run(held: _held.Trial) -> None:
            nonlocal untold
            untold = None
            if first is not None and held.number == first.trial.number:
                first.tell(held, self._metrics, {} if first.has_failed else self._constraint_metrics(first.trial))
            else:
                self._call(func, held)

        def should_end() -> bool:
            # What the first call came to is told whatever the clock says, or the call itself.
            return untold is None and (self._ends or (deadline is not None and time.monotonic() > deadline))

        def after(held: _held.Trial) -> None:
            for callback in callbacks or ():
                callback(self, self._frozen(self._client.get_trial(held.id)))

        has_to_wait = self._can_prune()
        share = Share(self._client, self.search_id)

        def run_trials(most: Optional[int]) -> Runner:
            runner = Runner(
                self._client,
                self.search_id or "",
                run,
                metric=self._metrics[0],
                slots=n_jobs,
                worker=f"{self._worker}-{uuid.uuid4().hex[:8]}",
                lease=_LEASE,
                catch=caught,
                inline=n_jobs == 1 and not has_to_wait,
                most=most,
                should_end=should_end,
                idle=None if has_to_wait else share.make_room,
                after=after,
            )
            runner.run()
            return runner

        with self._lock:
            self._active += 1
        try:
            left, in_vain = None if has_to_wait else n_trials, 0
            while in_vain < TRIES:
                before, left = left, run_trials(left).left
                if not left or should_end():
                    break
                # Others have reckoned without us, and the search has ended before we had our part; or it has no more to give.
                in_vain = in_vain + 1 if left == before else 0
                try:
                    share.take(left, n_jobs)
                except ConflictError:
                    break  # somebody has ended it
        finally:
            with self._lock:
                self._active -= 1
                is_last = self._active == 0
            if is_last:
                share.leave()

    def stop(self) -> None:
        """Ends `optimize` once the trials that run have ended; for callbacks."""
        self._ends = True

    def enqueue_trial(
        self, params: Dict[str, Any], user_attrs: Optional[Dict[str, Any]] = None, skip_if_exists: bool = False
    ) -> None:
        """Has these values tried, now or as soon as `optimize` goes on; what they leave out is drawn."""
        tried = [trial.params for trial in (self.trials if skip_if_exists else [])]
        given = [*(each.params for each in self._queue), *tried]
        if skip_if_exists and any(all(each.get(name) == params[name] for name in params) for each in given):
            return
        if self.search_id is not None and self._can_prune():
            _LOGGER.warning(
                "%r is not tried: with a pruner all values have to be enqueued before the first trial", params
            )
            return
        self._queue.append(Enqueued(dict(params), dict(user_attrs or {})))
        if self.search_id is not None and self._client.get_search(self.search_id)["status"] == "running":
            self._hand_in()

    def set_user_attr(self, key: str, value: Any) -> None:
        """Kept for as long as the program runs."""
        self.user_attrs[key] = value


def __getattr__(name: str) -> Any:
    """`optuna.study.create_study` is another name of `optuna.create_study`."""
    if name in ("create_study", "load_study", "delete_study", "get_all_study_names"):
        from . import studies

        return getattr(studies, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
