"""Against a real service at CAVIAR_URL; tests/python-client.test.ts runs this."""

import _thread
import tempfile
import threading
import time
import unittest
import uuid

import caviar
import caviar.optuna_like as optuna

CLIENT = caviar.Client()
SPACE = {"x": caviar.Float(-10, 10)}


def start(**spec):
    return caviar.Search.start(CLIENT, SPACE, **{"metric": "cost", "max_trials": 3, **spec})


def trials_of(search_id):
    return list(CLIENT.every_trial(search_id))


class AskAndTell(unittest.TestCase):
    def test_a_loop_trains_every_trial(self):
        search = start(max_trials=4, params={"epochs": 2})
        for trial in search.trials():
            for epoch in range(1, trial["epochs"] + 1):
                self.assertTrue(trial.report(epoch, cost=abs(trial["x"]) + 1 / epoch))
        trials = trials_of(search.id)
        self.assertEqual([trial["status"] for trial in trials], ["completed"] * 4)
        self.assertEqual(search.best()["value"], min(trial["value"] for trial in trials))
        curve = CLIENT.measurements(trials[0]["id"])["items"]
        self.assertEqual([item["step"] for item in curve], [1, 2])

    def test_context_managers_end_trials_by_what_happens_in_them(self):
        search = start(max_trials=4)
        handed_out = search.trials()
        with next(handed_out) as first:
            first.report(1, 5.0)
        with next(handed_out) as second:
            second.report(1, {"cost": 7.0})
            raise caviar.TrialPruned("no use")
        with self.assertRaisesRegex(ZeroDivisionError, "division"):
            with next(handed_out):
                1 / 0
        with next(handed_out) as fourth:
            fourth.complete(cost=float("nan"))
        self.assertEqual(list(handed_out), [])
        ended = [(trial["status"], trial["value"], trial["reason"]) for trial in trials_of(search.id)]
        self.assertEqual(
            ended,
            [
                ("completed", 5.0, None),
                ("pruned", 7.0, "no use"),
                ("failed", None, "ZeroDivisionError: division by zero"),
                ("infeasible", None, "cost is not finite"),
            ],
        )

    def test_an_interruption_gives_the_trial_back_and_so_does_leaving_the_loop(self):
        search = start(max_trials=1)
        with self.assertRaises(KeyboardInterrupt):
            for trial in search.trials():
                with trial:
                    raise KeyboardInterrupt
        self.assertEqual(trials_of(search.id)[0]["status"], "queued")
        for trial in search.trials():
            break
        handed_back = trials_of(search.id)[0]
        self.assertEqual((handed_back["status"], handed_back["attempts"]), ("queued", 2))
        for trial in search.trials():
            trial.complete(1.0)
        self.assertEqual(search.info()["status"], "completed")

    def test_heartbeats_keep_a_trial_and_hear_that_it_was_cancelled(self):
        search = start(max_trials=1, max_retries=0)
        for trial in search.trials(lease=1.0):
            with trial:
                time.sleep(2.2)  # twice as long as the lease
                self.assertFalse(trial.should_stop)
                CLIENT.cancel_trial(trial.id)
                deadline = time.monotonic() + 20
                while not trial.should_stop and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertEqual((trial.should_stop, trial.reason), (True, "the trial was cancelled"))
        ended = trials_of(search.id)[0]
        self.assertEqual((ended["status"], ended["attempts"]), ("cancelled", 1))

    def test_a_trial_that_is_somebody_elses_is_left(self):
        search = start(max_trials=1)
        mine = search.ask(worker="twin")
        theirs = search.ask(worker="twin")
        self.assertFalse(mine.report(1, cost=1.0))
        self.assertTrue(mine.should_stop)
        mine.complete(1.0)
        theirs.complete(2.0)
        self.assertEqual(search.best()["value"], 2.0)

    def test_a_result_counts_though_the_search_was_paused_meanwhile(self):
        search = start(max_trials=2, parallelism=2)
        told, left = search.ask(), search.ask()
        CLIENT.pause_search(search.id)
        self.assertFalse(told.report(1, 5.0))
        self.assertFalse(left.report(1, 5.0))
        left.complete()  # as a block does that is left because of it
        told.complete(0.25)
        self.assertEqual([trial["status"] for trial in trials_of(search.id)], ["completed", "paused"])
        self.assertEqual(CLIENT.get_trial(told.id)["value"], 0.25)
        CLIENT.cancel_search(search.id)

    def test_a_result_beyond_where_it_is_compared_is_refused_in_words(self):
        search = start(max_trials=3, scheduler={"kind": "asha", "minResource": 1, "maxResource": 4, "eta": 2})
        trial = search.ask()
        self.assertFalse(trial.report(1, cost=1.0))
        trial.complete(cost=0.0)
        self.assertRegex(trial.reason, "was to pause at step 1, where its scheduler compares it")
        self.assertIsNone(CLIENT.get_trial(trial.id)["endedAt"])
        CLIENT.cancel_search(search.id)

    def test_a_loop_leaves_trials_that_wait_and_has_them_again(self):
        search = start(max_trials=3, scheduler={"kind": "asha", "minResource": 1, "maxResource": 4, "eta": 2})
        begun = []
        for trial in search.trials():
            begun.append((trial.number, trial.step))
            for step in range(trial.step + 1, 5):
                if not trial.report(step, cost=abs(trial["x"]) + 1 / step):
                    break
        self.assertIn(0, [step for _, step in begun])
        self.assertTrue(any(step > 0 for _, step in begun), begun)
        self.assertEqual(search.info()["progress"]["failed"], 0)


