"""What scripts do at the edges of Optuna: odd results, ends in the middle, several programs on one study."""

import logging
import multiprocessing
import random
import threading
import time
import unittest
import uuid

import caviar
import caviar.optuna_like as optuna
from caviar.optuna_like import _learned_space as learned
from caviar.optuna_like.trial import TrialState

COMPLETE, FAIL = TrialState.COMPLETE, TrialState.FAIL


def fresh_name():
    return f"edges {uuid.uuid4().hex}"


def parabola(trial):
    return (trial.suggest_float("x", -10, 10) - 2) ** 2


def slowly(trial):
    time.sleep(0.05)
    return parabola(trial)


def states_of(study):
    return [trial.state for trial in study.trials]


def status_of(study):
    return caviar.Client().get_search(study.search_id)["status"]


def take_part(name, n_trials):
    optuna.create_study(study_name=name, load_if_exists=True).optimize(slowly, n_trials=n_trials)


class Results(unittest.TestCase):
    def setUp(self):
        logging.getLogger("caviar").setLevel(logging.CRITICAL)
        self.addCleanup(logging.getLogger("caviar").setLevel, logging.NOTSET)

    def test_what_is_no_value_fails_its_trial_alone(self):
        for number in (0, 1):
            for odd in (None, "high", (1.0, 2.0), float("nan")):
                study = optuna.create_study()
                study.optimize(lambda trial: (parabola(trial), odd)[trial.number == number], n_trials=3)
                expected = [FAIL if each == number else COMPLETE for each in range(3)]
                self.assertEqual(states_of(study), expected, f"{odd!r} from trial {number}")

    def test_it_is_told(self):
        logging.getLogger("caviar").setLevel(logging.WARNING)
        with self.assertLogs("caviar", "WARNING") as told:
            optuna.create_study().optimize(lambda trial: parabola(trial) and None, n_trials=1)
        self.assertIn("trial 0 failed: the objective gave None, which is no number", told.output[0])

    def test_each_of_several_values_has_to_be_there(self):
        study = optuna.create_study(directions=["minimize", "maximize"])

        def objective(trial):
            x = parabola(trial)
            return [(x, -x), x, (x, float("nan")), None, (x, -x)][trial.number]

        study.optimize(objective, n_trials=5)
        self.assertEqual(states_of(study), [COMPLETE, FAIL, FAIL, FAIL, COMPLETE])
        self.assertTrue(all(len(trial.values) == 2 for trial in study.get_trials(states=[COMPLETE])))

    def test_choices_of_numpy(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("there is no numpy")
        study = optuna.create_study()
        study.optimize(lambda trial: float(trial.suggest_categorical("width", numpy.arange(3, 6))), n_trials=4)
        self.assertIn(study.best_params["width"], (3, 4, 5))


class Ends(unittest.TestCase):
    def test_a_stop_in_the_first_call_keeps_what_it_came_to(self):
        study = optuna.create_study()

        def objective(trial):
            trial.study.stop()
            return parabola(trial)

        study.optimize(objective, n_trials=8)
        self.assertEqual(states_of(study), [COMPLETE])

    def test_so_does_a_timeout_that_is_over_by_then(self):
        study = optuna.create_study()
        study.optimize(slowly, timeout=0.05)
        self.assertEqual(states_of(study), [COMPLETE])

    def test_none_means_until_the_callback_says_so(self):
        study = optuna.create_study()
        study.optimize(parabola, n_trials=0)
        self.assertEqual(study.trials, [])
        enough = optuna.study.MaxTrialsCallback(3, states=(COMPLETE,))
        study.optimize(parabola, callbacks=[enough])
        self.assertEqual(states_of(study), [COMPLETE] * 3)

    def test_as_many_jobs_as_processors_and_exceptions_in_a_list(self):
        def objective(trial):
            if trial.number == 1:
                raise ZeroDivisionError
            return parabola(trial)

        study = optuna.create_study()
        study.optimize(objective, n_trials=4, n_jobs=-1, catch=[ZeroDivisionError])
        self.assertEqual(states_of(study), [COMPLETE, FAIL, COMPLETE, COMPLETE])

    def test_after_an_exception_nobody_is_at_work(self):
        def objective(trial):
            if trial.number == 1:
                raise KeyboardInterrupt
            return parabola(trial)

        study = optuna.create_study()
        with self.assertRaises(KeyboardInterrupt):
            study.optimize(objective, n_trials=4)
        self.assertEqual(status_of(study), "paused")
        study.optimize(parabola, n_trials=2)
        self.assertEqual(states_of(study), [COMPLETE] * 3)

    def test_values_enqueued_when_all_trials_have_ended(self):
        study = optuna.create_study()
        study.optimize(parabola, n_trials=2)
        study.enqueue_trial({"x": 2.0})
        study.enqueue_trial({"x": 2.0}, skip_if_exists=True)
        study.optimize(parabola, n_trials=2)
        self.assertEqual(len(study.trials), 4)
        self.assertEqual([trial.params["x"] for trial in study.trials].count(2.0), 1)
        study.enqueue_trial({"x": 2.0}, skip_if_exists=True)
        study.enqueue_trial({"x": 3.0})
        asked = [study.ask(), study.ask()]  # the service had one ready before
        self.assertIn(3.0, [trial.suggest_float("x", -10, 10) for trial in asked])
        for trial in asked:
            study.tell(trial, 1.0)

    def test_when_every_combination_has_been_tried(self):
        study = optuna.create_study()

        def objective(trial):
            return len(trial.suggest_categorical("word", ["a", "bb", "ccc"]))

        study.optimize(objective, n_trials=10)
        self.assertEqual(states_of(study), [COMPLETE] * 3)
        with self.assertLogs("caviar", "WARNING") as told:
            study.optimize(objective, n_trials=5)
        self.assertIn("has nothing left to try", told.output[0])
        self.assertEqual(len(study.trials), 3)

    def test_a_name_that_is_taken(self):
        name = fresh_name()
        optuna.create_study(study_name=name).optimize(parabola, n_trials=1)
        with self.assertRaises(optuna.exceptions.DuplicatedStudyError):
            optuna.create_study(study_name=name)


class Steps(unittest.TestCase):
    def test_the_service_takes_whatever_is_drawn_or_enqueued(self):
        for low, high, step in [(0, 1, 0.1), (0, 1, 0.3), (-1.5, 2, 0.05), (1e-5, 1e-3, 1e-5), (0.1, 7.3, 0.7)]:
            domain = learned.float_domain(low, high, step, False)
            rng = random.Random(7)
            values = sorted({learned.draw(domain, rng) for _ in range(2_000)})
            spec = {
                "name": f"steps of {step}",
                "trainer": {"kind": "external"},
                "space": {"x": domain},
                "objective": {"metric": "loss", "direction": "minimize"},
                "stop": {"maxTrials": len(values)},
                "trials": [{"x": value} for value in values],
            }
            search = caviar.Client().create_search(spec)
            self.assertEqual(search["progress"]["total"], len(values), (low, high, step))

        study = optuna.create_study()
        for k in (3, 6, 7):
            study.enqueue_trial({"x": k * 0.1})
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1, step=0.1), n_trials=3)
        self.assertEqual([trial.params["x"] for trial in study.trials], [0.3, 0.6, 0.7])


