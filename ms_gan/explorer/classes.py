"""The classes that a conditional generator is asked for, and what lies between them."""

from typing import Optional

import numpy as np

from ms_gan.explorer.directions import mixed
from ms_gan.explorer.question import Question
from ms_gan.generators.walks import round_trip


def own(asked: Question, classes: int, count: int) -> Optional[np.ndarray]:
    """The classes that the latents of a question have by themselves.

    Args:
        asked: its `labels` are a class for each latent, as Question.labels reads them.
        classes: K; 0: the generator takes no labels.
        count: of the latents.

    Returns:
        int32 (count,), or weights of the classes, float32 (count, K); None without classes.
    """
    return asked.labels("labels", classes, count) if classes else None


def wanted(asked: Question, labels: Optional[np.ndarray], classes: int) -> Optional[np.ndarray]:
    """The class of all images, int32 (N,), where the question's `label` names one, else `labels` as they are."""
    if labels is None:
        return None
    label = asked.label("label", classes)
    return labels if label is None else np.full(len(labels), label, np.int32)


def between(labels: np.ndarray, points: np.ndarray, classes: int) -> np.ndarray:
    """The classes of points between four corners, mixed by how near each corner is.

    Args:
        labels: of the corners, as `own` has them.
        points: (N, 2), as in `directions.mixed`.
        classes: K.

    Returns:
        int32 (N,) where the corners are of one class, else weights, float32 (N, K).
    """
    if _one_class(labels):
        return labels[:1].repeat(len(points))
    return mixed(_weights(labels, classes), points, spherical=False)


def along_walk(labels: np.ndarray, steps: int, classes: int) -> np.ndarray:
    """The classes of a walk's pictures, from each latent's to the next one's and back to the first.

    Args:
        labels: of the latents that it passes, as `own` has them.
        steps: from one latent to the next.
        classes: K.

    Returns:
        int32 (N,) where all are of one class, else weights, float32 (N, K); N = steps times the latents.
    """
    if _one_class(labels):
        return labels[:1].repeat(len(labels) * steps)
    return round_trip(_weights(labels, classes)[:, None], steps, False)[:, 0].astype(np.float32)


def _one_class(labels: np.ndarray) -> bool:
    return labels.ndim == 1 and bool((labels == labels[0]).all())


def _weights(labels: np.ndarray, classes: int) -> np.ndarray:
    """Numbers of classes as weights, float32 (N, classes)."""
    return labels if labels.ndim == 2 else np.eye(classes, dtype=np.float32)[labels]
