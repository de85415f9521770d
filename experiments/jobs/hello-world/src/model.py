"""Logistic regression in plain Python: what the steps share."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import NamedTuple

FEATURES = 4


class Sample(NamedTuple):
    features: list[float]
    label: int


class Model(NamedTuple):
    """Weights, one for each feature and the bias last, and what they are worth."""

    weights: list[float]
    samples: int = 0
    """Samples that it was trained on: its share in the average."""
    loss: float = 0.0
    accuracy: float = 0.0


def save_samples(file: Path, samples: list[Sample]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([*sample.features, sample.label] for sample in samples)


def load_samples(file: Path) -> list[Sample]:
    with file.open(newline="") as rows:
        return [Sample([float(value) for value in row[:-1]], int(row[-1])) for row in csv.reader(rows)]


def save_model(directory: Path, model: Model) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "model.json").write_text(json.dumps(model._asdict()))


def load_model(directory: Path) -> Model:
    return Model(**json.loads((directory / "model.json").read_text()))


def probability(weights: list[float], features: list[float]) -> float:
    score = weights[-1] + sum(weight * value for weight, value in zip(weights, features, strict=False))
    # math.exp overflows beyond 709.
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))


def evaluate(weights: list[float], samples: list[Sample]) -> tuple[float, float]:
    """Mean log loss, and the share of samples that are told right."""
    loss, right = 0.0, 0
    for features, label in samples:
        chance = min(max(probability(weights, features), 1e-12), 1 - 1e-12)
        loss -= math.log(chance if label else 1 - chance)
        right += (chance > 0.5) == bool(label)
    return loss / len(samples), right / len(samples)


def descend(weights: list[float], samples: list[Sample], epochs: int, learning_rate: float) -> list[float]:
    """Gradient descent over all samples, `epochs` times."""
    weights = list(weights)
    for _ in range(epochs):
        gradient = [0.0] * len(weights)
        for features, label in samples:
            error = probability(weights, features) - label
            for place, value in enumerate([*features, 1.0]):
                gradient[place] += error * value
        weights = [
            weight - learning_rate * slope / len(samples) for weight, slope in zip(weights, gradient, strict=True)
        ]
    return weights


def average(models: list[Model]) -> Model:
    """Federated averaging: each model counts by the samples behind it."""
    samples = sum(model.samples for model in models)
    shares = [model.samples / samples for model in models]

    def mean(values: list[float]) -> float:
        return sum(share * value for share, value in zip(shares, values, strict=True))

    weights = [mean(list(column)) for column in zip(*(model.weights for model in models), strict=True)]
    return Model(weights, samples, mean([model.loss for model in models]), mean([model.accuracy for model in models]))
