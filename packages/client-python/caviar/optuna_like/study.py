"""Studies: searches of the service, in Optuna's words."""

from __future__ import annotations

import enum
import logging
import os
import random
import threading
import time
import uuid
from hashlib import sha256
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple, Type, Union

from .. import trial as _held
from .. import types as _types
from .._runner import Runner
from ..client import Client
from ..errors import CaviarError, ConflictError, InvalidError, ProblemError
from ._absent import missing
from ._asked import Asked
from ._enqueued import Enqueued
from ._first_call import FirstCall
from ._frame import trials_dataframe
from ._learned_space import LearnedSpace, draw, is_active, on_step
from ._share import NO_END, Share
from ._max_trials import MaxTrialsCallback
from ._study_spec import check_before, study_spec
from ._values import end_with
from .distributions import BaseDistribution
from .exceptions import DuplicatedStudyError
from .pruners import BasePruner
from .samplers import BaseSampler
from .trial import FrozenTrial, Trial, TrialState

_LOGGER = logging.getLogger("caviar")
_LEASE = 60.0
#: Times that a search may go on and give us nothing, before there is nothing to be had.
_TRIES = 3
Objective = Callable[[Trial], Union[float, Sequence[float]]]
Callback = Callable[["Study", FrozenTrial], None]


def _is_full(error: ProblemError) -> bool:
    """Whether a search had no room for the trials that were to be added."""
    return any(each.get("pointer") == "/trials" for each in error.errors)


def _is_given(raw: Any) -> bool:
    return bool(raw["endedAt"] is not None or raw["proposal"].lower().startswith("given"))


class StudyDirection(enum.Enum):
    NOT_SET = 0
    MINIMIZE = 1
    MAXIMIZE = 2