class Optimize(unittest.TestCase):
    def test_a_function_in_threads_waits_where_it_is(self):
        calls, stopped, lock = [], [], threading.Lock()

        def function(trial):
            with lock:
                calls.append(trial.number)
            try:
                for step in range(1, 5):
                    trial.report(step, (trial["x"] - 1) ** 2 + 1 / step)
            except caviar.TrialStopped:
                with lock:
                    stopped.append(trial.number)
                raise
            return (trial["x"] - 1) ** 2

        search = caviar.Search.start(
            CLIENT,
            SPACE,
            max_trials=8,
            parallelism=3,
            seed=5,
            sampler="random",
            scheduler={"kind": "asha", "minResource": 1, "maxResource": 4, "eta": 2},
        )
        search.optimize(function, n_jobs=3)
        trials = trials_of(search.id)
        pruned = [trial["number"] for trial in trials if trial["status"] == "pruned"]
        self.assertEqual(sorted(calls), list(range(8)))
        self.assertGreater(len(pruned), 1)
        self.assertEqual(sorted(stopped), pruned)
        self.assertEqual({trial["step"] for trial in trials if trial["status"] == "completed"}, {4})

    def test_exceptions_end_it_unless_they_are_caught(self):
        def function(trial):
            if trial.number == 1:
                raise ValueError("odd")
            return trial.number

        search = start(metric="value")
        with self.assertRaisesRegex(ValueError, "odd"):
            search.optimize(function)
        search.optimize(function, catch=(ValueError,))
        self.assertEqual([trial["status"] for trial in trials_of(search.id)], ["completed", "failed", "completed"])

    def test_an_interruption_gives_back_what_runs(self):
        search = start(max_trials=2, parallelism=2)
        running = threading.Barrier(2)

        def function(trial):
            if running.wait(30) == 0:
                _thread.interrupt_main()
            threading.Event().wait(3)
            trial.report(1, 1.0)

        with self.assertRaises(KeyboardInterrupt):
            search.optimize(function, n_jobs=2)
        self.assertEqual([trial["status"] for trial in trials_of(search.id)], ["queued", "queued"])
        CLIENT.cancel_search(search.id)

    def test_waits_while_the_search_is_paused(self):
        search = start(max_trials=1)

        def function(trial):
            CLIENT.pause_search(search.id)
            threading.Timer(0.3, CLIENT.resume_search, [search.id]).start()
            trial.report(1, 4.0)
            return 3.0

        self.assertEqual(search.optimize(function)["value"], 3.0)
        self.assertEqual(trials_of(search.id)[0]["step"], 1)

    def test_a_decorated_function_searches_its_parameters(self):
        @caviar.objective({**SPACE, "shape": caviar.Choice(["bowl", "plane"])}, max_trials=8, seed=2)
        def cost(x, shape, trial):
            trial.report(1, abs(x))
            return (x - 2) ** 2 if shape == "bowl" else 100.0

        best = cost.optimize(client=CLIENT)
        self.assertEqual(best["params"]["shape"], "bowl")
        self.assertEqual(cost(1, "bowl", trial=caviar_stub()), 1)

    def test_errors_point_at_what_is_wrong(self):
        with self.assertRaises(caviar.InvalidError) as caught:
            caviar.optimize(lambda trial: 1, {"x": caviar.Float(2, 1)}, max_trials=1, client=CLIENT)
        self.assertEqual([error["pointer"] for error in caught.exception.errors], ["/space/x/max"])
        self.assertEqual(caught.exception.code, "invalid-spec")
        with self.assertRaises(caviar.NotFoundError):
            CLIENT.get_search("nope")


