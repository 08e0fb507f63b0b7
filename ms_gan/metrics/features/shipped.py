"""Classifiers that come with the package, so that nobody waits for their training: of MNIST and of Fashion-MNIST.

Each is a folder `classifiers/SOURCE` with weights.npz, in half precision, and card.json: what it was trained on, how,
and how well it does on the test split. One is made anew, and compared with the one that is there, by
`python -m ms_gan.cli.features --data.source SOURCE --anew FOLDER`.
"""

from pathlib import Path
from typing import Any, Dict, Optional

from ms_gan.config.data_section import DataConfig
from ms_gan.metrics.features.cache import WEIGHTS, Stored, read

PLACE = Path(__file__).with_name("classifiers")


def find(source: str, facts: Dict[str, Any]) -> Optional[Stored]:
    """The classifier of a source, if there is a sound one that depends on just these facts.

    Args:
        source: of the images, `data.source`.
        facts: name and value of all that it depends on, as its card has them.
    """
    found = read(PLACE / source)
    return found if found and all(found.card.get(key) == value for key, value in facts.items()) else None


def covers(config: DataConfig) -> bool:
    """Whether the classifier for images of these options comes with the package, as far as the options tell."""
    return (PLACE / config.source / WEIGHTS).is_file() and config.limit is None and config.channels == "own"