class Study:
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
        #: What was enqueued, by the number of its trial.
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

    # Results

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
            while in_vain < _TRIES:
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

    # How

    def _first_call(
        self, func: Objective, caught: Tuple[Type[Exception], ...], n_trials: Optional[int]
    ) -> Tuple[Optional[FirstCall], Optional[int]]:
        """Calls until one has shown what the search is to be, and the trials that are left with it."""
        failed = 0
        while True:
            first = FirstCall(self._new_trial(failed, {}, None, self._queue.pop(0) if self._queue else None))
            first.call(func, caught)
            # How many constraints there are shows in a trial that has come to something.
            is_enough = bool(self._learned) and self._sampler.constraints_func is None
            if is_enough or not first.has_failed:
                first.trial.number, self._calls = 0, {0: first.trial}
                return first, None if n_trials is None else n_trials - failed
            _LOGGER.warning("a trial that failed before the space was known is not kept: %s", first.reason)
            failed += 1
            if failed == n_trials or self._ends:
                return None, 0

    def _took_part(self, first: FirstCall, n_trials: Optional[int], n_jobs: int) -> bool:
        """Whether another program had begun the study while our first trial ran: it is handed over then, under a number there."""
        search = self._find()
        if search is None:
            return False
        if not self._joins:
            raise DuplicatedStudyError(f"somebody else has begun a study {self.study_name!r} meanwhile")
        self.search_id = search["id"]
        self._learned.adopt(search["spec"]["space"])

        def hand_over() -> None:
            self._learn(first.trial)
            space = self._client.get_search(str(self.search_id))["spec"]["space"]
            [added] = self._client.add_trials(str(self.search_id), [self._filled(first.trial._values, space)])["items"]
            first.trial.number = added["number"]

        for tries_left in range(_TRIES, -1, -1):
            try:
                Share(self._client, self.search_id).take(n_trials, n_jobs, hand_over)
                break
            except ProblemError as error:
                # The other one may leave in between, and take the room with it; or the service makes a trial of it.
                if tries_left == 0 or not (_is_full(error) or isinstance(error, ConflictError)):
                    raise
        self._calls = {first.trial.number: first.trial}
        return True

    def _hand_in(self) -> None:
        """Has the values that are queued tried, as far as there is room for more trials just now."""
        assert self.search_id is not None
        while self._queue:
            space = self._client.get_search(self.search_id)["spec"]["space"]
            enqueued = self._queue.pop(0)
            try:
                [added] = self._client.add_trials(self.search_id, [self._filled(enqueued.params, space)])["items"]
                self._enqueued[added["number"]] = enqueued
            except ProblemError as error:
                if not _is_full(error) and not isinstance(error, ConflictError):
                    raise
                self._queue.insert(0, enqueued)
                return

    def _new_trial(
        self, number: int, given: Dict[str, Any], held: Optional[_held.Trial], enqueued: Optional[Enqueued] = None
    ) -> Trial:
        rng = random.Random(self._rng.getrandbits(64))
        wanted = enqueued or self._enqueued.get(number) or Enqueued({})
        trial = Trial(
            self._learned, given, number=number, rng=rng, held=held, metric=self._metrics[0], wanted=wanted.params
        )
        trial.study = self
        trial.user_attrs.update(wanted.user_attrs)
        self._calls[number] = trial
        return trial

    def _call(self, func: Objective, held: _held.Trial) -> None:
        with self._lock:
            trial = self._new_trial(held.number, held.params, held)
        try:
            result = func(trial)
        finally:
            self._learn(trial)  # before the trial ends, and the next one is made
        end_with(held, result, self._metrics, {**self._drawn_metrics(trial), **self._constraint_metrics(trial)})

    def _drawn_metrics(self, trial: Trial) -> Dict[str, float]:
        return trial._extra_metrics(self._learned.space())

    def _constraint_metrics(self, trial: Trial) -> Dict[str, float]:
        """What the sampler's `constraints_func` says of a trial: the service keeps it, and goes by what is above 0."""
        func = self._sampler.constraints_func
        return {} if func is None else {f"constraint{i}": float(value) for i, value in enumerate(func(trial))}

    def _learn(self, trial: Trial) -> None:
        """Tells the service of parameters and conditions that it does not know yet: they hold for trials to come."""
        assert self.search_id is not None
        with self._lock:
            self._learned.learn_call(trial._values)
            before = self._learned.space()
            if before == self._told:
                return
            given = self._client.get_search(self.search_id)
            space = self._learned.space(given["spec"]["space"])
            if space != given["spec"]["space"] and given["status"] in ("running", "paused"):
                try:
                    self._client.patch_search(self.search_id, space=space)
                except InvalidError as error:
                    if not all(each.get("pointer", "").startswith("/trials/") for each in error.errors):
                        raise
                    return  # what was enqueued is not of that space: told once it has been handed out
            self._told = before

    def _make(self, first: Optional[FirstCall], n_trials: Optional[int], n_jobs: int, *, may_wait: bool = True) -> None:
        """Makes the search, with the call that showed its space, if there was one, as its first trial."""
        if not self._learned:
            raise CaviarError("the objective has suggested nothing: there is nothing to search")
        if first is not None:
            self._learned.learn_call(first.trial._values)
        space = self._told = self._learned.space()
        own = [] if first is None else [first.trial._values]
        trials = [*own, *(self._filled(each.params, space) for each in self._queue)]
        self._enqueued.update(enumerate(self._queue, len(own)))
        self._queue = []
        spec = study_spec(self, space, n_trials, n_jobs)
        if trials:
            spec["trials"] = trials
        constraints = {} if first is None else self._constraint_metrics(first.trial)
        if constraints:
            spec["constraints"] = [{"metric": metric, "max": 0} for metric in constraints]
        # Code that reports, and never asks whether it is to be pruned, is not.
        if may_wait and first is not None and first.trial._reports and first.trial._may_prune:
            spec["scheduler"] = self._pruner.spec([step + 1 for step in first.trial._reports])
        # Of programs that begin a study at the same moment one makes its search, and the others take part.
        key = f"study-{sha256(self.study_name.encode()).hexdigest()}" if self._joins and may_wait else None
        try:
            self.search_id = self._client.create_search(spec, idempotency_key=key)["id"]
        except ConflictError as error:
            if error.code != "idempotency-conflict" or first is None:
                raise
            if not self._took_part(first, n_trials, n_jobs):
                self.search_id = self._client.create_search(spec)["id"]  # it has another name by now

    def _widen(self, n_trials: Optional[int], n_jobs: int) -> None:
        assert self.search_id is not None
        Share(self._client, self.search_id).take(n_trials, n_jobs)

    def _can_prune(self) -> bool:
        assert self.search_id is not None
        scheduler: Any = self._client.get_search(self.search_id)["spec"]["scheduler"]
        return bool(scheduler["kind"] != "fifo")

    def _filled(self, params: Dict[str, Any], space: Dict[str, Any]) -> Dict[str, Any]:
        """A point of the space with these values; the others are drawn."""
        values: Dict[str, Any] = {}
        for name, domain in space.items():
            if is_active(domain, values):
                values[name] = on_step(domain, params[name]) if name in params else draw(domain, self._rng)
        return values

    def _frozen(self, raw: Any) -> FrozenTrial:
        return FrozenTrial(
            raw,
            metrics=self._metrics,
            trial=self._calls.get(raw["number"]),
            domains=self._learned.space(),
            curve=lambda: self._client.measurements(raw["id"], max_points=10_000),
        )


def __getattr__(name: str) -> Any:
    """`optuna.study.create_study` is another name of `optuna.create_study`."""
    if name in ("create_study", "load_study", "delete_study", "get_all_study_names"):
        from . import studies

        return getattr(studies, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
