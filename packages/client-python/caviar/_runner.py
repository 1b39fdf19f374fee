"""Trials in slots: asks, runs, waits, and gives back on the way out."""

from __future__ import annotations

import queue
import threading
import time
from collections import OrderedDict
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple, Type

from .client import Client
from .errors import TrialPruned, TrialStopped
from .trial import Trial

_ASK_AGAIN = 1.0
_LOOK = 0.5


class _Event(NamedTuple):
    kind: str  # parked, ended
    trial: Trial
    error: Optional[BaseException]
    #: Of the turn that is parked: what is heard of an earlier one is of no consequence.
    token: Optional[str] = None


class Runner:
    """Runs a function for trial after trial until the search has ended.

    With `inline`, in the caller's thread. Otherwise every call has a thread of its own, so that one whose trial has to wait for a
    scheduler can stay where it is, in `report`, while its slot takes another trial: no checkpoint is needed for that.
    """

    def __init__(
        self,
        client: Client,
        search_id: str,
        function: Callable[[Trial], None],
        *,
        metric: str,
        slots: int,
        worker: str,
        lease: float,
        catch: Tuple[Type[Exception], ...] = (),
        inline: bool = False,
        timeout: Optional[float] = None,
        most: Optional[int] = None,
        idle: Optional[Callable[[int, Optional[int]], None]] = None,
        should_end: Callable[[], bool] = lambda: False,
        after: Callable[[Trial], None] = lambda trial: None,
    ) -> None:
        self._client, self._search_id, self._function = client, search_id, function
        self._metric, self._lease, self._catch, self._inline = metric, lease, catch, inline
        self._should_end, self._after = should_end, after
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._free: List[str] = [f"{worker}/{index}" for index in range(slots)]
        self._slot_of: Dict[str, str] = {}
        self._trials: "OrderedDict[str, Trial]" = OrderedDict()
        self._threads: List[threading.Thread] = []
        self._events: "queue.Queue[_Event]" = queue.Queue()
        self._done = False
        #: Trials that may still be begun; for code whose trials never wait for each other.
        self.left = most
        #: Told how many slots are free when there was nothing for them, and how many trials are left to begin.
        self._idle = idle

    def run(self) -> None:
        try:
            self._loop()
        except BaseException:
            for trial in list(self._trials.values()):
                was_held = not trial.should_stop
                if was_held:
                    trial.release()
                trial._stop("lost", "given back")
            raise

    def _loop(self) -> None:
        idle_until = 0.0
        while True:
            ending = self._done or self._is_over()
            while self._free and not ending and time.monotonic() >= idle_until:
                retry_after = self._ask()
                if retry_after is not None:
                    idle_until = time.monotonic() + retry_after
                ending = self._done or self._is_over()
            if ending and not self._slot_of:
                break
            wait = _LOOK if not self._free or ending else max(0.0, min(_LOOK, idle_until - time.monotonic()))
            event = self._next(wait)
            if event is None:
                continue
            idle_until = 0.0  # a trial that waits or ends may make another one available
            self._handle(event)
        for trial in list(self._trials.values()):
            trial._stop("lost", "the search has ended")
        for thread in self._threads:
            thread.join()

    def _is_over(self) -> bool:
        is_late = self._deadline is not None and time.monotonic() > self._deadline
        return self.left == 0 or is_late or self._should_end()

    def _next(self, wait: float) -> Optional[_Event]:
        try:
            return self._events.get(timeout=wait) if wait > 0 else self._events.get_nowait()
        except queue.Empty:
            return None

    def _handle(self, event: _Event) -> None:
        if event.kind == "parked" and event.token != event.trial._token:
            return  # it has been handed out to us again since, and has another slot
        slot = self._slot_of.pop(event.trial.id, None)
        if slot is not None:
            self._free.append(slot)
        if event.kind == "parked":
            self._look_after_parked()
            return
        self._trials.pop(event.trial.id, None)
        if event.error is not None:
            raise event.error

    def _ask(self) -> Optional[float]:
        """Fills a slot; the seconds after which to ask again when there was nothing."""
        slot = self._free[0]
        asked, retry_after = self._client.ask(self._search_id, worker=slot, lease_ms=int(self._lease * 1000))
        if asked["done"]:
            self._done = True
            return None
        if not asked["trials"]:
            self._look_after_parked()
            if self._idle is not None:
                self._idle(len(self._free), self.left)
            return retry_after or _ASK_AGAIN
        handed_out = asked["trials"][0]
        self._free.pop(0)
        self._take(handed_out, slot)
        return None

    def _take(self, handed_out: Mapping[str, Any], slot: str) -> None:
        trial = self._trials.get(handed_out["id"])
        before = self._slot_of.get(handed_out["id"])
        if before is not None:
            self._free.append(before)  # the slot that thought it had it
        self._slot_of[handed_out["id"]] = slot
        if trial is not None:
            trial._resume(handed_out["leaseToken"])
            return
        trial = Trial(
            self._client,
            handed_out,
            lease=self._lease,
            metric=self._metric,
            on_pause=self._wait_inline
            if self._inline
            else lambda paused, token: self._events.put(_Event("parked", paused, None, token)),
        )
        self._trials[trial.id] = trial
        if self.left is not None:
            self.left -= 1
        if self._inline:
            self._events.put(self._run(trial))
            return
        thread = threading.Thread(
            target=lambda held: self._events.put(self._run(held)),
            args=(trial,),
            name=f"trial {trial.number}",
            daemon=True,
        )
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def _run(self, trial: Trial) -> _Event:
        """Calls the function; exceptions that are not caught end the whole."""
        try:
            self._function(trial)
            trial.complete()
        except (TrialPruned, TrialStopped) as error:
            trial.prune(str(error) or None)
        except self._catch as error:
            trial.fail(f"{type(error).__name__}: {error}")
        except Exception as error:
            trial.fail(f"{type(error).__name__}: {error}")
            return _Event("ended", trial, error)
        except BaseException as error:
            trial.release()
            return _Event("ended", trial, error)
        try:
            self._after(trial)
        except BaseException as error:
            return _Event("ended", trial, error)
        return _Event("ended", trial, None)

    def _wait_inline(self, trial: Trial, _token: str) -> None:
        """Without a scheduler, only a paused search has a trial wait: it comes back first, under the name that had it."""
        slot = self._slot_of[trial.id]
        while trial.is_paused:
            asked, retry_after = self._client.ask(self._search_id, worker=slot, lease_ms=int(self._lease * 1000))
            for handed_out in asked["trials"]:
                if handed_out["id"] == trial.id:
                    trial._resume(handed_out["leaseToken"])
                    return
                self._client.release_trial(handed_out["id"], handed_out["leaseToken"])
            if asked["done"] or self._has_ended(trial):
                return
            time.sleep(retry_after or _LOOK)

    def _look_after_parked(self) -> None:
        """Parked trials that were ended meanwhile are let go, one look at a time: the one not looked at for longest."""
        for trial in list(self._trials.values()):
            if trial.is_paused:
                if not self._has_ended(trial):
                    self._trials.move_to_end(trial.id)
                return

    def _has_ended(self, trial: Trial) -> bool:
        now = self._client.get_trial(trial.id)
        if now["endedAt"] is None or not trial.is_paused:
            return False
        trial._stop("lost", now["reason"] or f"the trial was {now['status']}")
        return True
