"""The part that one of several programs has in a study: how many trials its search may have, and how many at the same time.

Programs take part at the same moment and know nothing of each other, so what one has reckoned may be wrong a moment later: `take`
again where the search ended too early, `make_room` where it hands out too little.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional

from ..client import Client
from ..errors import ConflictError

NO_END = 10_000_000
_ENDED = ("completed", "pruned", "infeasible", "failed", "cancelled")
_OPEN = ("queued", "running", "paused")


class Share:
    def __init__(self, client: Client, search_id: str) -> None:
        self._client, self._id = client, search_id

    def take(self, n_trials: Optional[int], n_jobs: int, hand_over: Optional[Callable[[], None]] = None) -> None:
        """Has the search go on, with so many trials more; those of others at work stay theirs. `hand_over` adds a trial, for which
        there is a number at least, before more are made for us. Raises ConflictError."""
        search: Any = self._client.get_search(self._id)
        held = search["progress"]["running"] if search["status"] == "running" else 0
        before = search["spec"]["stop"].get("maxTrials", NO_END) if held > 0 else _count(search, _ENDED)
        most = NO_END if n_trials is None else min(NO_END, before + n_trials)
        if hand_over is not None:
            # What was made for somebody who has left has used numbers up.
            most = max(most, min(NO_END, _count(search, _ENDED + _OPEN) + 1))
            self._client.patch_search(self._id, stop={"maxTrials": most})
            if search["status"] not in ("running", "paused"):
                self._client.resume_search(self._id)
            hand_over()
        self._client.patch_search(self._id, stop={"maxTrials": most}, parallelism=n_jobs + held)
        self._client.resume_search(self._id)

    def make_room(self, free: int, left: Optional[int]) -> None:
        """Nothing was handed out, though slots are free, and trials left to us (None: without end)."""
        search: Any = self._client.get_search(self._id)
        progress, most = search["progress"], search["spec"]["stop"].get("maxTrials", NO_END)
        is_full = _count(search, _ENDED + _OPEN) >= most
        if search["status"] == "paused" and is_full and left != 0:
            self._try(lambda: self.take(left, free))  # by another program that left; somebody's pause has trials to come
        wanted = progress["running"] + free
        if search["status"] != "running" or is_full or progress["queued"] > 0 or wanted <= search["spec"]["parallelism"]:
            return
        self._try(lambda: self._client.patch_search(self._id, parallelism=wanted))

    def leave(self) -> None:
        """Whoever leaves last has the search wait, with the trials that it has, until somebody takes part again."""
        self._try(self._leave)

    def _leave(self) -> None:
        search: Any = self._client.get_search(self._id)
        held = search["progress"]["running"]
        if search["status"] != "running":
            return
        if held > 0:
            self._client.patch_search(self._id, parallelism=held)
            return
        made = _count(search, _ENDED + _OPEN)
        self._client.patch_search(self._id, stop={"maxTrials": max(1, made)})
        now: Any = self._client.pause_search(self._id)
        if now["progress"]["running"] + now["progress"]["paused"] > 0:
            self._client.resume_search(self._id)  # somebody has begun a trial between two of our looks

    @staticmethod
    def _try(change: Callable[[], Any]) -> None:
        try:
            change()
        except ConflictError:
            pass  # it has ended meanwhile


def _count(search: Mapping[str, Any], statuses: Any) -> int:
    return sum(search["progress"][status] for status in statuses)