class Several(unittest.TestCase):
    """Programs that share a study: each does its part, all trials are in one search."""

    def run_all(self, kind, target, args, count=2):
        workers = [kind(target=target, args=args) for _ in range(count)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(240)
        return workers

    def assert_done(self, name, trials):
        named = [search for search in caviar.Client().every_search() if search["name"] == name]
        self.assertEqual(len(named), 1)
        self.assertNotEqual(named[0]["status"], "running")
        study = optuna.load_study(study_name=name)
        self.assertEqual(states_of(study), [COMPLETE] * trials)

    def test_programs_that_begin_together(self):
        name = fresh_name()
        processes = self.run_all(multiprocessing.get_context("fork").Process, take_part, (name, 2))
        self.assertEqual([process.exitcode for process in processes], [0, 0])
        self.assert_done(name, 4)

    def test_one_that_leaves_while_another_hands_its_first_call_over(self):
        name = fresh_name()
        other, study = (optuna.create_study(study_name=name, load_if_exists=True) for _ in range(2))
        client = study._client
        add_trials = client.add_trials

        def late(search_id, trials):
            client.add_trials = add_trials
            client.patch_search(search_id, stop={"maxTrials": 2})
            client.pause_search(search_id)
            return add_trials(search_id, trials)

        def objective(trial):
            if other.search_id is None:
                other.optimize(parabola, n_trials=2)
                client.add_trials = late
            return parabola(trial)

        study.optimize(objective, n_trials=2)
        self.assertEqual(client.add_trials, add_trials)
        self.assert_done(name, 4)

    def test_one_whose_share_is_made_before_its_first_call_is_handed_over(self):
        name = fresh_name()
        other, study = (optuna.create_study(study_name=name, load_if_exists=True) for _ in range(2))
        called = []

        def objective(trial):
            if other.search_id is None:
                other.optimize(parabola, n_trials=2)
            called.append(trial.suggest_float("x", -10, 10))
            return parabola(trial)

        study.optimize(objective, n_trials=2, n_jobs=2)
        self.assert_done(name, 4)
        # The first call is one of the two, and made once.
        self.assertEqual(sorted(called), sorted(trial.params["x"] for trial in study.trials[2:]))

    def test_programs_that_are_forked(self):
        name = fresh_name()
        study = optuna.create_study(study_name=name)
        study.optimize(parabola, n_trials=2)
        fork = multiprocessing.get_context("fork").Process
        processes = self.run_all(fork, study.optimize, (slowly, 2))
        self.assertEqual([process.exitcode for process in processes], [0, 0])
        self.assert_done(name, 6)

    def test_threads_of_one_program(self):
        name = fresh_name()
        study = optuna.create_study(study_name=name)
        study.optimize(parabola, n_trials=2)
        self.run_all(threading.Thread, study.optimize, (slowly, 2))
        self.assert_done(name, 6)

    def test_somebody_who_comes_later(self):
        name = fresh_name()
        late = threading.Thread(target=take_part, args=(name, 2))
        study = optuna.create_study(study_name=name)

        def callback(study, trial):
            if trial.number == 1:
                late.start()

        study.optimize(slowly, n_trials=5, callbacks=[callback])
        late.join(240)
        self.assert_done(name, 7)


if __name__ == "__main__":
    unittest.main()
