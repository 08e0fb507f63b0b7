"""Features of a network in an ONNX file, run by onnxruntime: for the networks of published results.

Such as Inception-v3 (Heusel et al. 2017, arXiv:1706.08500): exported from the weights of pytorch-fid, it takes
(N, 3, 299, 299) in [-1, 1] and gives the pooled features (N, 2048), and the logits where they are exported too.
"""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple, Optional, Tuple

import numpy as np
from PIL import Image

from ms_gan.data.fetch import file_digest
from ms_gan.data.shape import with_channels
from ms_gan.errors import GanError, UsageError, first_line
from ms_gan.metrics.features.extractor import Features, block_for

PIXEL_RANGE = (-1.0, 1.0)


class Input(NamedTuple):
    """What a network takes: its input's name, (C, H, W), whether channels come last, the batch if it has only one."""

    name: str
    image_shape: Tuple[int, int, int]
    channels_last: bool
    batch: Optional[int]


def open_onnx(given: str, pixel_range: Tuple[float, float] = PIXEL_RANGE) -> Features:
    """The network in an ONNX file.

    It has one input, images (N, C, H, W) or (N, H, W, C), float32, with C 1 or 3 and a fixed size. Its first output is
    the features, (N, width) or (N, width, 1, 1), float32; a second one, if there is one, logits (N, classes). Images of
    another size are scaled to it by Pillow's bicubic filter with antialiasing, grey ones repeated in three channels,
    and coloured ones turned grey, as the network needs.

    Args:
        given: the file.
        pixel_range: what black and white are to the network.

    Raises:
        UsageError: no such file, not such a network, or onnxruntime is not installed.
    """
    path = Path(given)
    if path.suffix != ".onnx" or not path.is_file():
        raise UsageError(f"{given}: no feature extractor; name a file that exists and ends in .onnx", code="missing")
    low, high = pixel_range
    if not np.isfinite(pixel_range).all() or not low < high:
        raise UsageError(
            f"pixel range {low} to {high}: black must be less than white, such as -1 to 1 or 0 to 1", code="malformed"
        )
    session = _session(path)
    taken = _input(session, path)

    def compute(images: np.ndarray):
        fitted = resized(with_channels(images, "rgb" if taken.image_shape[0] == 3 else "grey"), taken.image_shape[1:])
        fitted = fitted * np.float32((high - low) / 255) + np.float32(low)
        fitted = fitted.transpose(0, 2, 3, 1) if taken.channels_last else fitted
        return _outputs(session.run(None, {taken.name: np.ascontiguousarray(fitted)}), len(images), path)

    block = taken.batch or block_for(taken.image_shape)
    # A first block tells the width, and whether the network works at all.
    try:
        features, _ = compute(np.zeros((block, *taken.image_shape), np.uint8))
    except GanError:
        raise
    except Exception as error:  # onnxruntime has no common class for its errors
        raise UsageError(f"{path}: the network cannot be run ({first_line(error)})", code="unsupported") from None
    size = "x".join(map(str, taken.image_shape))
    content = hashlib.sha256(f"{file_digest(path)} {low} {high}".encode()).hexdigest()
    return Features(
        f"{path.stem}-{content[:8]}",
        f"network in {path.name}; takes {size}, pixels in [{low:g}, {high:g}], images scaled to it by Pillow's bicubic"
        " filter with antialiasing",
        features.shape[1],
        compute,
        block,
        kept_in=str(path),
    )


def resized(images: np.ndarray, sides: Tuple[int, int]) -> np.ndarray:
    """Images (N, C, H, W), uint8, scaled to (height, width) by Pillow's bicubic filter: float32, 0 to 255.

    Nothing is rounded to bytes on the way: Parmar et al. 2022 (arXiv:2104.11222), section 3.
    """
    if images.shape[2:] == tuple(sides):
        return images.astype(np.float32)
    scaled = np.empty((*images.shape[:2], *sides), np.float32)
    for index in np.ndindex(images.shape[:2]):
        plane = Image.fromarray(images[index].astype(np.float32))
        scaled[index] = plane.resize(sides[::-1], Image.Resampling.BICUBIC)
    return scaled.clip(0, 255)


def _session(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise UsageError(
            f'{path}: ONNX files need onnxruntime; install it with: pip install "ms_gan[metrics]"', code="uninstalled"
        ) from None
    try:
        return onnxruntime.InferenceSession(str(path), providers=onnxruntime.get_available_providers())
    except Exception as error:  # onnxruntime has no common class for its errors
        raise UsageError(f"{path}: not an ONNX file, or a damaged one ({first_line(error)})", code="damaged") from None


def _input(session: Any, path: Path) -> Input:
    """The network's only input.

    Raises:
        UsageError: it has several, or one that takes no images.
    """
    inputs = session.get_inputs()
    shape = list(inputs[0].shape)
    sizes = [size if isinstance(size, int) else None for size in shape]
    if len(inputs) == 1 and inputs[0].type == "tensor(float)" and len(sizes) == 4:
        batch, *image_shape = sizes
        for channels_last in (False, True):
            channels, height, width = (image_shape[2], *image_shape[:2]) if channels_last else image_shape
            if channels in (1, 3) and height and width:
                return Input(inputs[0].name, (channels, height, width), channels_last, batch)
    raise UsageError(
        f"{path}: takes {len(inputs)} input{'s' if len(inputs) > 1 else ''}, {inputs[0].type} {shape}; a feature"
        " extractor takes one, tensor(float) [N, C, H, W] or [N, H, W, C], with 1 or 3 channels and a fixed size",
        code="mismatch",
    )


def _outputs(outputs: Any, count: int, path: Path) -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """Features and logits of what a network gave for so many images."""
    features = outputs[0]
    if features.ndim == 4 and features.shape[2:] == (1, 1):
        features = features[:, :, 0, 0]
    logits = outputs[1] if len(outputs) > 1 else None
    for what, array in (("first", features), ("second", logits)):
        if array is not None and (array.ndim != 2 or len(array) != count or array.dtype != np.float32):
            raise UsageError(
                f"{path}: the {what} output is {array.dtype} {array.shape} for {count} images; it should be float32 and"
                f" a vector for each image: ({count}, width)",
                code="mismatch",
            )
    return features, logits
