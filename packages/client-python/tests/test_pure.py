"""The parts that need no service."""

import json
import math
import os
import random
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest import mock

import caviar
import caviar.optuna_like
from caviar._events import read_events
from caviar._transport import encoded, finite, fit_reason, pause_before_retry
from caviar.errors import problem_of
from caviar.optuna_like import DomainError, pruners, samplers
from caviar.optuna_like import _learned_space as learned
from caviar.search import spec_of


class Events(unittest.TestCase):
    def test_every_kind_of_line_end_wherever_it_is_cut(self):
        text = b": hello\r\nid: 7\r\nevent: trial\r\ndata: a\r\ndata: b\r\n\r\nid: 8\ndata: \xc3\xa4\n\nid: 9\rdata: x\r\rdata: cut"
        expected = [("7", "trial", "a\nb"), ("8", "message", "ä"), ("9", "message", "x")]
        for size in (1, 2, 3, 7, len(text)):
            chunks = [text[at : at + size] for at in range(0, len(text), size)]
            self.assertEqual([tuple(each) for each in read_events(chunks)], expected, size)


class Bodies(unittest.TestCase):
    def test_say_where_a_number_is_not_finite_and_what_cannot_be_sent(self):
        with self.assertRaisesRegex(ValueError, "/space/x/max is inf: JSON has finite numbers only"):
            encoded({"name": "a", "space": {"x": caviar.Float(0, math.inf)}})
        with self.assertRaisesRegex(ValueError, "/trials/1/x is nan"):
            encoded({"trials": [{"x": 1.0}, {"x": math.nan}]})
        with self.assertRaisesRegex(TypeError, "object object.* cannot be sent"):
            encoded({"params": {"a": object()}})

    def test_take_numbers_of_numpy(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("there is no numpy")
        space = {"x": caviar.Float(numpy.float32(0.5), numpy.int64(2)), "n": caviar.Choice(numpy.arange(3))}
        body = spec_of(space, max_trials=numpy.int64(3), params={"on": numpy.bool_(True), "widths": numpy.ones(2)})
        sent = json.loads(encoded(body))
        self.assertEqual((sent["space"]["x"]["min"], sent["space"]["x"]["max"]), (0.5, 2))
        self.assertEqual(sent["space"]["n"]["choices"], [0, 1, 2])
        self.assertEqual(sent["trainer"]["params"], {"on": True, "widths": [1.0, 1.0]})
        self.assertEqual(sent["stop"], {"maxTrials": 3})
        with self.assertRaisesRegex(ValueError, "/x is nan"):
            encoded({"x": numpy.float32("nan")})


class Errors(unittest.TestCase):
    def test_have_classes_by_what_the_caller_can_do(self):
        cases = [
            (401, "unauthorized", caviar.AccessError),
            (404, "search-not-found", caviar.NotFoundError),
            (409, "lease-lost", caviar.LeaseLostError),
            (409, "search-ended", caviar.ConflictError),
            (422, "invalid-spec", caviar.InvalidError),
            (429, "rate-limited", caviar.RateLimitedError),
            (503, "unavailable", caviar.UnavailableError),
            (500, "internal", caviar.ProblemError),
        ]
        for status, code, kind in cases:
            error = problem_of({"status": status, "code": code, "detail": "d", "requestId": "r"}, None)
            self.assertIs(type(error), kind)
            self.assertEqual((error.code, error.status, error.request_id, error.errors), (code, status, "r", []))

    def test_say_every_pointer(self):
        errors = [{"pointer": "/stop", "message": "is required"}]
        error = problem_of({"status": 422, "code": "invalid-spec", "detail": "No", "errors": errors}, None)
        self.assertEqual(str(error), "No (invalid-spec)\n  /stop: is required")

    def test_that_pass_are_waited_for_with_growing_pauses(self):
        away = caviar.UnreachableError("x")
        for failures, (least, most) in enumerate([(0.125, 0.25), (0.25, 0.5), (0.5, 1)]):
            pauses = [pause_before_retry(away, failures) for _ in range(50)]
            self.assertTrue(all(least <= pause <= most for pause in pauses), pauses)
            self.assertGreater(len(set(pauses)), 10)
        self.assertGreater(pause_before_retry(problem_of({"status": 503, "code": "unavailable"}, 5.0), 0), 5)
        self.assertIsNone(pause_before_retry(problem_of({"status": 429, "code": "quota-exceeded"}, 5.0), 0))
        self.assertIsNone(pause_before_retry(problem_of({"status": 404, "code": "x"}, None), 0))


class Stub:
    """A service that gives these answers in turn: (status, body, headers)."""

    def __init__(self, *answers):
        left, self.seen = list(answers), []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                stub.seen.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
                status, body, headers = left.pop(0)
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_DELETE = _answer

            def log_message(self, *_):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


PROBLEM = {"Content-Type": "application/problem+json; charset=utf-8"}
AWAY = (503, {"status": 503, "code": "unavailable", "detail": "away"}, {**PROBLEM, "Retry-After": "0"})
REFUSED = (429, {"status": 429, "code": "rate-limited", "detail": "slow"}, {**PROBLEM, "Retry-After": "0"})
GONE = (404, {"status": 404, "code": "search-not-found", "detail": "no"}, PROBLEM)


class Requests(unittest.TestCase):
    def test_are_tried_again_with_the_same_idempotency_key(self):
        with Stub(AWAY, REFUSED, (201, {"id": "srch_1"}, {})) as stub:
            client = caviar.Client(stub.url, "k3y")
            self.assertEqual(client.create_search({"stop": {}})["id"], "srch_1")
            keys = {headers["Idempotency-Key"] for _, _, headers, _ in stub.seen}
            self.assertEqual((len(stub.seen), len(keys)), (3, 1))
            self.assertEqual(stub.seen[0][2]["Authorization"], "Bearer k3y")

    def test_that_must_not_happen_twice_are_only_repeated_when_refused(self):
        with Stub(REFUSED, AWAY) as stub:
            with self.assertRaises(caviar.UnavailableError):
                caviar.Client(stub.url).create_key("x")
            self.assertEqual(len(stub.seen), 2)

    def test_give_up_when_patience_ends(self):
        with Stub(AWAY) as stub, self.assertRaises(caviar.UnavailableError):
            caviar.Client(stub.url, patience=0).get_search("x")
        with self.assertRaisesRegex(caviar.UnreachableError, "does not answer"):
            caviar.Client("http://127.0.0.1:1", patience=0).get_search("x")

    def test_take_what_a_first_try_deleted_for_deleted(self):
        with Stub(AWAY, GONE) as stub:
            self.assertIsNone(caviar.Client(stub.url).delete_search("x"))
        with Stub(GONE) as stub, self.assertRaises(caviar.NotFoundError):
            caviar.Client(stub.url).delete_search("x")

    def test_know_a_proxy_from_the_service(self):
        with Stub((502, b"<h1>Bad gateway</h1>", {"Content-Type": "text/html"})) as stub:
            with self.assertRaisesRegex(caviar.UnreachableError, "answered 502 in a form that is not Caviar's"):
                caviar.Client(stub.url, patience=0).get_search("x")

    def test_do_not_follow_where_somebody_else_points(self):
        with Stub((302, b"", {"Location": "http://127.0.0.1:1/"})) as stub:
            with self.assertRaisesRegex(caviar.UnreachableError, "answered 302"):
                caviar.Client(stub.url, "k3y", patience=0).get_search("x")

    def test_escape_ids_and_leave_out_what_is_not_given(self):
        page = {"items": [], "nextCursor": None}
        with Stub((200, page, {})) as stub:
            self.assertEqual(list(caviar.Client(stub.url).every_trial("a/b?c")), [])
            self.assertEqual(stub.seen[0][1], "/v1/searches/a%2Fb%3Fc/trials?limit=200")


class Clock:
    """The clock of requests, which does not wait."""

    now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Away(unittest.TestCase):
    def test_what_is_no_url_is_refused_at_once(self):
        for url in ("localhost:3000", "nonsense", "ftp://x"):
            with self.assertRaisesRegex(ValueError, "is not an http or https URL"):
                caviar.Client(url)

    def test_a_key_that_no_header_can_hold_is_refused_and_its_line_end_dropped(self):
        for key in ("schl\u00fcssel", "a\nb", "\u2713"):
            with self.assertRaisesRegex(ValueError, "characters that no key has"):
                caviar.Client("http://127.0.0.1:1", key)
        self.assertEqual(caviar.Client("http://127.0.0.1:1", "k3y\r\n")._transport._api_key, "k3y")

    def test_a_service_that_is_not_there_from_the_start_is_given_up_soon_and_told_once(self):
        calls = (
            lambda: caviar.optimize(lambda trial: 1.0, {"x": caviar.Float(0, 1)}, max_trials=1),
            lambda: caviar.optuna_like.create_study(),
        )
        for call in calls:
            clock = Clock()
            with (
                mock.patch("caviar._transport.time", clock),
                mock.patch.dict(os.environ, {"CAVIAR_URL": "http://127.0.0.1:1"}),
                self.assertLogs("caviar", "WARNING") as told,
                self.assertRaises(caviar.UnreachableError),
            ):
                call()
            self.assertTrue(10 < clock.now <= 30, clock.now)
            self.assertEqual(len(told.output), 1)
            self.assertIn("http://127.0.0.1:1 does not answer", told.output[0])


class Metrics(unittest.TestCase):
    def test_that_are_not_finite_are_null(self):
        given = {"a": math.nan, "b": math.inf, "c": None, "d": True, "e": 2}
        self.assertEqual(finite(given), {"a": None, "b": None, "c": None, "d": 1.0, "e": 2.0})


class Reasons(unittest.TestCase):
    def test_hold_what_the_service_takes_whatever_an_exception_says(self):
        undecoded = b"no file \xff".decode("utf-8", "surrogateescape")
        self.assertEqual(fit_reason(undecoded + "\0"), "no file ?\ufffd")
        self.assertEqual(fit_reason("\U0001f41f" * 2000), "\U0001f41f" * 1000)


class Specs(unittest.TestCase):
    def test_are_made_from_keywords(self):
        spec = spec_of({"x": caviar.Int(1, 4, step=3)}, max_trials=3, sampler="tpe", scheduler={"kind": "asha"}, seed=1)
        self.assertEqual(spec["space"], {"x": {"kind": "int", "min": 1, "max": 4, "scale": "linear", "step": 3}})
        self.assertEqual((spec["sampler"], spec["scheduler"], spec["seed"]), ({"kind": "tpe"}, {"kind": "asha"}, 1))
        self.assertEqual(spec["stop"], {"maxTrials": 3})

    def test_of_decorated_functions_need_their_parameters(self):
        with self.assertRaisesRegex(TypeError, "has no parameter 'y'"):
            caviar.objective({"y": caviar.Float(0, 1)})(lambda x: x)
        double = caviar.objective({"x": caviar.Float(0, 1)})(lambda x: 2 * x)
        self.assertEqual(double(x=2), 4)


def fed(*calls):
    space = learned.LearnedSpace()
    for call in calls:
        for name, value in call.items():
            space.learn_domain(name, DOMAINS[name])
        space.learn_call(call)
    return {name: domain.get("when") for name, domain in space.space().items()}


DOMAINS = {
    "kind": learned.choice_domain(["svc", "rf", "knn"]),
    "c": learned.float_domain(1e-3, 1e3, None, True),
    "depth": learned.int_domain(2, 32, 1, False),
    "optimizer": learned.choice_domain(["adam", "sgd"]),
    "layers": learned.int_domain(1, 3, 1, False),
    "units": learned.int_domain(8, 64, 8, False),
}


class LearnedSpace(unittest.TestCase):
    def test_has_no_conditions_while_every_call_asks_for_the_same(self):
        self.assertEqual(fed({"c": 1.0}, {"c": 2.0}), {"c": None})

    def test_learns_on_what_a_parameter_depends(self):
        calls = [{"kind": "svc", "c": 1.0}, {"kind": "rf", "depth": 3}]
        self.assertEqual(fed(*calls), {"kind": None, "c": {"kind": ["svc"]}, "depth": {"kind": ["rf"]}})
        wider = fed(*calls, {"kind": "knn", "depth": 4})
        self.assertEqual(wider["depth"], {"kind": ["rf", "knn"]})

    def test_corrects_a_condition_that_fitted_by_chance(self):
        calls = [{"kind": "svc", "optimizer": "adam", "c": 1.0}, {"kind": "rf", "optimizer": "sgd"}]
        self.assertEqual(fed(*calls)["c"], {"optimizer": ["adam"]})
        self.assertEqual(fed(*calls, {"kind": "svc", "optimizer": "sgd", "c": 2.0})["c"], {"kind": ["svc"]})

    def test_takes_whole_numbers_as_parents_and_gives_up_where_one_parent_is_not_enough(self):
        calls = [{"layers": 1}, {"layers": 2, "units": 8}, {"layers": 3, "units": 16}]
        self.assertEqual(fed(*calls)["units"], {"layers": [2, 3]})
        self.assertIsNone(fed({"optimizer": "adam", "c": 1.0}, {"optimizer": "adam"})["c"])

    def test_prefers_parents_of_few_values_and_is_not_taken_in_by_chance(self):
        # The network of Optuna's PyTorch example: widths of 125 values are another one in nearly every call.
        rng = random.Random(5)
        domains = {
            "layers": learned.int_domain(1, 3, 1, False),
            **{f"units{i}": learned.int_domain(4, 128, 1, False) for i in range(3)},
            **{f"drop{i}": learned.float_domain(0.2, 0.5, None, False) for i in range(3)},
        }
        space = learned.LearnedSpace()
        for calls in range(1, 401):
            call = {"layers": rng.randint(1, 3)}
            for i in range(call["layers"]):
                call[f"units{i}"] = rng.randint(4, 128)
                call[f"drop{i}"] = rng.uniform(0.2, 0.5)
            for name in call:
                space.learn_domain(name, domains[name])
            space.learn_call(call)
            if calls >= 12:
                whens = {name: domain.get("when") for name, domain in space.space().items()}
                expected = {**dict.fromkeys(whens), **{f"{n}1": {"layers": [2, 3]} for n in ("units", "drop")}}
                expected.update({f"{n}2": {"layers": [3]} for n in ("units", "drop")})
                self.assertEqual(whens, expected, calls)
        self.assertLess(len(space._calls), 201)

    def test_takes_whole_numbers_as_ranges(self):
        domains = {"depth": learned.int_domain(1, 9, 1, False), "c": DOMAINS["c"]}
        for depths, expected in (
            ([1, 3, 7], [2, 3, 4, 5, 6, 7, 8, 9]),  # with c from 3 on; 2 may be one or the other
            ([9, 8, 4], [1, 2, 3, 4, 5, 6, 7]),
        ):
            space = learned.LearnedSpace()
            for name, domain in domains.items():
                space.learn_domain(name, domain)
            space.learn_call({"depth": depths[0]})
            for depth in depths[1:]:
                has_c = depth >= 3 if depths[0] == 1 else depth <= 5
                space.learn_call({"depth": depth, "c": 1.0} if has_c else {"depth": depth})
            self.assertEqual(space.space()["c"]["when"], {"depth": expected})

    def test_explains_nothing_by_numbers_that_never_come_twice(self):
        rng = random.Random(6)
        space = learned.LearnedSpace()
        space.learn_domain("trees", learned.int_domain(1, 500, 1, False))
        for name in ("x", "y"):
            space.learn_domain(name, learned.float_domain(0, 1, None, False))
        for trees in rng.sample(range(1, 501), 20):
            x = rng.random()
            space.learn_call({"trees": trees, "x": x, "y": 0.5} if x > 0.5 else {"trees": trees, "x": x})
        self.assertNotIn("when", space.space()["y"])
        # Nor does it keep calls for ever that it cannot explain.
        for _ in range(400):
            x = rng.random()
            space.learn_call({"trees": rng.randint(1, 500), "x": x, **({"y": 0.5} if x > 0.5 else {})})
        self.assertNotIn("when", space.space()["y"])
        self.assertEqual(len(space._calls), 200)

    def test_keeps_what_others_have_found_out(self):
        space = learned.LearnedSpace()
        theirs = {"c": {**DOMAINS["c"], "when": {"kind": ["svc"]}}, "kind": DOMAINS["kind"]}
        space.adopt(theirs)
        space.learn_domain("kind", DOMAINS["kind"])
        space.learn_call({"kind": "rf"})
        self.assertEqual(space.space(theirs)["c"]["when"], {"kind": ["svc"]})

    def test_refuses_a_name_with_two_domains(self):
        space = learned.LearnedSpace()
        space.learn_domain("c", DOMAINS["c"])
        with self.assertRaisesRegex(
            DomainError, "'c' was suggested from float 0.001 to 1000.0, log before, and now from int"
        ):
            space.learn_domain("c", learned.int_domain(1, 2, 1, False))

    def test_draws_what_lies_in_the_domain(self):
        rng = random.Random(1)
        for domain in [*DOMAINS.values(), learned.int_domain(1, 100, 1, True), learned.float_domain(0, 1, 0.3, False)]:
            values = [learned.draw(domain, rng) for _ in range(300)]
            self.assertTrue(all(learned.contains(domain, value) for value in values), domain)
        self.assertEqual({learned.draw(DOMAINS["units"], rng) % 8 for _ in range(99)}, {0})

    def test_brings_bounds_onto_steps_and_refuses_what_makes_no_sense(self):
        self.assertEqual(learned.float_domain(0, 1, 0.3, False)["max"], 0.9)
        self.assertEqual(learned.int_domain(1, 2, 5, False), {"kind": "int", "min": 1, "max": 1, "scale": "linear"})
        for low, high, step, log in [(2, 1, None, False), (0, 1, None, True), (1, 2, 0.1, True), (0, 1, -1, False)]:
            with self.assertRaises(ValueError):
                learned.float_domain(low, high, step, log)

    def test_has_steps_without_the_noise_of_rounding(self):
        tenths = learned.float_domain(0, 1, 0.1, False)
        rng = random.Random(1)
        drawn = sorted({learned.draw(tenths, rng) for _ in range(300)})
        self.assertEqual(drawn, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
        self.assertEqual([learned.on_step(tenths, k * 0.1) for k in (3, 6, 7)], [0.3, 0.6, 0.7])
        for other in (0.35, 1.1, -0.1, "0.3", None):
            self.assertEqual(learned.on_step(tenths, other), other)
        self.assertEqual(learned.on_step(DOMAINS["c"], 0.1 + 0.2), 0.1 + 0.2)
        # Beyond what a double holds of the decimal number: as it is added up.
        tiny = learned.float_domain(0, 1e-23, 3e-24, False)
        self.assertEqual(tiny["max"], 3 * 3e-24)

    def test_gives_the_callers_own_choice_back(self):
        choices = [(1, 2), True, 1, None]
        self.assertIs(learned.choice_of([1, 2], choices), choices[0])
        self.assertIs(learned.choice_of(True, choices), True)
        self.assertEqual(learned.choice_of(1, choices), 1)
        with self.assertRaisesRegex(DomainError, "cannot be a choice"):
            learned.choice_domain([object()])

    def test_tells_true_from_one_as_the_service_does(self):
        self.assertEqual(learned.choice_domain([True, 1, 1.0, "1", 1])["choices"], [True, 1, "1"])
        space = learned.LearnedSpace()
        space.learn_domain("flag", learned.choice_domain([True, False]))
        with self.assertRaises(DomainError):
            space.learn_domain("flag", learned.choice_domain([1, 0]))
        space = learned.LearnedSpace()
        space.learn_domain("deep", learned.choice_domain([True, 1]))
        space.learn_domain("c", DOMAINS["c"])
        space.learn_call({"deep": True, "c": 1.0})
        space.learn_call({"deep": 1})
        self.assertEqual(space.space()["c"]["when"], {"deep": [True]})
        self.assertFalse(learned.is_active(space.space()["c"], {"deep": 1}))

    def test_refuses_what_the_service_would_before_anything_is_trained(self):
        for make in (
            lambda: learned.float_domain(0, math.inf, None, False),
            lambda: learned.float_domain(math.nan, 1, None, False),
            lambda: learned.float_domain(-1e308, 1e308, None, False),
            lambda: learned.int_domain(0, 2**53, 1, False),
            lambda: learned.int_domain(0, 9, 1.5, False),
            lambda: learned.choice_domain(range(1001)),
            lambda: learned.choice_domain([math.nan]),
            lambda: learned.choice_domain(["x" * 1001]),
            lambda: learned.LearnedSpace().learn_domain("", DOMAINS["c"]),
            lambda: learned.LearnedSpace().learn_domain("\U0001f600" * 51, DOMAINS["c"]),
            lambda: learned.LearnedSpace().learn_domain("__proto__", DOMAINS["c"]),
        ):
            with self.assertRaises(ValueError):
                make()
        space = learned.LearnedSpace()
        with self.assertRaisesRegex(DomainError, "'p200' is one parameter too many"):
            for number in range(201):
                space.learn_domain(f"p{number}", DOMAINS["c"])

    def test_is_told_in_plain_numbers(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("there is no numpy")
        domains = [
            learned.float_domain(numpy.float32(0), numpy.int64(1), numpy.float32(0.25), False),
            learned.int_domain(numpy.int64(1), numpy.float64(9), numpy.int32(2), False),
            learned.choice_domain([numpy.float32(0.5), numpy.bool_(True), (numpy.int64(3), 4)]),
        ]
        expected = [
            {"kind": "float", "min": 0, "max": 1, "scale": "linear", "step": 0.25},
            {"kind": "int", "min": 1, "max": 9, "scale": "linear", "step": 2},
            {"kind": "categorical", "choices": [0.5, True, [3, 4]]},
        ]
        self.assertEqual(json.loads(json.dumps(domains)), expected)
        self.assertEqual(learned.on_step(domains[1], numpy.float64(3.0)), 3)
        self.assertEqual(learned.on_step(domains[0], numpy.float32(0.5)), 0.5)
        self.assertIs(learned.on_step(domains[2], numpy.bool_(True)), True)


class Words(unittest.TestCase):
    def test_of_pruners_become_schedulers_with_the_steps_that_were_seen(self):
        steps = range(1, 11)
        self.assertEqual(pruners.MedianPruner(n_warmup_steps=2).spec(steps)["warmup"], 3)
        self.assertEqual(
            pruners.SuccessiveHalvingPruner().spec(steps),
            {"kind": "asha", "minResource": 1, "maxResource": 10, "eta": 4},
        )
        self.assertEqual(pruners.HyperbandPruner(max_resource=27).spec(steps)["maxResource"], 27)
        self.assertEqual(pruners.NopPruner().spec(steps), {"kind": "fifo"})

    def test_of_the_median_compare_where_trials_report(self):
        def median(steps, **options):
            spec = pruners.MedianPruner(**options).spec(steps)
            return spec["warmup"], spec["interval"], spec["maxResource"]

        self.assertEqual(median(range(1, 11)), (1, 1, 10))
        self.assertEqual(median([1, 11, 21, 31]), (1, 10, 31))
        self.assertEqual(median([1_000_001, 2_000_001, 3_000_001]), (1_000_001, 1_000_000, 3_000_001))
        self.assertEqual(median([7]), (7, 1, 7))
        self.assertEqual(median([1, 5, 9], n_warmup_steps=3, interval_steps=8), (4, 8, 9))
        warmup, interval, most = median([1, 2, 3_000_000])
        self.assertLessEqual((most - warmup) / interval, 1000)

    def test_of_options_that_are_left_as_they_are(self):
        pruners.MedianPruner(5, 0, 1, n_min_trials=1)
        rate = pruners.SuccessiveHalvingPruner(1, 2, min_early_stopping_rate=2, bootstrap_count=0)
        self.assertEqual(rate.spec(range(1, 100))["minResource"], 4)
        self.assertEqual(pruners.SuccessiveHalvingPruner().spec([1_000_000])["minResource"], 10_000)
        with self.assertRaisesRegex(NotImplementedError, "bootstrap_count"):
            pruners.HyperbandPruner(bootstrap_count=3)

    def test_of_samplers_become_samplers(self):
        self.assertEqual(
            samplers.TPESampler(seed=3, multivariate=True).spec, {"kind": "tpe", "startup": 10, "candidates": 24}
        )
        self.assertEqual(samplers.CmaEsSampler().spec, {"kind": "cma-es"})

    def test_of_storage_is_an_url(self):
        with self.assertRaisesRegex(ValueError, "storage is the URL of a Caviar service"):
            caviar.optuna_like.create_study(storage="sqlite:///x.db")
        with self.assertRaisesRegex(ValueError, "direction must be"):
            caviar.optuna_like.create_study(direction="up", storage="http://127.0.0.1:1", client=caviar.Client())


if __name__ == "__main__":
    unittest.main()
