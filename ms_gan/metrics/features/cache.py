"""Trained weights in the user's cache: trained once, shared by all runs."""

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any, Callable, Dict, NamedTuple, Optional

import numpy as np
from tqdm import tqdm

from ms_gan.data.cache import mark_used
from ms_gan.data.lock import held
from ms_gan.files import whole_file, write_text

WEIGHTS, CARD = "weights.npz", "card.json"


class Stored(NamedTuple):
    """Weights by name, and what is known about them, as JSON can hold it."""

    weights: Dict[str, np.ndarray]
    card: Dict[str, Any]


def stored(place: Path, train: Callable[[], Stored]) -> Stored:
    """What a folder of the cache holds; where it holds nothing, or nothing sound, what is trained into it.

    Several processes may ask for the same at once: one trains, the others wait for it.

    Args:
        place: the folder; its name stands for all that the weights depend on.
        train: makes the weights and their card.

    Raises:
        GanError: the cache cannot be written.
    """
    found = read(place)
    if found is None:
        with held(place, "training a feature extractor"):
            # Another process may have made it while this one waited.
            found = read(place)
            if found is None:
                if (place / CARD).exists():
                    tqdm.write(f"note: {place}: damaged; the features are trained again", file=sys.stderr)
                found = train()
                write(place, found)
    mark_used(place / CARD)
    return found


def write(place: Path, made: Stored) -> None:
    """Write weights and card into a folder, which is made where it is missing. Raises CannotWrite."""
    content = io.BytesIO()
    np.savez(content, **made.weights)
    with whole_file(place / WEIGHTS) as temporary:
        temporary.write_bytes(content.getvalue())
    # The card goes last: where it is, the weights are complete.
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    write_text(place / CARD, json.dumps({**made.card, "sha256": digest}, indent=1))


def read(place: Path) -> Optional[Stored]:
    """What `write` wrote; None where there is nothing, or nothing sound."""
    try:
        card = json.loads((place / CARD).read_text(encoding="utf-8"))
        content = (place / WEIGHTS).read_bytes()
        if hashlib.sha256(content).hexdigest() != card["sha256"]:
            return None
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            return Stored(dict(file), card)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None
