"""Every number of an evaluation, once: its name, which values are better, and how it is written. Needs no MindSpore.

The table on the terminal and the page of a run are loops over these.
"""

from typing import Dict, Tuple

from ms_gan.tasks.task import Measure

CONFIDENT = 0.9  # probability from which on an image has a clear class
FEATURES, CLASSES = "{features}", "{classes}"  # in names: the network that sees classes; how many the data have

MEASURES: Tuple[Measure, ...] = (
    Measure("frechet", "Fréchet distance", "lower", ".3f"),
    Measure("kernel", "kernel distance x 1000", "lower", ".2f", 1000),
    Measure("kernel_deviation", "  its deviation over subsets", "", ".2f", 1000),
    Measure("precision", "precision, %", "higher", ".1f", 100),
    Measure("recall", "recall, %", "higher", ".1f", 100),
    Measure("density", "density", "higher", ".3f"),
    Measure("coverage", "coverage, %", "higher", ".1f", 100),
    Measure("accuracy", "class accuracy, %", "higher", ".1f", 100),
    Measure("accuracy_worst", "  of the worst class, %", "higher", ".1f", 100),
    Measure("intra_frechet", "Fréchet distance within classes, mean", "lower", ".3f"),
    Measure("intra_frechet_worst", "  of the worst class", "lower", ".3f"),
    Measure("cas", "classification accuracy score, %", "higher", ".1f", 100),
    Measure("modes", "modes, of 1,000", "higher", ".0f"),
    Measure("modes_divergence", "KL divergence of the modes' shares to equal ones", "lower", ".3f"),
    Measure("nearest", "distance to the nearest training image, median", "", ".2f"),
    Measure("copied", "samples nearer to one than 99 % of real images, %", "lower", ".1f", 100),
    Measure("score", f"score by {FEATURES}", "higher", ".3f"),
    Measure("score_deviation", "  its deviation over subsets", "", ".3f"),
    Measure("confident", f"samples with a class of {CONFIDENT:.0%} or more, %", "higher", ".1f", 100),
    Measure("class_distance", "samples off the data's class shares, %", "lower", ".1f", 100),
    Measure("covered", f"classes covered{CLASSES}", "higher", ".0f"),
    Measure("smallest_class", "share of the rarest class, %", "", ".1f", 100),
    Measure("largest_class", "share of the commonest class, %", "", ".1f", 100),
)

BY_CLASS: Tuple[Measure, ...] = (  # lists, with a value or None for each class that was asked for
    Measure("accuracy_by_class", "class accuracy, %", "higher", ".1f", 100),
    Measure("intra_frechet_by_class", "Fréchet distance", "lower", ".3f"),
)

TRANSLATION: Tuple[Measure, ...] = (  # of pictures made of pictures
    Measure("l1", "L1, white being 1", "lower", ".4f"),
    Measure("hole_l1", "L1 within the holes", "lower", ".4f"),
    Measure("psnr", "peak signal-to-noise ratio, dB", "higher", ".2f", scale="linear"),
    Measure("ssim", "structural similarity", "higher", ".4f", scale="linear"),
    Measure("frechet", "Fréchet distance", "lower", ".4g"),
    Measure("miou", "map seen in the picture, mIoU, %", "higher", ".1f", 100, scale="linear"),
    Measure("pixel_accuracy", "  the same, pixels, %", "higher", ".1f", 100, scale="linear"),
    Measure("diversity", "L1 between styles", "higher", ".4f"),
    Measure("retrieval", "partner is the nearest, %", "higher", ".1f", 100, scale="linear"),
    Measure("cycle", "L1 of the way there and back", "lower", ".4f"),
)


def named(measure: Measure, features: str, classes: str = "") -> str:
    """A measure's name with what it depends on; `classes`: " of 10", or "" where that is not known."""
    places: Dict[str, str] = {FEATURES: features, CLASSES: classes}
    name = measure.name
    for place, text in places.items():
        name = name.replace(place, text)
    return name