def caviar_stub():
    class Stub:
        def report(self, *_):
            return True

    return Stub()


class Reading(unittest.TestCase):
    def test_boards_events_exports_and_pages(self):
        search = start(max_trials=5)
        seen = []

        def follow():
            seen.extend(CLIENT.follow_events(search.id, after="0"))

        follower = threading.Thread(target=follow)
        follower.start()
        search.optimize(lambda trial: {"cost": abs(trial["x"])})
        follower.join(30)
        self.assertFalse(follower.is_alive())
        ended = [
            each.event["number"]
            for each in seen
            if each.event.get("status") == "completed" and each.event["kind"] == "trial"
        ]
        self.assertEqual(ended, [0, 1, 2, 3, 4])
        rest = list(CLIENT.follow_events(search.id, after=seen[5].id))
        self.assertEqual([each.id for each in rest], [each.id for each in seen[6:]])
        boards = list(CLIENT.watch_leaderboard(search.id, limit=2))
        self.assertEqual(len(boards[-1]["entries"]), 2)
        tagged = CLIENT.leaderboard(search.id)
        self.assertIsNone(CLIENT.leaderboard(search.id, etag=tagged.etag))
        self.assertEqual([entry["rank"] for entry in CLIENT.every_entry(search.id)], [1, 2, 3, 4, 5])
        self.assertEqual(b"".join(CLIENT.export_trials(search.id)).count(b"\n"), 6)
        self.assertIn(search.id, [each["id"] for each in CLIENT.every_search(status="completed")])
        self.assertEqual(CLIENT.get_dataset("digits")["features"], 64)
        self.assertEqual(CLIENT.readiness()["status"], "ok")

    def test_data_sets_are_uploaded_and_deleted(self):
        rows = "".join(f"{i},{i % 3},{'yes' if i % 2 else 'no'}\n" for i in range(60))
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write("a,b,label\n" + rows)
            file.flush()
            name = f"mine-{uuid.uuid4().hex[:8]}"
            made = CLIENT.create_dataset(name, "csv", {"file": file.name}, target="label")
        self.assertEqual((made["rows"], made["classNames"]), (60, ["no", "yes"]))
        again = CLIENT.create_dataset(name, "csv", {"file": ("a,b,label\n" + rows).encode()}, target="label")
        self.assertEqual(again["id"], made["id"])
        self.assertEqual(CLIENT.get_dataset(made["id"])["summary"]["target"]["name"], "label")
        CLIENT.delete_dataset(made["id"])
        with self.assertRaises(caviar.NotFoundError):
            CLIENT.get_dataset(made["id"])
        with self.assertRaises(caviar.InvalidError) as caught:
            CLIENT.create_dataset("x", "csv", {"file": b"a,b\n1\n"})
        self.assertEqual(caught.exception.code, "invalid-dataset")

    def test_what_pages_draw(self):
        search = start(max_trials=4, metric="value")
        search.optimize(lambda trial: trial.number)
        table = CLIENT.trial_table(search.id, sort="params.x", filter={"value": {"max": 2}}, status=["completed"])
        self.assertEqual(table["total"], 3)
        self.assertEqual(CLIENT.best_so_far(search.id)["items"][0]["value"], 0)
        self.assertEqual(len(CLIENT.trial_points(search.id)["number"]), 4)
        self.assertEqual(len(CLIENT.trial_curves(search.id, numbers=[1, 2])["items"]), 2)
        self.assertEqual(CLIENT.search_timeline(search.id)["items"][0]["status"], "completed")
        self.assertEqual(next(CLIENT.follow_changes())["kind"], "ready")


