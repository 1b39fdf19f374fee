"""The API, call by call, with results as they come: typed dictionaries with the names of the wire."""

from __future__ import annotations

import json
import os
import time
import uuid
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar, cast

from . import types as t
from ._events import read_events
from ._form import Files, Form
from ._transport import Transport, escaped, finite, fit_reason, pause_before_retry
from .errors import ProblemError, UnreachableError

DEFAULT_URL = "http://127.0.0.1:3000"
_PAGE = 200
_WAIT_MS = 25_000
_ENDED = ("completed", "cancelled", "failed")
Item = TypeVar("Item")


class FollowedEvent(NamedTuple):
    #: For `after`, to go on later.
    id: str
    event: Dict[str, Any]


class Board(NamedTuple):
    board: t.Leaderboard
    etag: str


class Client:
    """A client of one service. It holds no connection, needs no closing, and may be used by many threads.

    While the service is away or refuses for the rate of requests, a call is tried again with growing, partly drawn pauses for
    `patience` seconds; what must not happen twice is only repeated when it was refused unread. Without `url` and `api_key`
    those of CAVIAR_URL and CAVIAR_API_KEY are used.
    """

    def __init__(
        self,
        url: Optional[str] = None,
        api_key: Optional[str] = None,
        *,
        patience: float = 30.0,
        timeout: float = 90.0,
    ) -> None:
        self.url = url or os.environ.get("CAVIAR_URL") or DEFAULT_URL
        self._transport = Transport(self.url, api_key or os.environ.get("CAVIAR_API_KEY"), patience, timeout)

    def _json(self, method: str, path: str, **request: Any) -> Any:
        return self._transport.request(method, path, **request).json()

    def _get(self, path: str, **query: Any) -> Any:
        return self._json("GET", path, query=query)

    # Searches

    def create_search(self, spec: Mapping[str, Any], *, idempotency_key: Optional[str] = None) -> t.Search:
        """Creates and starts a search. Without a key of yours it has a drawn one, so that trying again makes no second one."""
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        return cast(t.Search, self._json("POST", "/v1/searches", body=dict(spec), headers=headers))

    def preview_search(self, spec: Mapping[str, Any]) -> t.SearchPreview:
        """What a spec would do; nothing is stored."""
        return cast(t.SearchPreview, self._json("POST", "/v1/searches/preview", body=dict(spec)))

    def list_searches(
        self,
        *,
        status: Optional[str] = None,
        q: Optional[str] = None,
        sort: Optional[str] = None,
        order: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> t.SearchPage:
        """A page of searches: newest first, or by name, status, progress or trials; ``q`` are words that they must have."""
        query = {"status": status, "q": q, "sort": sort, "order": order, "limit": limit, "cursor": cursor}
        return cast(t.SearchPage, self._get("/v1/searches", **query))

    def every_search(
        self,
        *,
        status: Optional[str] = None,
        q: Optional[str] = None,
        sort: Optional[str] = None,
        order: Optional[str] = None,
    ) -> Iterator[t.Search]:
        """Every search, newest first unless ``sort`` says otherwise, page by page as they are read."""
        query = {"status": status, "q": q, "sort": sort, "order": order}
        return _every(lambda cursor: self.list_searches(**query, limit=_PAGE, cursor=cursor))

    def get_search(self, search_id: str) -> t.Search:
        return cast(t.Search, self._get(_search(search_id)))

    def patch_search(self, search_id: str, **changes: Any) -> t.Search:
        """Changes name, notes, parallelism, stop or space."""
        return cast(t.Search, self._json("PATCH", _search(search_id), body=changes))

    def pause_search(self, search_id: str) -> t.Search:
        return cast(t.Search, self._json("POST", f"{_search(search_id)}/pause"))

    def resume_search(self, search_id: str) -> t.Search:
        return cast(t.Search, self._json("POST", f"{_search(search_id)}/resume"))

    def cancel_search(self, search_id: str) -> t.Search:
        return cast(t.Search, self._json("POST", f"{_search(search_id)}/cancel"))

    def delete_search(self, search_id: str) -> None:
        self._transport.request("DELETE", _search(search_id)).close()

    def leaderboard(
        self,
        search_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        etag: Optional[str] = None,
        wait_ms: Optional[int] = None,
    ) -> Optional[Board]:
        """A page of the board with its tag; None while it is still the one of `etag`, for at most `wait_ms`."""
        answer = self._transport.request(
            "GET",
            f"{_search(search_id)}/leaderboard",
            query={"limit": limit, "cursor": cursor, "waitMs": wait_ms},
            headers={"If-None-Match": etag},
        )
        if answer.status == 304:
            answer.close()
            return None
        return Board(cast(t.Leaderboard, answer.json()), answer.headers.get("ETag", ""))

    def every_entry(self, search_id: str) -> Iterator[t.LeaderboardEntry]:
        """Every entry of the board as it is, best first."""
        cursor: Optional[str] = None
        while True:
            tagged = self.leaderboard(search_id, limit=_PAGE, cursor=cursor)
            if tagged is None:
                return
            yield from tagged.board["entries"]
            cursor = tagged.board["nextCursor"]
            if cursor is None:
                return

    def watch_leaderboard(
        self, search_id: str, *, limit: Optional[int] = None, wait_ms: int = _WAIT_MS
    ) -> Iterator[t.Leaderboard]:
        """The board, each time it changes, until the search has ended. Waits on the server, and outlasts its restarts."""
        etag: Optional[str] = None
        failures = 0
        while True:
            try:
                # Asked first: when it has ended by now, the board that is read afterwards is the final one.
                is_over = self.get_search(search_id)["status"] in _ENDED
                wait = None if is_over or etag is None else wait_ms
                tagged = self.leaderboard(search_id, limit=limit, etag=etag, wait_ms=wait)
            except (ProblemError, UnreachableError) as error:
                _sleep_or_raise(error, failures)
                failures += 1
                continue
            failures = 0
            if tagged is not None:
                etag = tagged.etag
                yield tagged.board
            if is_over:
                return

    def follow_events(self, search_id: str, *, after: Optional[str] = None) -> Iterator[FollowedEvent]:
        """What happens in a search, as it happens, each event once, until the search has ended. Outlasts restarts.

        Begins after the event of the id `after` (`"0"`: with the first); without one from now on, with the status.
        """
        last, failures = after, 0
        while True:
            try:
                answer = self._transport.request(
                    "GET",
                    f"{_search(search_id)}/events",
                    headers={"Accept": "text/event-stream, application/problem+json", "Last-Event-ID": last},
                )
                if answer.status == 204:
                    answer.close()
                    return
                for sent in read_events(answer.chunks()):
                    failures, last = 0, sent.id
                    event: Dict[str, Any] = json.loads(sent.data)
                    yield FollowedEvent(sent.id, event)
                    if event["kind"] != "search" or event["status"] not in _ENDED:
                        continue
                    # A search that ended, was reopened and ended again has more to tell after its first end.
                    ended_at = self.get_search(search_id)["endedAt"]
                    if ended_at is not None and event["at"] >= ended_at:
                        answer.close()
                        return
                error: Exception = UnreachableError(f"{self.url} ended the events")
            except (ProblemError, UnreachableError) as caught:
                error = caught
            except (OSError, ValueError) as broken:  # a connection that breaks while it is read
                error = UnreachableError(f"{self.url} broke off: {broken}")
            _sleep_or_raise(error, failures)
            failures += 1

    def diagnosis(self, search_id: str, *, bayes_error: Optional[float] = None) -> t.SearchDiagnosis:
        """Bias, variance, the recipe and a next search."""
        return cast(t.SearchDiagnosis, self._get(f"{_search(search_id)}/diagnosis", bayesError=bayes_error))

    def importance(self, search_id: str, *, objective: Optional[str] = None) -> t.SearchImportance:
        """Which parameters the objective depends on; of several objectives the first, or the one of that metric."""
        return cast(t.SearchImportance, self._get(f"{_search(search_id)}/importance", objective=objective))

    def evaluate_test(self, search_id: str) -> t.TestEvaluation:
        """Opens the sealed test set for the winner of an ended search; takes as long as training it again."""
        return cast(t.TestEvaluation, self._json("POST", f"{_search(search_id)}/test-evaluation"))

    def export_trials(self, search_id: str, format: str = "csv") -> Iterator[bytes]:
        """All trials as a file (csv or jsonl), in pieces as they come."""
        answer = self._transport.request(
            "GET", f"{_search(search_id)}/export", query={"format": format}, headers={"Accept": "*/*"}
        )
        return answer.chunks()

    def create_webhook(self, search_id: str, url: str, *, events: Optional[Sequence[str]] = None) -> t.CreatedWebhook:
        body = {"url": url, **({} if events is None else {"events": list(events)})}
        return cast(t.CreatedWebhook, self._json("POST", f"{_search(search_id)}/webhooks", body=body, repeatable=False))

    def list_webhooks(self, search_id: str) -> t.Webhooks:
        return cast(t.Webhooks, self._get(f"{_search(search_id)}/webhooks"))

    def delete_webhook(self, webhook_id: str) -> None:
        self._transport.request("DELETE", f"/v1/webhooks/{escaped(webhook_id)}").close()

    # What pages draw: answers whose size is bounded, however many trials there are

    def trial_table(
        self,
        search_id: str,
        *,
        sort: Optional[str] = None,
        order: Optional[str] = None,
        status: Sequence[str] = (),
        filter: Optional[Mapping[str, Any]] = None,
        offset: Optional[int] = None,
        limit: Optional[int] = None,
    ) -> t.TrialTable:
        """A window of the trials, sorted by a field, `params.NAME` or `metrics.NAME`, and filtered."""
        query = {
            "sort": sort,
            "order": order,
            "status": ",".join(status) or None,
            "filter": json.dumps(filter) if filter else None,
            "offset": offset,
            "limit": limit,
        }
        return cast(t.TrialTable, self._get(f"{_search(search_id)}/table", **query))

    def trial_points(
        self, search_id: str, *, limit: Optional[int] = None, metrics: Sequence[str] = ()
    ) -> t.TrialPoints:
        """Trials as columns, all or a sample."""
        query = {"limit": limit, "metrics": ",".join(metrics) or None}
        return cast(t.TrialPoints, self._get(f"{_search(search_id)}/points", **query))

    def best_so_far(
        self, search_id: str, *, max_points: Optional[int] = None, objective: Optional[str] = None
    ) -> t.BestSoFar:
        query = {"maxPoints": max_points, "objective": objective}
        return cast(t.BestSoFar, self._get(f"{_search(search_id)}/best-so-far", **query))

    def trial_curves(
        self,
        search_id: str,
        *,
        numbers: Sequence[int] = (),
        best: Optional[int] = None,
        metrics: Sequence[str] = (),
        max_points: Optional[int] = None,
        beta: Optional[float] = None,
    ) -> t.TrialCurves:
        """Learning curves of the trials of these numbers, or of the `best`."""
        query = {
            "numbers": ",".join(str(number) for number in numbers) or None,
            "best": best,
            "metrics": ",".join(metrics) or None,
            "maxPoints": max_points,
            "beta": beta,
        }
        return cast(t.TrialCurves, self._get(f"{_search(search_id)}/curves", **query))

    def search_rungs(self, search_id: str) -> t.SearchRungs:
        """What the scheduler made of the trials, step by step."""
        return cast(t.SearchRungs, self._get(f"{_search(search_id)}/rungs"))

    def search_timeline(self, search_id: str, *, limit: Optional[int] = None) -> t.SearchTimeline:
        """Who trained which trial when."""
        return cast(t.SearchTimeline, self._get(f"{_search(search_id)}/timeline", limit=limit))

    def follow_changes(self) -> Iterator[Dict[str, Any]]:
        """All searches and the workers at a glance, as they change. Never ends by itself; connects again when it is cut
        off, and says so by another event of the kind `ready`: lists are to be read again then."""
        failures = 0
        while True:
            try:
                answer = self._transport.request(
                    "GET", "/v1/changes", headers={"Accept": "text/event-stream, application/problem+json"}
                )
                for sent in read_events(answer.chunks()):
                    failures = 0
                    yield json.loads(sent.data)
                error: Exception = UnreachableError(f"{self.url} ended the changes")
            except (ProblemError, UnreachableError) as caught:
                error = caught
            except (OSError, ValueError) as broken:
                error = UnreachableError(f"{self.url} broke off: {broken}")
            _sleep_or_raise(error, failures)
            failures += 1

    # Trials

    def list_trials(
        self,
        search_id: str,
        *,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> t.TrialPage:
        return cast(t.TrialPage, self._get(f"{_search(search_id)}/trials", status=status, limit=limit, cursor=cursor))

    def every_trial(self, search_id: str, *, status: Optional[str] = None) -> Iterator[t.Trial]:
        """Every trial of a search, by number."""
        return _every(lambda cursor: self.list_trials(search_id, status=status, limit=_PAGE, cursor=cursor))

    def get_trial(self, trial_id: str) -> t.Trial:
        return cast(t.Trial, self._get(_trial(trial_id)))

    def trial_history(self, trial_id: str) -> t.TrialHistory:
        """What became of it, transition by transition."""
        return cast(t.TrialHistory, self._get(f"{_trial(trial_id)}/history"))

    def measurements(
        self,
        trial_id: str,
        *,
        max_points: Optional[int] = None,
        beta: Optional[float] = None,
        superseded_by: Optional[int] = None,
    ) -> t.Measurements:
        """The learning curve, thinned to `max_points`; `beta` adds smoothed values, `superseded_by` asks for what that rewind took out."""
        query = {"maxPoints": max_points, "beta": beta, "supersededBy": superseded_by}
        return cast(t.Measurements, self._get(f"{_trial(trial_id)}/measurements", **query))

    def trial_diagnosis(self, trial_id: str, *, bayes_error: Optional[float] = None) -> t.TrialDiagnosis:
        return cast(t.TrialDiagnosis, self._get(f"{_trial(trial_id)}/diagnosis", bayesError=bayes_error))

    def edit_trial(self, trial_id: str, params: Mapping[str, t.ParamValue]) -> Dict[str, Any]:
        """Changes params of a trial that has begun, from its next step on."""
        return cast(
            Dict[str, Any], self._json("PATCH", f"{_trial(trial_id)}/params", body=dict(params), repeatable=False)
        )

    def trial_edits(self, trial_id: str) -> Dict[str, Any]:
        """What people did to a trial, in order."""
        return cast(Dict[str, Any], self._get(f"{_trial(trial_id)}/edits"))

    def rewind_trial(self, trial_id: str, step: int) -> t.Trial:
        """Takes a trial that has not ended back to a step that it has measured; it goes on from there."""
        return cast(t.Trial, self._json("POST", f"{_trial(trial_id)}/rewind", body={"step": step}, repeatable=False))

    def fork_trial(self, trial_id: str, *, idempotency_key: Optional[str] = None, **changes: Any) -> t.Search:
        """Starts a search around the present params of a trial; `changes` as in the API: name, stop, sampler and others."""
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        return cast(t.Search, self._json("POST", f"{_trial(trial_id)}/fork", body=changes, headers=headers))

    def model(self, trial_id: str, format: str = "safetensors") -> bytes:
        """The network of a trial as a file: safetensors or onnx."""
        answer = self._transport.request(
            "GET", f"{_trial(trial_id)}/model", query={"format": format}, headers={"Accept": "*/*"}
        )
        return b"".join(answer.chunks())

    def predict(self, trial_id: str, rows: Sequence[Any]) -> t.Predictions:
        """What the network of a trial says of rows: lists in the order of the columns, or mappings by their names."""
        return cast(t.Predictions, self._json("POST", f"{_trial(trial_id)}/predict", body={"rows": list(rows)}))

    def pause_trial(self, trial_id: str) -> t.Trial:
        return cast(t.Trial, self._json("POST", f"{_trial(trial_id)}/pause"))

    def resume_trial(self, trial_id: str) -> t.Trial:
        return cast(t.Trial, self._json("POST", f"{_trial(trial_id)}/resume"))

    def cancel_trial(self, trial_id: str) -> t.Trial:
        return cast(t.Trial, self._json("POST", f"{_trial(trial_id)}/cancel"))

    def add_trials(self, search_id: str, params: Sequence[Mapping[str, t.ParamValue]]) -> t.AddedTrials:
        """Adds trials with params of your choice, each a point of the space."""
        body = {"trials": [{"params": dict(each)} for each in params]}
        return cast(t.AddedTrials, self._json("POST", f"{_search(search_id)}/trials", body=body, repeatable=False))

    # Ask and tell

    def ask(
        self,
        search_id: str,
        *,
        count: int = 1,
        worker: Optional[str] = None,
        lease_ms: Optional[int] = None,
        runtime: Optional[Mapping[str, Any]] = None,
    ) -> Tuple[t.HandedOut, Optional[float]]:
        """Asks for trials to train; with none, the seconds after which to ask again. Needs a `worker` to be tried again."""
        answer = self._transport.request(
            "POST",
            f"{_search(search_id)}/ask",
            body=_given(count=count, worker=worker, leaseMs=lease_ms, runtime=runtime),
            repeatable=worker is not None,
        )
        return cast(t.HandedOut, answer.json()), answer.retry_after

    def tell(
        self,
        search_id: str,
        finishes: Sequence[Mapping[str, Any]],
        *,
        ask: int = 0,
        worker: Optional[str] = None,
        lease_ms: Optional[int] = None,
        runtime: Optional[Mapping[str, Any]] = None,
    ) -> Tuple[t.Told, Optional[float]]:
        """Finishes many trials, and asks for the next in the same call."""
        answer = self._transport.request(
            "POST",
            f"{_search(search_id)}/tell",
            body=_given(finishes=list(finishes), ask=ask, worker=worker, leaseMs=lease_ms, runtime=runtime),
            repeatable=worker is not None or ask == 0,
        )
        return cast(t.Told, answer.json()), answer.retry_after

    def add_measurement(
        self, trial_id: str, lease_token: str, step: int, metrics: Mapping[str, Optional[float]]
    ) -> t.Decision:
        body = {"leaseToken": lease_token, "step": step, "metrics": finite(metrics)}
        return cast(t.Decision, self._json("POST", f"{_trial(trial_id)}/measurements", body=body))

    def heartbeat(self, trial_id: str, lease_token: str) -> t.Decision:
        return cast(t.Decision, self._json("POST", f"{_trial(trial_id)}/heartbeat", body={"leaseToken": lease_token}))

    def release_trial(self, trial_id: str, lease_token: str, *, reason: Optional[str] = None) -> t.Trial:
        """Gives a trial back unfinished: somebody else has it at once, and nothing is counted against it."""
        body = _given(leaseToken=lease_token, reason=None if not reason else fit_reason(reason))
        return cast(t.Trial, self._json("POST", f"{_trial(trial_id)}/release", body=body))

    def finish_trial(
        self,
        trial_id: str,
        lease_token: str,
        status: str,
        *,
        metrics: Optional[Mapping[str, Optional[float]]] = None,
        reason: Optional[str] = None,
        step: Optional[int] = None,
    ) -> t.Trial:
        body = _given(
            leaseToken=lease_token,
            status=status,
            metrics=None if metrics is None else finite(metrics),
            reason=None if not reason else fit_reason(reason),
            step=step,
        )
        return cast(t.Trial, self._json("POST", f"{_trial(trial_id)}/finish", body=body))

    # What there is to work with

    def list_datasets(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> t.DatasetPage:
        return cast(t.DatasetPage, self._get("/v1/datasets", limit=limit, cursor=cursor))

    def get_dataset(self, dataset_id: str) -> t.DatasetDetail:
        """A data set with its summary."""
        return cast(t.DatasetDetail, self._get(f"/v1/datasets/{escaped(dataset_id)}"))

    def create_dataset(self, name: str, format: str, files: Mapping[str, Files], **meta: Any) -> t.DatasetDetail:
        """Uploads a data set. `files` are paths or bytes by part: `file` (two of them: the second is a test part), or `features`,
        `labels`, `testFeatures`, `testLabels`; `meta` is `target`, `task`, `columns`, ... as in the API. The same content a second
        time gives the data set that there is."""
        form = Form({"name": name, "format": format, **meta}, files)
        return cast(t.DatasetDetail, self._json("POST", "/v1/datasets", body=form))

    def delete_dataset(self, dataset_id: str) -> None:
        self._transport.request("DELETE", f"/v1/datasets/{escaped(dataset_id)}").close()

    def list_trainers(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> t.TrainerPage:
        return cast(t.TrainerPage, self._get("/v1/trainers", limit=limit, cursor=cursor))

    def list_workers(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> t.WorkerPage:
        return cast(t.WorkerPage, self._get("/v1/workers", limit=limit, cursor=cursor))

    def release_worker(self, worker_id: str) -> None:
        """Lets the machine of a worker have trials again that it was kept from."""
        self._transport.request("POST", f"/v1/workers/{escaped(worker_id)}/release").close()

    def check_gradients(self, dataset: str, params: Optional[Mapping[str, Any]] = None, **more: Any) -> Dict[str, Any]:
        """Compares backpropagation with two-sided differences; `epochs`, `examples`, `seed`, `split` as in the API."""
        body = {"dataset": dataset, "params": dict(params or {}), **more}
        return cast(Dict[str, Any], self._json("POST", "/v1/gradient-checks", body=body))

    def create_key(self, name: str, *, role: Optional[str] = None, project: Optional[str] = None) -> t.CreatedKey:
        """Makes an API key; the answer holds the only copy of it."""
        body = _given(name=name, role=role, project=project)
        return cast(t.CreatedKey, self._json("POST", "/v1/keys", body=body, repeatable=False))

    def list_keys(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> t.KeyPage:
        return cast(t.KeyPage, self._get("/v1/keys", limit=limit, cursor=cursor))

    def revoke_key(self, key_id: str) -> t.ApiKey:
        return cast(t.ApiKey, self._json("DELETE", f"/v1/keys/{escaped(key_id)}"))

    def readiness(self) -> t.Readiness:
        """Whether the service can serve, and which part is away."""
        return cast(t.Readiness, self._json("GET", "/readyz", also_fine=(503,)))


def _search(search_id: str) -> str:
    return f"/v1/searches/{escaped(search_id)}"


def _trial(trial_id: str) -> str:
    return f"/v1/trials/{escaped(trial_id)}"


def _given(**values: Any) -> Dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _every(fetch: Callable[[Optional[str]], Any]) -> Iterator[Any]:
    cursor: Optional[str] = None
    while True:
        page = fetch(cursor)
        items: List[Any] = page["items"]
        yield from items
        cursor = page["nextCursor"]
        if cursor is None:
            return


def _sleep_or_raise(error: Exception, failures: int) -> None:
    pause = pause_before_retry(error, failures)
    if pause is None:
        raise error
    time.sleep(pause)
