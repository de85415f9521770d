"""Makes a silo's data up: the same seed, the same data. Nobody's data is in it."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from model import FEATURES, Sample, probability, save_samples

# What all silos have in common, and what training is to find.
TRUTH = [1.5, -2.0, 0.7, 0.0, 0.3]


def synthetic(seed: str, count: int) -> list[Sample]:
    """Samples whose features lie elsewhere in each silo, as they do in life."""
    source = random.Random(seed)
    centre = [source.uniform(-1, 1) for _ in range(FEATURES)]
    samples = []
    for _ in range(count):
        features = [source.gauss(middle, 1) for middle in centre]
        samples.append(Sample(features, int(source.random() < probability(TRUTH, features))))
    return samples


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder to write to")
    options = parser.parse_args()
    samples = synthetic(options.seed, 400)
    save_samples(options.data / "train.csv", samples[:300])
    save_samples(options.data / "test.csv", samples[300:])
    print(f"{options.seed}: 300 samples to train on, 100 to test on")


if __name__ == "__main__":
    main()
