"""A trial that is trained here, from its lease to its end."""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import Any, Callable, Dict, Mapping, Optional, Type, Union

from .client import Client
from .errors import LeaseLostError, NotFoundError, ProblemError, TrialPruned, TrialStopped, UnreachableError

#: Beats per lease: two may be lost before the trial is.
_BEATS_PER_LEASE = 3
Metrics = Mapping[str, Optional[float]]


class Trial:
    """A trial that was handed out to us. As a context manager it ends itself:

    - the block comes to its end: completed, with the metrics of the last report (or those of `complete`);
    - TrialPruned: pruned; any other exception: failed, and the exception goes on;
    - KeyboardInterrupt, SystemExit: given back, so that somebody else has it at once.

    A thread sends heartbeats for as long as the trial is held.
    """

    def __init__(
        self,
        client: Client,
        handed_out: Mapping[str, Any],
        *,
        lease: float,
        metric: str,
        on_pause: Optional[Callable[["Trial", str], None]] = None,
    ) -> None:
        self.id: str = handed_out["id"]
        self.number: int = handed_out["number"]
        self.params: Dict[str, Any] = dict(handed_out["params"])
        #: Steps that an earlier attempt has reported: whoever keeps checkpoints may go on there.
        self.step: int = handed_out["step"]
        self._pid = os.getpid()
        self._client = client
        self._token: str = handed_out["leaseToken"]
        self._metric = metric
        self._lease = lease
        self._on_pause = on_pause
        self._lock = threading.Condition()
        self._state = "held"  # held, paused, stopped, lost, ended
        self._reason: Optional[str] = None
        self._result: Optional[Dict[str, Optional[float]]] = None
        self._pulse: Optional[_Pulse] = None
        self._beat()

    def __getitem__(self, name: str) -> Any:
        return self.params[name]

    def __repr__(self) -> str:
        return f"Trial({self.number}, {self.params!r})"

    @property
    def should_stop(self) -> bool:
        """Whether there is no use in going on now: it was stopped, has to wait, or is somebody else's."""
        return self._state not in ("held", "ended")

    @property
    def is_paused(self) -> bool:
        """Whether it has to wait: keep what you need to go on, and leave it; it comes again, with its `step`."""
        return self._state == "paused"

    @property
    def reason(self) -> Optional[str]:
        """Why it should stop."""
        return self._reason

    def report(self, step: int, value: Union[float, Metrics, None] = None, /, **metrics: Optional[float]) -> bool:
        """Stores the metrics of a step, and hears how to go on: False means that there is no use in going on now.

        `value` is that of the objective, or metrics by name. NaN and infinity mean that it diverged. In code that `optimize`
        runs, a trial that has to wait waits in here, and one that is stopped raises TrialStopped.
        """
        if isinstance(value, Mapping):
            metrics = {**value, **metrics}
        elif value is not None:
            metrics = {self._metric: value, **metrics}
        while True:
            token = self._going()
            if token is None:
                return False
            try:
                decision = self._client.add_measurement(self.id, token, step, metrics)
            except (LeaseLostError, NotFoundError) as error:
                if token != self._token:
                    continue  # it was handed out to us again meanwhile
                self._stop("lost", error.detail)
                return self._going() is not None
            self._result = dict(metrics)
            self._obey(decision, token)
            return self._going() is not None

    def complete(self, value: Union[float, Metrics, None] = None, /, **metrics: Optional[float]) -> None:
        """Ends it with its result; without one, that of the last report.

        One that was to wait, and came to its end all the same, has the result that is given here, unless its scheduler had it wait.
        """
        if isinstance(value, Mapping):
            metrics = {**value, **metrics}
        elif value is not None:
            metrics = {self._metric: value, **metrics}
        self._finish("completed", metrics=metrics or None)

    def prune(self, reason: Optional[str] = None) -> None:
        """Ends it early; its value is that of the last report."""
        self._finish("pruned", reason=reason)

    def fail(self, reason: str) -> None:
        """It is the fault of the code or the machine: tried again, as often as `maxRetries` of the search says."""
        self._finish("failed", reason=reason)

    def release(self, reason: str = "interrupted") -> None:
        """Gives it back unfinished; a fork of the program that ends inside a block has nothing to give."""
        if os.getpid() != self._pid:
            return
        with self._lock:
            is_held = self._state == "held"
            self._state = "ended" if is_held else self._state
        self._silence()
        if not is_held:
            return
        try:
            self._client.release_trial(self.id, self._token, reason=reason)
        except (ProblemError, UnreachableError):
            pass  # then its lease runs out

    def __enter__(self) -> "Trial":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], _: Optional[TracebackType]
    ) -> bool:
        if kind is None:
            self.complete()
        elif isinstance(error, (TrialPruned, TrialStopped)):
            self.prune(str(error) or None)
            return True
        elif isinstance(error, Exception):
            self.fail(f"{kind.__name__}: {error}")
        else:
            self.release()
        return False

    # How it goes on

    def _finish(
        self, status: str, *, metrics: Optional[Mapping[str, Optional[float]]] = None, reason: Optional[str] = None
    ) -> None:
        with self._lock:
            # What came of a trial that has to wait is kept until it goes on.
            while self._on_pause is not None and self._state == "paused":
                self._lock.wait()
            state, self._state = self._state, "ended"
        self._silence()
        if state == "stopped":
            status, metrics, reason = "cancelled", None, self._reason
        elif state != "held" and not (state == "paused" and metrics is not None):
            return  # it waits, is somebody else's, or has its end
        try:
            self._client.finish_trial(self.id, self._token, status, metrics=metrics, reason=reason)
        except LeaseLostError as error:
            self._state, self._reason = "lost", error.detail  # nothing to be done: it is somebody else's, or its scheduler's

    def _going(self) -> Optional[str]:
        """The token to go on with, or None; in code that `optimize` runs, waits for it, or raises."""
        if self._on_pause is None:
            return self._token if self._state == "held" else None
        with self._lock:
            while self._state == "paused":
                self._lock.wait()
            if self._state == "held":
                return self._token
        raise TrialStopped(self._reason or "the trial has ended")

    def _obey(self, decision: Mapping[str, Any], token: str) -> None:
        """What is said to an earlier token is of no consequence: the trial was handed out to us again meanwhile."""
        if decision["decision"] == "stop" and token == self._token:
            self._stop("stopped", decision["reason"])
        elif decision["decision"] == "pause":
            with self._lock:
                if self._state != "held" or token != self._token:
                    return
                self._state, self._reason = "paused", decision["reason"]
            self._silence()
            if self._on_pause is not None:
                self._on_pause(self, token)

    def _resume(self, token: str) -> None:
        """It was handed out to us again."""
        with self._lock:
            if self._state not in ("held", "paused"):
                return
            self._token, self._state, self._reason = token, "held", None
            self._lock.notify_all()
        self._beat()

    def _stop(self, state: str, reason: Optional[str]) -> None:
        with self._lock:
            if self._state not in ("held", "paused"):
                return
            self._state, self._reason = state, reason
            self._lock.notify_all()
        self._silence()

    def _beat(self) -> None:
        self._silence()
        self._pulse = _Pulse(self, self._token, self._lease / _BEATS_PER_LEASE)
        self._pulse.start()

    def _silence(self) -> None:
        if self._pulse is not None:
            self._pulse.ended.set()

    def _heartbeat(self, token: str) -> None:
        try:
            decision = self._client.heartbeat(self.id, token)
            self._obey(decision, token)
        except (LeaseLostError, NotFoundError) as error:
            if token == self._token and self._state == "held":
                self._stop("lost", error.detail)
        except (ProblemError, UnreachableError):
            pass  # it passes, or the next report says it


class _Pulse(threading.Thread):
    def __init__(self, trial: Trial, token: str, every: float) -> None:
        super().__init__(name=f"caviar heartbeat of trial {trial.number}", daemon=True)
        self.ended = threading.Event()
        self._trial, self._token, self._every = trial, token, every

    def run(self) -> None:
        while not self.ended.wait(self._every):
            self._trial._heartbeat(self._token)
