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
SMALL_BATCH = ["--batch-size", "64", *of_both("lr", "1e-3"), *of_both("schedule", "linear")]
PENALTY = ["--regularise.r1", "1", "--regularise.every", "4"]
WIDER = ["--discriminator.hidden", "[1024,512]"]

VARIANTS = {
    "gan_mnist": recipe("gan_mnist", "--epochs", "20"),
    "batch 64, lr 1e-3 falling": recipe("gan_mnist", "--epochs", "20", *SMALL_BATCH),
    "R1": recipe("gan_mnist", "--epochs", "20", *PENALTY),
    "wider discriminator": recipe("gan_mnist", "--epochs", "20", *WIDER),
    "batch, lr and R1": recipe("gan_mnist", "--epochs", "20", *SMALL_BATCH, *PENALTY),
    "batch, lr, R1 and wider": recipe("gan_mnist", "--epochs", "20", *SMALL_BATCH, *PENALTY, *WIDER),
    "gan_mnist_best": recipe("gan_mnist_best"),
    "dcgan_mnist": recipe("dcgan_mnist"),
    "dcgan_fashion": recipe("dcgan_fashion"),
}
