"""The hello-world's Python, unit by unit. `modelTest.py DIRECTORY` takes its sources from there."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, sys.argv.pop(1))

from model import (
    Model,
    Sample,
    average,
    descend,
    evaluate,
    load_model,
    load_samples,
    probability,
    save_model,
    save_samples,
)
from prepare import synthetic


class Learning(unittest.TestCase):
    def test_probability(self) -> None:
        self.assertEqual(probability([0.0, 0.0], [3.0]), 0.5)
        self.assertGreater(probability([1.0, 0.0], [3.0]), 0.95)
        # Where math.exp would overflow.
        self.assertAlmostEqual(probability([1000.0, 0.0], [-1000.0]), 0.0)

    def test_one_step_of_descent_by_hand(self) -> None:
        samples = [Sample([1.0], 1), Sample([3.0], 0)]
        # Errors -0.5 and 0.5: slopes (-0.5 * 1 + 0.5 * 3) / 2 and 0.
        self.assertEqual(descend([0.0, 0.0], samples, 1, 0.1), [-0.05, 0.0])

    def test_descent_leaves_its_input_alone(self) -> None:
        weights = [0.0, 0.0]
        descend(weights, [Sample([1.0], 1)], 3, 0.1)
        self.assertEqual(weights, [0.0, 0.0])

    def test_evaluate(self) -> None:
        loss, accuracy = evaluate([10.0, 0.0], [Sample([1.0], 1), Sample([-1.0], 0), Sample([1.0], 0)])
        self.assertAlmostEqual(accuracy, 2 / 3)
        self.assertGreater(loss, 3)

    def test_average_counts_by_samples(self) -> None:
        common = average([Model([0.0, 4.0], 100, 1.0, 0.5), Model([4.0, 0.0], 300, 2.0, 0.9)])
        self.assertEqual(common, Model([3.0, 1.0], 400, 1.75, 0.8))

    def test_average_of_one_is_itself(self) -> None:
        self.assertEqual(average([Model([1.5], 7, 0.1, 0.9)]), Model([1.5], 7, 0.1, 0.9))


class Files(unittest.TestCase):
    def test_samples_and_models_come_back(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            directory = Path(name, "below")
            samples = [Sample([0.1, -2e-9], 1), Sample([3.0, 4.0], 0)]
            save_samples(directory / "train.csv", samples)
            self.assertEqual(load_samples(directory / "train.csv"), samples)
            save_model(directory, Model([1 / 3], 5, 0.25, 0.5))
            self.assertEqual(load_model(directory), Model([1 / 3], 5, 0.25, 0.5))


class Data(unittest.TestCase):
    def test_the_same_seed_gives_the_same_data_and_another_gives_other(self) -> None:
        self.assertEqual(synthetic("silo0", 20), synthetic("silo0", 20))
        self.assertNotEqual(synthetic("silo0", 20), synthetic("silo1", 20))
        self.assertEqual({len(sample.features) for sample in synthetic("silo0", 20)}, {4})


unittest.main()
