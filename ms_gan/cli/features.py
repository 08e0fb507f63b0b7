"""python -m ms_gan.cli.features: train the feature extractor of a data set, or find the one that is there."""

import sys
import time
from dataclasses import dataclass, field
from typing import List, Optional

from ms_gan.cli.command import check_pixel_range, run_command
from ms_gan.config import DataConfig
from ms_gan.device_names import device_name
from ms_gan.options import make_parser, parse
from ms_gan.schema import option
from ms_gan.seeds import MAX_SEED

PROGRAM = "python -m ms_gan.cli.features"
EXAMPLES = f"""\
  {PROGRAM} --data.source mnist
  {PROGRAM} --data.source cifar10 --data.channels grey
  {PROGRAM} --data.source folder --data-dir photos --features inception.onnx"""


@dataclass
class FeaturesOptions:
    """What this command takes."""

    features: Optional[str] = option(
        None, "an .onnx file; unset: a classifier of the data's classes, or random convolutions where it has none"
    )
    pixel_range: List[float] = option([-1.0, 1.0], "what black and white are to the network in that file", -255, 255)
    seed: int = option(0, "of the run whose images are measured; only synthetic images depend on it", 0, MAX_SEED)
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
    from ms_gan.metrics.features import open_features

    started = time.monotonic()
    features = open_features(options.data, images, options.features, options.seed, tuple(options.pixel_range))
    accuracy = "not measured" if features.accuracy is None else f"{features.accuracy:.2%} of the test split"
    print(f"name      {features.name}")
    print(f"network   {features.description}")
    print(f"width     {features.width}")
    print(f"accuracy  {accuracy}")
    print(f"kept in   {features.kept_in or 'nothing to keep'}")
    print(f"took      {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
