"""Trains in a silo, from the common model on. Weights and two numbers leave the silo, and no sample."""

from __future__ import annotations

import argparse
from pathlib import Path

from model import Model, descend, evaluate, load_model, load_samples, save_model


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True, help="folder of the silo's data")
    parser.add_argument("--model", type=Path, required=True, help="folder of the common model")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--learning-rate", type=float, required=True)
    parser.add_argument("--trained", type=Path, required=True, help="folder to write to")
    options = parser.parse_args()

    common = load_model(options.model)
    samples = load_samples(options.data / "train.csv")
    loss, accuracy = evaluate(common.weights, load_samples(options.data / "test.csv"))
    print(f"the common model on this silo's test data: loss {loss:.4f}, accuracy {accuracy:.2%}")
    weights = descend(common.weights, samples, options.epochs, options.learning_rate)
    save_model(options.trained, Model(weights, len(samples), loss, accuracy))


if __name__ == "__main__":
    main()
