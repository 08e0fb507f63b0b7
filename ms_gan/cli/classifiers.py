"""python -m ms_gan.cli.classifiers: train a classifier of a data source for attacks and defences, or find it."""

import sys
import time
from dataclasses import dataclass, field
from typing import List, Literal, Optional

from ms_gan.config.data_section import DataConfig
from ms_gan.config.device_names import device_name
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.schema import option
from ms_gan.runtime.run_command import run_command
from ms_gan.seeds import MAX_SEED

PROGRAM = "python -m ms_gan.cli.classifiers"
EXAMPLES = f"""\
  {PROGRAM} --data.source mnist --family plain
  {PROGRAM} --data.source folder --data-dir photos --family dense"""


@dataclass
class ClassifiersOptions:
    """What this command takes."""

    family: Literal["features", "plain", "dense"] = option(
        "plain", "features: the network that measures generators; plain: convolutions without BatchNorm; dense: none"
    )
    seed: int = option(0, "only synthetic images depend on it", 0, MAX_SEED)
    device: str = option("auto", "where to train", spelling=device_name)
    data: DataConfig = field(default_factory=DataConfig)


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_classifiers, argv)


def _classifiers(argv: List[str]) -> int:
    text = "Train a classifier of a data source's classes, or find it in the cache; prints its card."
    options, _ = parse(make_parser(ClassifiersOptions, PROGRAM, text, EXAMPLES), ClassifiersOptions, argv)
    from ms_gan import data, runtime

    images = data.load(options.data, options.seed)
    for notice in images.notices:
        print(f"note: {notice}")
    runtime.start(options.device)
    from ms_gan.classifiers import open_classifier

    started = time.monotonic()
    found = open_classifier(options.family, options.data, images, options.seed)
    accuracy = "not measured" if found.accuracy is None else f"{found.accuracy:.2%} of the test split"
    print(f"name      {found.name}")
    print(f"classes   {', '.join(found.classes)}")
    print(f"images    {'x'.join(map(str, found.shape))}, trained on {found.trained_on}")
    print(f"accuracy  {accuracy}")
    print(f"kept in   {found.kept_in}")
    print(f"took      {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
