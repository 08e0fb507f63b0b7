"""Entries of the zoo where eval.py takes runs: the command that trained one stands in for a run's config.yaml."""

import shlex
from typing import Any, Dict

from ms_gan.cli.command import continued
from ms_gan.cli.train import read_options
from ms_gan.config.data_section import DataConfig
from ms_gan.config.sections import RunConfig
from ms_gan.errors import UsageError
from ms_gan.zoo.entries import PREFIX, Entry


def trained_with(entry: Entry) -> RunConfig:
    """The options of the command that trained an entry; folders in it are no folders of this machine."""
    return read_options(shlex.split(entry.command)[2:])[0]


def trained_on(entry: Entry, given: Dict[str, Any]) -> DataConfig:
    """The data options of an entry that stands beside runs in --compare.

    Args:
        entry: of the zoo.
        given: what the command line sets, as {dotted key: value}.

    Raises:
        UsageError: it makes pictures of pictures; an option that contradicts the command that trained it.
    """
    name = f"{PREFIX}{entry.name}"
    if entry.task != "latent":
        raise UsageError(f"--compare {name}: makes pictures of pictures; give --ckpt RUN --beside {name}")
    of_data = {key: value for key, value in given.items() if key.startswith("data.")}
    return continued(trained_with(entry), of_data, name).data
