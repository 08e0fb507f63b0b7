"""python -m ms_gan.cli.features: train the feature extractor of a data set, or find the existing one."""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, List, Optional

from ms_gan.cli.command import check_pixel_range
from ms_gan.config.data_section import DataConfig
from ms_gan.config.device_names import device_name
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import option
from ms_gan.data.image_data import ImageData
from ms_gan.errors import UsageError
from ms_gan.runtime.run_command import run_command
from ms_gan.seeds import MAX_SEED

PROGRAM = "python -m ms_gan.cli.features"
EXAMPLES = f"""\
  {PROGRAM} --data.source mnist
  {PROGRAM} --data.source cifar10 --data.channels grey
  {PROGRAM} --data.source mnist --anew mnist-classifier
  {PROGRAM} --data.source folder --data-dir photos --features inception.onnx"""


@dataclass
class FeaturesOptions:
    """What this command takes."""

    features: Optional[str] = option(
        None,
        "an .onnx file; unset: a classifier of the data's classes, or random convolutions where it has none",
        spelling=home_for_tilde,
    )
    pixel_range: List[float] = option([-1.0, 1.0], "what black and white are to the network in that file", -255, 255)
    seed: int = option(0, "of the run whose images are measured; only synthetic images depend on it", 0, MAX_SEED)
    anew: Optional[str] = option(
        None,
        "train the classifier again, into this folder, in half precision; compares it with the one in use",
        spelling=home_for_tilde,
    )
    device: str = option("auto", "where to train", spelling=device_name)
    data: DataConfig = field(default_factory=DataConfig)


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_features, argv)


def _features(argv: List[str]) -> int:
    text = "Train the network whose features measure images like those of a data set, or find it in the cache."
    options, _ = parse(make_parser(FeaturesOptions, PROGRAM, text, EXAMPLES), FeaturesOptions, argv)
    check_pixel_range(options.pixel_range)
    from ms_gan import data, runtime

    images = data.load(options.data, options.seed)
    for notice in images.notices:
        print(f"note: {notice}")
    runtime.start(options.device)
    from ms_gan.metrics.features import RECIPE, open_features
    from ms_gan.metrics.features.trained import can_be_learnt, train_anew

    if options.anew and (options.features or not can_be_learnt(images)):
        raise UsageError(
            f"--anew {options.anew}: only a classifier can be trained; remove --features and use labelled data"
        )
    started = time.monotonic()
    features = open_features(options.data, images, options.features, options.seed, tuple(options.pixel_range))
    _describe(features, started)
    if options.anew:
        started = time.monotonic()
        again = train_anew(options.data, images, options.seed, RECIPE, Path(options.anew))
        print()
        _describe(again, started)
        print(f"distance  {_distances(features, again, options, images)}")
    return 0


def _describe(features: Any, started: float) -> None:
    """Print what features are, and how long they took from `started`, by `time.monotonic`."""
    accuracy = "not measured" if features.accuracy is None else f"{features.accuracy:.2%} of the test split"
    print(f"name      {features.name}")
    print(f"network   {features.description}")
    print(f"width     {features.width}")
    print(f"accuracy  {accuracy}")
    print(f"kept in   {features.kept_in or 'not saved'}")
    print(f"took      {time.monotonic() - started:.1f} s")


def _distances(features: Any, again: Any, options: FeaturesOptions, images: ImageData) -> str:
    """The Frechet distance of the test split to the training images by either features: they should be close."""
    from ms_gan.data.held_out import load_held_out
    from ms_gan.metrics.frechet import frechet_distance, moments

    test = load_held_out(options.data, images, options.seed)
    if test is None:
        return "not compared: there is no test split"
    by = [frechet_distance(*(moments(one(part.images)[0]) for part in (images, test))) for one in (features, again)]
    return f"of the test split to the training images: {by[1]:.4g}, by the one in use {by[0]:.4g}"


if __name__ == "__main__":
    sys.exit(main())
