"""What the study of quality trains: options of train.py by the name of the variant."""

from benchmarks.worker import ROOT

TWIN = "twin"  # PyTorch's twin of gan_mnist, trained the plain way


def _config(name, *options):
    return ["--config", str(ROOT / "configs" / f"{name}.yaml"), *options]


VARIANTS = {"gan_mnist": _config("gan_mnist", "--epochs", "20")}
