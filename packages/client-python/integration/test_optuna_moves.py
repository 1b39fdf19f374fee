"""Scripts of Optuna's users that once stopped here: what they enqueue, report, constrain and call again."""

import logging
import os
import unittest
from datetime import datetime

import caviar
import caviar.optuna_like as optuna
from caviar.optuna_like.trial import TrialState

COMPLETE, FAIL, PRUNED = TrialState.COMPLETE, TrialState.FAIL, TrialState.PRUNED


def parabola(trial):
    return (trial.suggest_float("x", -10, 10) - 2) ** 2


def spec_of(study):
    return caviar.Client().get_search(study.search_id)["spec"]


class Branches(unittest.TestCase):
    def test_on_a_float_are_drawn_always_from_the_trial_on_that_shows_them(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            return x + (trial.suggest_float("y", 0, 1) if x > 0.5 else 0)

        study = optuna.create_study()
        study.enqueue_trial({"x": 0.1})
        study.enqueue_trial({"x": 0.9, "y": 0.125})
        study.enqueue_trial({"x": 0.2})
        study.optimize(objective, n_trials=8)
        self.assertEqual([trial.params for trial in study.trials[:3]], [{"x": 0.1}, {"x": 0.9, "y": 0.125}, {"x": 0.2}])
        self.assertEqual({trial.state for trial in study.trials}, {COMPLETE})
        self.assertIn("y", spec_of(study)["space"])

    def test_that_are_enqueued_before_they_are_known(self):
        def objective(trial):
            if trial.suggest_categorical("kind", ["a", "b"]) == "a":
                return trial.suggest_float("x", 0, 1)
            return trial.suggest_float("y", 0, 1) + trial.suggest_int("z", 0, 4)

        study = optuna.create_study()
        given = [{"kind": "a", "x": 0.5}, {"kind": "b", "y": 0.25, "z": 3}, {"kind": "b", "y": 0.75, "z": 1}]
        for params in given:
            study.enqueue_trial(params)
        study.optimize(objective, n_trials=8)
        self.assertEqual([trial.params for trial in study.trials[:3]], given)
        self.assertEqual(spec_of(study)["space"]["y"]["when"], {"kind": ["b"]})


class Calls(unittest.TestCase):
    def test_of_an_objective_with_a_trial_that_has_been(self):
        study = optuna.create_study()
        seen = []

        def objective(trial):
            width = trial.suggest_categorical("widths", [(8,), (8, 4)])
            seen.append(width)
            trial.report(1.0, 0)
            self.assertFalse(trial.should_prune())
            trial.set_user_attr("width", width[0])
            return parabola(trial) + len(width)

        study.optimize(objective, n_trials=4)
        self.assertAlmostEqual(objective(study.best_trial), study.best_value)
        self.assertIsInstance(seen[-1], tuple)
        there = optuna.load_study(study_name=study.study_name).best_trial
        self.assertAlmostEqual(objective(there), study.best_value)
        with self.assertRaisesRegex(ValueError, "has no parameter 'other'"):
            there.suggest_float("other", 0, 1)
        with self.assertRaisesRegex(ValueError, "does not allow"):
            there.suggest_float("x", 20, 30)

    def test_that_only_report_are_not_pruned(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            for step in range(3):
                trial.report(x, step)
            return x

        study = optuna.create_study()
        study.optimize(objective, n_trials=9)
        self.assertEqual({trial.state for trial in study.trials}, {COMPLETE})
        self.assertEqual(spec_of(study)["scheduler"], {"kind": "fifo"})
        self.assertEqual(list(study.trials[8].intermediate_values), [0, 1, 2])

    def test_that_report_seldom_are_compared_where_they_do(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            for step in (100_000_000, 200_000_000, 300_000_000):
                trial.report(x, step)
                if trial.should_prune():
                    raise optuna.TrialPruned()
            return x

        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=3))
        study.optimize(objective, n_trials=12)
        states = [trial.state for trial in study.trials]
        self.assertEqual(len(states), 12)
        self.assertEqual(set(states), {COMPLETE, PRUNED})
        self.assertEqual(spec_of(study)["scheduler"]["interval"], 100_000_000)

    def test_that_are_pruned_take_what_is_enqueued_before_the_first(self):
        def objective(trial):
            x = parabola(trial)
            trial.report(x, 0)
            trial.should_prune()
            return x

        study = optuna.create_study()
        study.enqueue_trial({"x": 1.0})
        study.enqueue_trial({"x": 3.0})
        study.optimize(objective, n_trials=3)
        self.assertEqual([trial.params["x"] for trial in study.trials[:2]], [1.0, 3.0])
        with self.assertLogs("caviar", "WARNING") as told:
            study.enqueue_trial({"x": 2.0})
        self.assertIn("{'x': 2.0} is not tried", told.output[0])
        study.optimize(objective, n_trials=2)
        self.assertEqual(len(study.trials), 5)

    def test_with_a_step_that_is_none_say_so(self):
        study = optuna.create_study()
        for step, message in ((-1, "must not be below 0: -1"), (2**31 - 1, "must be at most 2147483646")):
            with self.assertRaisesRegex(ValueError, message):
                study.optimize(lambda trial: trial.report(parabola(trial), step), n_trials=1)  # noqa: B023

    def test_that_fail_before_they_suggest_anything(self):
        logging.getLogger("caviar").setLevel(logging.CRITICAL)
        self.addCleanup(logging.getLogger("caviar").setLevel, logging.NOTSET)
        study = optuna.create_study()
        numbers = []

        def objective(trial):
            numbers.append(trial.number)
            if len(numbers) < 3:
                raise OSError("the data are not there yet")
            return parabola(trial)

        study.optimize(objective, n_trials=5, catch=(OSError,))
        self.assertEqual(len(numbers), 5)
        self.assertEqual([trial.state for trial in study.trials], [COMPLETE] * 3)
        self.assertEqual([trial.number for trial in study.trials], [0, 1, 2])
        never = optuna.create_study()
        never.optimize(lambda trial: 1 / 0, n_trials=2, catch=(ZeroDivisionError,))
        self.assertEqual(never.trials, [])


class Constraints(unittest.TestCase):
    def test_of_several_objectives(self):
        # The tutorial's own: Binh and Korn's function.
        def objective(trial):
            x, y = trial.suggest_float("x", -15, 30), trial.suggest_float("y", -15, 30)
            trial.set_user_attr("constraint", ((x - 5) ** 2 + y**2 - 25, -((x - 8) ** 2) - (y + 3) ** 2 + 7.7))
            return 4 * x**2 + 4 * y**2, (x - 5) ** 2 + (y - 5) ** 2

        def constraints(trial):
            return trial.user_attrs["constraint"]

        sampler = optuna.samplers.TPESampler(constraints_func=constraints, seed=1)
        study = optuna.create_study(directions=["minimize", "minimize"], sampler=sampler)
        study.enqueue_trial({"x": 20.0, "y": 20.0})
        study.enqueue_trial({"x": 2.0, "y": 1.0})
        study.optimize(objective, n_trials=20)
        self.assertEqual(spec_of(study)["constraints"], [{"metric": f"constraint{i}", "max": 0} for i in (0, 1)])
        best = study.best_trials
        self.assertGreater(len(best), 0)
        for trial in best:
            self.assertTrue(all(value <= 0 for value in trial.user_attrs["constraint"]))

    def test_with_ask_and_tell(self):
        sampler = optuna.samplers.GPSampler(constraints_func=lambda trial: [1 - trial.params["x"]])
        study = optuna.create_study(sampler=sampler)
        for x in (0.5, 3.0, 1.5):
            study.enqueue_trial({"x": x})
        for _ in range(3):
            trial = study.ask()
            study.tell(trial, trial.suggest_float("x", 0, 5))
        self.assertEqual(study.best_params, {"x": 1.5})


class Values(unittest.TestCase):
    def test_are_enqueued_with_attributes_and_as_they_come(self):
        study = optuna.create_study()
        study.enqueue_trial({"x": 1, "n": 3.0}, user_attrs={"memo": "by hand"})
        study.optimize(lambda trial: parabola(trial) + trial.suggest_int("n", 0, 5), n_trials=2)
        first = study.trials[0]
        self.assertEqual((first.params, first.user_attrs), ({"x": 1.0, "n": 3}, {"memo": "by hand"}))
        self.assertEqual([type(value) for value in first.params.values()], [float, int])
        self.assertIsInstance(optuna.load_study(study_name=study.study_name).trials[0].params["x"], float)

    def test_are_floats_and_times_local(self):
        study = optuna.create_study()
        before = datetime.now().replace(microsecond=0)
        study.optimize(lambda trial: trial.suggest_int("n", 1, 3), n_trials=1)
        self.assertIsInstance(study.best_value, float)
        self.assertLess(abs((study.best_trial.datetime_start - before).total_seconds()), 600)

    def test_of_numpy(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("there is no numpy")
        study = optuna.create_study()
        study.enqueue_trial({"x": numpy.float32(0.5), "n": numpy.int64(4)})

        def objective(trial):
            x = trial.suggest_float("x", numpy.float32(0), 1, step=numpy.float32(0.25))
            return numpy.float32(x + trial.suggest_int("n", 0, 8, step=numpy.int64(2)))

        study.optimize(objective, n_trials=4)
        self.assertEqual(study.trials[0].params, {"x": 0.5, "n": 4})
        self.assertEqual({trial.state for trial in study.trials}, {COMPLETE})


class Refusals(unittest.TestCase):
    def test_come_before_the_first_trial_is_trained(self):
        def never(trial):
            raise AssertionError("it was called")

        for options, pointer in (
            ({"study_name": "x" * 201}, "/name"),
            ({"sampler": optuna.samplers.TPESampler(seed=-1)}, "/seed"),
            ({"sampler": optuna.samplers.NSGAIISampler(population_size=1)}, "/sampler/population"),
            ({"sampler": optuna.samplers.CmaEsSampler(), "directions": ["minimize"] * 2}, "/sampler/kind"),
            ({"pruner": optuna.pruners.HyperbandPruner(reduction_factor=1)}, "/scheduler/eta"),
        ):
            with self.assertRaises(caviar.InvalidError) as refused:
                optuna.create_study(**options).optimize(never, n_trials=2)
            self.assertEqual(refused.exception.errors[0]["pointer"], pointer)
        for options in ({"sampler": "tpe"}, {"pruner": optuna.pruners.MedianPruner}):
            with self.assertRaisesRegex(TypeError, "made with its options"):
                optuna.create_study(**options)
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(n_startup_trials=0))
        study.optimize(parabola, n_trials=1)


class Forks(unittest.TestCase):
    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork here")
    def test_that_end_inside_a_block_give_nothing_back(self):
        search = caviar.Search.start(caviar.Client(), {"x": caviar.Float(0, 1)}, max_trials=2)
        for trial in search.trials():
            with trial:
                child = os.fork()
                if child == 0:
                    try:
                        with trial:
                            raise SystemExit
                    finally:
                        os._exit(0)
                os.waitpid(child, 0)
                trial.complete(trial["x"])
        ended = list(caviar.Client().every_trial(search.id))
        self.assertEqual([(each["status"], each["attempts"]) for each in ended], [("completed", 1)] * 2)


if __name__ == "__main__":
    unittest.main()
