"""A search whose trials are trained here."""

from __future__ import annotations

import os
import socket
import time
import uuid
from typing import Any, Callable, Iterator, List, Mapping, Optional, Tuple, Type, Union, cast

from . import types as t
from ._runner import Runner
from .client import Client
from .space import Space
from .trial import Trial

_LEASE = 60.0
_ASK_AGAIN = 1.0
Result = Union[float, Mapping[str, Optional[float]], None]


class Search:
    """A search with `trainer: {"kind": "external"}`: its trials are trained by whoever asks for them."""

    def __init__(self, client: Client, search: t.Search) -> None:
        self.client = client
        self.id: str = search["id"]
        objective = search["spec"]["objective"]
        self.metric: str = objective["metric"]
        self.direction: str = objective["direction"]
        self._scheduler: str = cast(Any, search["spec"]["scheduler"])["kind"]

    @classmethod
    def start(cls, client: Client, space: Space, *, idempotency_key: Optional[str] = None, **spec: Any) -> "Search":
        """Makes a search; the keywords are those of `spec_of`."""
        return cls(client, client.create_search(spec_of(space, **spec), idempotency_key=idempotency_key))

    @classmethod
    def find(cls, client: Client, search_id: str) -> "Search":
        """Takes part in a search that is there."""
        return cls(client, client.get_search(search_id))

    def info(self) -> t.Search:
        """The search as it is now."""
        return self.client.get_search(self.id)

    def best(self) -> Optional[t.BestTrial]:
        """The trial in the first place: `value`, `params`, `number`, `trialId`; None while there is none."""
        return self.info()["best"]

    def trials(self, *, worker: Optional[str] = None, lease: float = _LEASE) -> Iterator[Trial]:
        """Trials to train, one after the other, until the search has ended.

            for trial in search.trials():
                with trial:
                    trial.report(1, cost=train(**trial.params))

        Without the `with`, a trial is completed when the loop asks for the next one, and given back when the loop is left.
        What `worker` left running in an earlier life comes back to it first; programs at work at the same time need names of
        their own. A trial that waits for its scheduler (`trial.is_paused`) comes again later, with its `step`.
        """
        name = worker or _unique_name()
        while True:
            trial = self.ask(worker=name, lease=lease)
            if trial is None:
                return
            try:
                yield trial
            except GeneratorExit:
                trial.release()
                raise
            trial.complete()

    def ask(self, *, worker: Optional[str] = None, lease: float = _LEASE) -> Optional[Trial]:
        """One trial to train, waited for; None when the search has ended."""
        name = worker or _unique_name()
        while True:
            asked, retry_after = self.client.ask(self.id, worker=name, lease_ms=int(lease * 1000))
            if asked["done"]:
                return None
            for handed_out in asked["trials"]:
                return Trial(self.client, cast(Any, handed_out), lease=lease, metric=self.metric)
            time.sleep(retry_after or _ASK_AGAIN)

    def optimize(
        self,
        function: Callable[[Trial], Result],
        *,
        n_jobs: int = 1,
        catch: Tuple[Type[Exception], ...] = (),
        worker: Optional[str] = None,
        lease: float = _LEASE,
        timeout: Optional[float] = None,
    ) -> Optional[t.BestTrial]:
        """Calls a function with one trial after another, until the search has ended; gives the best.

        It returns the value of the objective, or metrics by name; None means those of its last report. `n_jobs` calls run
        at the same time, in threads. Exceptions of the types in `catch` make their trial failed; others do too, and end this.
        """

        def run(trial: Trial) -> None:
            result = function(trial)
            if result is None:
                trial.complete()
            else:
                trial.complete(result)

        Runner(
            self.client,
            self.id,
            run,
            metric=self.metric,
            slots=n_jobs,
            worker=worker or _unique_name(),
            lease=lease,
            catch=catch,
            inline=n_jobs == 1 and self._scheduler == "fifo",
            timeout=timeout,
        ).run()
        return self.best()


def spec_of(
    space: Space,
    *,
    max_trials: Optional[int] = None,
    metric: str = "value",
    direction: str = "minimize",
    params: Optional[Mapping[str, Any]] = None,
    max_retries: int = 0,
    stop: Optional[Mapping[str, Any]] = None,
    parallelism: int = 1,
    sampler: Union[str, Mapping[str, Any], None] = None,
    scheduler: Union[str, Mapping[str, Any], None] = None,
    **more: Any,
) -> Mapping[str, Any]:
    """A spec for code of one's own. `sampler` and `scheduler` are names, or dictionaries with options; what else there is
    (`name`, `seed`, `constraints`, `trials`, `warmStart`, `reproducibility`, `objective`) goes into the spec as it is."""
    spec = {
        "trainer": {"kind": "external", "params": dict(params or {}), "maxRetries": max_retries},
        "space": dict(space),
        "objective": {"metric": metric, "direction": direction},
        "stop": {**(stop or {}), **({} if max_trials is None else {"maxTrials": max_trials})},
        "parallelism": parallelism,
        **more,
    }
    for key, value in (("sampler", sampler), ("scheduler", scheduler)):
        if value is not None:
            spec[key] = {"kind": value} if isinstance(value, str) else dict(value)
    return spec


def _unique_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


__all__: List[str] = ["Search", "spec_of"]
