"""How an objective that is written define-by-run meets a search, whose space is to be known before."""

from __future__ import annotations

import logging
import random
import threading
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence, Tuple, Type, Union, cast

from .. import trial as _held
from ..errors import CaviarError, ConflictError, InvalidError, ProblemError
from ._enqueued import Enqueued
from ._first_call import FirstCall
from ._learned_space import draw, is_active, on_step
from ._results import Results
from ._share import Share
from ._study_spec import study_spec
from ._values import end_with
from .exceptions import DuplicatedStudyError
from .pruners import BasePruner
from .samplers import BaseSampler
from .trial import Trial

if TYPE_CHECKING:
    from .study import Study

_LOGGER = logging.getLogger("caviar")
#: Times that a search may go on and give us nothing, before there is nothing to be had.
TRIES = 3
Objective = Callable[[Trial], Union[float, Sequence[float]]]


def _is_full(error: ProblemError) -> bool:
    """Whether a search had no room for the trials that were to be added."""
    return any(each.get("pointer") == "/trials" for each in error.errors)


class DefineByRun(Results):
    """The search is made when a first call has shown its space; what later calls show of it is told to the service."""

    study_name: str
    _sampler: BaseSampler
    _pruner: BasePruner
    _rng: random.Random
    _find: Callable[[], Optional[Any]]
    _joins: bool
    #: What is to be tried, and there was no room for yet.
    _queue: List[Enqueued]
    #: What was enqueued, by the number of its trial.
    _enqueued: Dict[int, Enqueued]
    #: The space as the service was told of it.
    _told: Optional[Dict[str, Any]]
    _lock: threading.Lock
    _ends: bool

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

        for tries_left in range(TRIES, -1, -1):
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
        trial.study = self._as_study()
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
        spec = study_spec(self._as_study(), space, n_trials, n_jobs)
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

    def _as_study(self) -> "Study":
        """There is no other kind."""
        return cast("Study", self)