class OptunaLike(unittest.TestCase):
    def test_a_script_moves_over(self):
        def objective(trial):
            x = trial.suggest_float("x", -10, 10)
            n = trial.suggest_int("n", 1, 8, log=True)
            shape = trial.suggest_categorical("shape", [(1, 2), None, True])
            return (x - 2) ** 2 + n + (0 if shape == (1, 2) else 5)

        seen = []
        study = optuna.create_study(direction="minimize", sampler=optuna.samplers.TPESampler(seed=1))
        study.optimize(objective, n_trials=12, callbacks=[lambda study, trial: seen.append(trial.number)])
        self.assertEqual(seen, list(range(12)))
        self.assertEqual(len(study.trials), 12)
        self.assertEqual(set(study.best_params), {"x", "n", "shape"})
        self.assertEqual(study.best_value, min(trial.value for trial in study.trials))
        self.assertEqual(study.best_trial.state, optuna.TrialState.COMPLETE)
        self.assertIn(study.trials[3].params["shape"], [(1, 2), None, True])
        self.assertEqual(study.direction, optuna.StudyDirection.MINIMIZE)
        study.optimize(objective, n_trials=3, n_jobs=2)
        self.assertEqual([trial.number for trial in study.trials], list(range(15)))

    def test_branches_are_learned(self):
        def objective(trial):
            kind = trial.suggest_categorical("kind", ["svc", "rf"])
            if kind == "svc":
                return abs(trial.suggest_float("c", 1e-3, 1e3, log=True) - 1)
            return 0.5 + abs(trial.suggest_int("depth", 2, 32) - 8)

        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=3))
        study.optimize(objective, n_trials=10)
        space = CLIENT.get_search(study.search_id)["spec"]["space"]
        self.assertEqual(
            {name: domain.get("when") for name, domain in space.items()},
            {"kind": None, "c": {"kind": ["svc"]}, "depth": {"kind": ["rf"]}},
        )
        for trial in study.trials:
            self.assertEqual(set(trial.params), {"kind", "c" if trial.params["kind"] == "svc" else "depth"})
        # From then on the service draws a branch's parameters, and nothing else.
        last = study.trials[-1]
        self.assertEqual(last.params, last.raw["params"])
        # What had to be drawn here is kept as a metric.
        drawn = [trial for trial in study.trials if any(name.startswith("drawn.") for name in trial.raw["metrics"])]
        self.assertEqual(len(drawn), 1)
        self.assertEqual(
            drawn[0].raw["metrics"],
            {
                "value": drawn[0].value,
                **{f"drawn.{name}": value for name, value in drawn[0].params.items() if name != "kind"},
            },
        )

    def test_pruners_end_trials_early(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            for step in range(4):
                trial.report(x + 1 / (step + 1), step)
                if trial.should_prune():
                    raise optuna.TrialPruned()
            return x

        pruner = optuna.pruners.MedianPruner(n_startup_trials=2)
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=2), pruner=pruner)
        study.optimize(objective, n_trials=7)
        states = [trial.state for trial in study.trials]
        self.assertGreater(states.count(optuna.TrialState.PRUNED), 0)
        self.assertEqual(states.count(optuna.TrialState.PRUNED) + states.count(optuna.TrialState.COMPLETE), 7)
        pruned = study.get_trials(states=[optuna.TrialState.PRUNED])[0]
        self.assertLess(len(pruned.intermediate_values), 4)
        self.assertEqual(list(study.best_trial.intermediate_values), [0, 1, 2, 3])

    def test_studies_have_names_end_early_and_take_values_of_ones_own(self):
        name = f"named-{uuid.uuid4().hex[:8]}"

        def objective(trial):
            return trial.suggest_float("x", 0, 1) + trial.suggest_float("y", 0, 1)

        study = optuna.create_study(study_name=name, direction="maximize")
        study.enqueue_trial({"x": 0.25})
        study.enqueue_trial({"x": 0.5, "y": 0.125})
        study.optimize(objective, callbacks=[lambda study, trial: trial.number == 3 and study.stop()])
        self.assertEqual([trial.params["x"] for trial in study.trials[:2]], [0.25, 0.5])
        self.assertEqual(study.trials[1].value, 0.625)
        self.assertEqual(CLIENT.get_search(study.search_id)["status"], "paused")
        with self.assertRaisesRegex(optuna.exceptions.OptunaError, "there is a study"):
            optuna.create_study(study_name=name)
        again = optuna.create_study(study_name=name, load_if_exists=True)
        before = len([trial for trial in again.trials if trial.state.is_finished()])
        again.enqueue_trial({"x": 1.0, "y": 1.0})
        again.optimize(objective, n_trials=4)
        self.assertEqual(again.best_value, 2.0)
        self.assertEqual(again.best_params, {"x": 1.0, "y": 1.0})
        self.assertEqual(len([trial for trial in again.trials if trial.state.is_finished()]), before + 4)
        optuna.delete_study(study_name=name)
        with self.assertRaises(KeyError):
            optuna.load_study(study_name=name)

    def test_exceptions_failures_and_domains_that_change(self):
        def fails(trial):
            trial.suggest_float("x", 0, 1)
            raise RuntimeError("boom")

        study = optuna.create_study()
        with self.assertRaisesRegex(RuntimeError, "boom"):
            study.optimize(fails, n_trials=3)
        self.assertEqual(study.trials, [])
        study.optimize(fails, n_trials=3, catch=RuntimeError)
        self.assertEqual([trial.state for trial in study.trials], [optuna.TrialState.FAIL] * 3)
        with self.assertRaisesRegex(ValueError, "no trials are completed yet"):
            study.best_trial
        changing = optuna.create_study()
        with self.assertRaisesRegex(optuna.DomainError, "one name has one domain"):
            changing.optimize(lambda trial: trial.suggest_float("x", 0, 1 + trial.number), n_trials=2)
        with self.assertRaisesRegex(optuna.exceptions.OptunaError, "has suggested nothing"):
            optuna.create_study().optimize(lambda trial: 1.0, n_trials=2)

    def test_a_pruned_trial_is_never_the_best(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            total = 0
            for step in range(4):
                total += 1 + x  # a cost that adds up: the fewer steps, the less
                trial.report(total, step)
                if trial.should_prune():
                    raise optuna.TrialPruned()
            return total

        study = optuna.create_study(pruner=optuna.pruners.MedianPruner(n_startup_trials=2))
        study.optimize(objective, n_trials=12)
        states = optuna.TrialState
        self.assertTrue(study.get_trials(states=[states.PRUNED]))
        self.assertEqual(study.best_trial.state, states.COMPLETE)
        self.assertEqual(study.best_value, min(t.value for t in study.get_trials(states=[states.COMPLETE])))

    def test_the_front_is_that_of_completed_trials(self):
        def objective(trial):
            x, y = trial.suggest_float("x", 0, 1), trial.suggest_float("y", 0, 1)
            return x + y**2, (x - 1) ** 2 - y

        study = optuna.create_study(directions=["minimize", "maximize"], sampler=optuna.samplers.RandomSampler(seed=2))
        study.optimize(objective, n_trials=25)

        def is_ahead(a, b):
            return a != b and a[0] <= b[0] and a[1] >= b[1]

        values = {trial.number: trial.values for trial in study.trials}
        front = {n for n, own in values.items() if not any(is_ahead(other, own) for other in values.values())}
        self.assertEqual({trial.number for trial in study.best_trials}, front)

    def test_several_objectives_have_a_front(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 2)
            return x**2, (x - 2) ** 2

        study = optuna.create_study(directions=["minimize", "minimize"], sampler=optuna.samplers.RandomSampler(seed=1))
        study.optimize(objective, n_trials=6)
        front = study.best_trials
        self.assertEqual(len(front), 6)  # every x between the two minima is on it
        self.assertEqual(len(front[0].values), 2)


if __name__ == "__main__":
    unittest.main()
