"""What images look like to a network, as vectors: what the metrics of image quality compare."""

from typing import Callable, Optional, Tuple, Union

from ms_gan.config.data_section import DataConfig
from ms_gan.data import ImageData
from ms_gan.extras import need
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.features.fit import RECIPE, ClassifierRecipe
from ms_gan.metrics.features.onnx_file import PIXEL_RANGE, open_onnx
from ms_gan.metrics.features.random_network import check_sides, random_features
from ms_gan.metrics.features.trained import can_be_learnt, classifier_features

__all__ = ["RECIPE", "Features", "ClassifierRecipe", "open_features"]


def check_suited(data: ImageData, given: Optional[str]) -> None:
    """Refuse images that no features suit, or a package that is missing, before anything is computed.

    Args:
        data: the training images.
        given: an .onnx file, or None.

    Raises:
        UsageError: onnxruntime is not installed for the file; images too small for random features.
    """
    if given is not None:
        need(f"{given}: an ONNX file", "metrics", "onnxruntime")
    elif not can_be_learnt(data):
        check_sides(data.images.shape[2:])


def open_features(
    config: DataConfig,
    data: Union[ImageData, Callable[[], ImageData]],
    given: Optional[str] = None,
    seed: int = 0,
    pixel_range: Tuple[float, float] = PIXEL_RANGE,
    recipe: ClassifierRecipe = RECIPE,
) -> Features:
    """The feature extractor for images like a run's training images. The runtime must have been started.

    - A network in an ONNX file, where one is given.
    - Else, where the training images have labels, a classifier trained on them: the package's, the cache's, or one
      that is trained now.
    - Else a network of fixed random weights.

    Args:
        config: the run's data options.
        data: its training images, or what loads them.
        given: an .onnx file.
        seed: the run's seed; only synthetic images depend on it.
        pixel_range: what black and white are to the network in that file.
        recipe: how the classifier is trained.

    Raises:
        UsageError: a file that is no ONNX network of images; onnxruntime is not installed.
        GanError: data that is damaged, a cache that cannot be written.
    """
    if given is not None:
        return open_onnx(given, pixel_range)
    data = data() if callable(data) else data
    if can_be_learnt(data):
        return classifier_features(config, data, seed, recipe)
    return random_features(data.images.shape[1:])
