"""Hands every silo the model that the first round begins with."""

from __future__ import annotations

import argparse
from pathlib import Path

from model import FEATURES, Model, save_model


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True, action="append", help="a silo's folder to write to")
    for directory in parser.parse_args().model:
        save_model(directory, Model([0.0] * (FEATURES + 1)))


if __name__ == "__main__":
    main()
