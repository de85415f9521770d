"""Averages the silos' models into the common one, and hands every silo its copy."""

from __future__ import annotations

import argparse
from pathlib import Path

from model import average, load_model, save_model


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trained", type=Path, required=True, action="append", help="folder of a silo's model")
    parser.add_argument("--model", type=Path, required=True, action="append", help="a silo's folder to write to")
    options = parser.parse_args()

    common = average([load_model(directory) for directory in options.trained])
    print(f"the last round's model: loss {common.loss:.4f}, accuracy {common.accuracy:.2%}")
    for directory in options.model:
        save_model(directory, common)


if __name__ == "__main__":
    main()
