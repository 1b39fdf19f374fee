"""Requests over HTTP, tried again while that may help."""

from __future__ import annotations

import http.client
import json
import logging
import random
import time
import urllib.error
import urllib.request
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple
from urllib.parse import quote, urlencode

from ._form import Form
from .errors import ProblemError, RateLimitedError, UnavailableError, UnreachableError, problem_of

_LOGGER = logging.getLogger("caviar")
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 10.0


def pause_before_retry(error: Exception, failures: int) -> Optional[float]:
    """Seconds to wait before trying again; None for errors that will not pass.

    A half of the pause is drawn, so that clients that lost the service at the same moment do not come back at the same moment.
    """
    pause: float = min(_FIRST_PAUSE * 2**failures, _LONGEST_PAUSE) * (0.5 + random.random() / 2)
    if isinstance(error, UnreachableError):
        return pause
    passes = isinstance(error, UnavailableError) or (isinstance(error, ProblemError) and error.code == "rate-limited")
    if passes:
        assert isinstance(error, ProblemError)
        return (error.retry_after or 0) + pause
    return None


class Answer:
    """What came back: a status, headers, and a body to be read once."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self.status: int = response.status
        self.headers: Mapping[str, str] = response.headers

    def json(self) -> Any:
        with self._response:
            return json.loads(self._response.read())

    def chunks(self, size: int = 65_536) -> Iterator[bytes]:
        with self._response:
            while True:
                chunk = self._response.read1(size)
                if not chunk:
                    return
                yield chunk

    def close(self) -> None:
        self._response.close()

    @property
    def retry_after(self) -> Optional[float]:
        return _seconds(self.headers.get("Retry-After"))


class Transport:
    def __init__(self, url: str, api_key: Optional[str], patience: float, timeout: float) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"url: {url!r} is not an http or https URL, such as http://127.0.0.1:3000")
        self.url = url.rstrip("/")
        #: Whether it was told that the service does not answer; once for every time that it is away.
        self._is_away = False
        # Files with keys end with line ends, those of Windows with two signs.
        self._api_key = (api_key or "").strip()
        if not (self._api_key.isascii() and self._api_key.isprintable()):
            raise ValueError("api_key: has characters that no key has")
        self._patience = patience
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_NoRedirect())

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        body: Any = None,
        headers: Optional[Mapping[str, Optional[str]]] = None,
        repeatable: bool = True,
        also_fine: Tuple[int, ...] = (),
        timeout: Optional[float] = None,
        patience: Optional[float] = None,
    ) -> Answer:
        """Sends a request. `repeatable`: whether making it twice is the same as making it once.

        Raises ProblemError, UnreachableError.
        """
        until = time.monotonic() + (self._patience if patience is None else patience)
        failures = 0
        while True:
            try:
                answer = self._send(method, path, query, body, headers, also_fine, timeout or self._timeout)
                self._is_away = False
                return answer
            except (ProblemError, UnreachableError) as error:
                if failures > 0 and method == "DELETE" and getattr(error, "status", 0) == 404:
                    return Answer(_Gone())  # what a first try has deleted is not there for a second
                refused_unread = isinstance(error, RateLimitedError) and error.code == "rate-limited"
                pause = pause_before_retry(error, failures) if repeatable or refused_unread else None
                if pause is None or time.monotonic() + pause > until:
                    raise
                if isinstance(error, UnreachableError) and not self._is_away:
                    self._is_away = True
                    _LOGGER.warning("%s; it is tried again for %.0f s", error, until - time.monotonic())
                failures += 1
                time.sleep(pause)

    def _send(
        self,
        method: str,
        path: str,
        query: Optional[Mapping[str, Any]],
        body: Any,
        headers: Optional[Mapping[str, Optional[str]]],
        also_fine: Tuple[int, ...],
        timeout: float,
    ) -> Answer:
        given = {name: value for name, value in (query or {}).items() if value is not None}
        url = self.url + path + ("?" + urlencode(given) if given else "")
        data: Any = None
        if isinstance(body, Form):
            data = iter(body)
        elif body is not None:
            data = encoded(body)
        request = urllib.request.Request(url, data=data, method=method)
        request.add_header("Accept", "application/json, application/problem+json")
        if isinstance(body, Form):
            request.add_header("Content-Type", body.content_type)
            request.add_header("Content-Length", str(len(body)))
        elif data is not None:
            request.add_header("Content-Type", "application/json")
        if self._api_key:
            request.add_header("Authorization", f"Bearer {self._api_key}")
        for name, value in (headers or {}).items():
            if value is not None:
                request.add_header(name, value)
        try:
            return Answer(self._opener.open(request, timeout=timeout))
        except urllib.error.HTTPError as error:
            if error.code in (304, *also_fine):
                return Answer(error)
            raise self._failure(error) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            raise UnreachableError(f"{self.url} does not answer: {getattr(error, 'reason', error)}") from error

    def _failure(self, error: urllib.error.HTTPError) -> Exception:
        with error:
            if error.headers.get("Content-Type", "").startswith("application/problem+json"):
                return problem_of(json.loads(error.read()), _seconds(error.headers.get("Retry-After")))
        return UnreachableError(f"{self.url} answered {error.code} in a form that is not Caviar's")


def encoded(body: Any) -> bytes:
    """JSON; what NumPy and PyTorch have for numbers and lists of them are numbers and lists. Raises ValueError, TypeError."""
    try:
        return json.dumps(body, allow_nan=False, default=_plain).encode()
    except ValueError:
        place = _not_finite(body, "")
        if place is None:
            raise
        raise ValueError(f"{place}: JSON has finite numbers only") from None


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()  # of a scalar: the number
    raise TypeError(
        f"{value!r} ({type(value).__name__}) cannot be sent: JSON has numbers, strings, booleans, None, lists"
    )


def _not_finite(body: Any, at: str) -> Optional[str]:
    """Where a number is that is none."""
    body = body.tolist() if hasattr(body, "tolist") else body
    if isinstance(body, float) and body - body != 0:
        return f"{at} is {body}"
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, (list, tuple)) else ()
    return next((found for key, value in inner for found in [_not_finite(value, f"{at}/{key}")] if found), None)


def escaped(value: str) -> str:
    """An id as a part of a path."""
    return quote(value, safe="")


def fit_reason(reason: str) -> str:
    """As much of a reason as the service takes, without what it refuses: U+0000, and bytes that Python could not decode."""
    return reason.encode("utf-8", "replace").decode().replace("\0", "\ufffd")[:1000]


def finite(metrics: Mapping[str, Optional[float]]) -> Dict[str, Optional[float]]:
    """Metrics as JSON can say them: it has neither NaN nor infinity."""
    return {name: _finite(value) for name, value in metrics.items()}


def _finite(value: Optional[float]) -> Optional[float]:
    if value is None:
        return None
    number = float(value)  # a NumPy scalar, a tensor of one element, a bool
    return number if number - number == 0 else None


def _seconds(text: Optional[str]) -> Optional[float]:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None  # a key must not follow to where somebody else points


class _Gone:
    status = 204
    headers: Dict[str, str] = {}

    def close(self) -> None:
        pass
