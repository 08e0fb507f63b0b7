"""What the study of quality trains: options of train.py by the name of the variant."""

from typing import List

from benchmarks.worker import ROOT

TWIN = "twin"  # PyTorch's twin of gan_mnist, trained the plain way


def recipe(name: str, *options: str) -> List[str]:
    """A recipe, with options of its own."""
    return ["--config", str(ROOT / "configs" / f"{name}.yaml"), *options]


def of_both(option: str, value: str) -> List[str]:
    """An option of both optimizers."""
    return [part for network in ("generator", "discriminator") for part in (f"--optimizer.{network}.{option}", value)]


# The differences between gan_mnist and gan_mnist_best, each alone.
SMALL_BATCH = ["--batch-size", "64", *of_both("schedule", "linear")]
SMALL_BATCH += ["--optimizer.generator.lr", "3e-4", "--optimizer.discriminator.lr", "5e-4"]
PENALTY = ["--regularise.r1", "1", "--regularise.every", "4"]
LARGER = ["--discriminator.hidden", "[1024,1024,512]"]
LONGER = ["--ema.decay", "0.9995"]

VARIANTS = {
    "gan_mnist": recipe("gan_mnist", "--epochs", "20"),
    "batch 64, rates falling": recipe("gan_mnist", "--epochs", "20", *SMALL_BATCH),
    "R1": recipe("gan_mnist", "--epochs", "20", *PENALTY),
    "larger discriminator": recipe("gan_mnist", "--epochs", "20", *LARGER),
    "longer average": recipe("gan_mnist", "--epochs", "20", *LONGER),
    "all but R1": recipe("gan_mnist", "--epochs", "20", *SMALL_BATCH, *LARGER, *LONGER),
    "gan_mnist_best": recipe("gan_mnist_best"),
    "dcgan_mnist": recipe("dcgan_mnist"),
    "dcgan_fashion": recipe("dcgan_fashion"),
}
