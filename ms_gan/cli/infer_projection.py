"""infer.py --project: find the latent whose image is nearest to a picture, and report the distance."""

from pathlib import Path
from typing import Any, Optional

import numpy as np

from ms_gan.cli.infer_options import InferOptions
from ms_gan.config.data_section import DataConfig
from ms_gan.config.sizes import size_of
from ms_gan.data.image_data import ImageData
from ms_gan.errors import GanError, UsageError
from ms_gan.pictures.pixels import to_float
from ms_gan.tasks import read_config

WHITE = (255, 255, 255)
GREY_LEVELS = 127.5  # of a pixel's difference of 1 on [-1, 1]


def project(sampler: Any, options: InferOptions, path: Path) -> None:
    """Search, write the pictures and the latent, and print the distances.

    Raises:
        UsageError: a picture cannot be converted to the generator's kind of images.
        GanError: the picture cannot be read, or a file cannot be written.
    """
    from ms_gan.generators.latent_list import save_latents
    from ms_gan.generators.projection import CANDIDATES, find_latent
    from ms_gan.pictures.grids import save_grid
    from ms_gan.pictures.pixels import to_uint8

    search = options.projection
    ckpt = Path(options.ckpt)
    data = read_config(ckpt).data if (ckpt / "config.yaml").is_file() else None
    pixels = read_target(Path(search.image), sampler.card.image, search.invert, data)
    target = to_float(pixels)
    found = find_latent(sampler, target, options.seed, search.steps, search.starts, search.lr, search.margin)
    save_grid(np.concatenate([pixels[None], to_uint8(found.images)]), path, columns=1 + len(found.images))
    save_latents(found.latent, path.with_suffix(".npy"))
    print("distance from the picture (root mean squared difference of pixels, 0 to 255):")
    print(f"  {found.distance * GREY_LEVELS:5.1f}  what was found, after {search.steps:,} steps")
    print(f"  {found.nearest * GREY_LEVELS:5.1f}  the nearest of {CANDIDATES:,} random samples")
    print(f"  {found.typical * GREY_LEVELS:5.1f}  their median")
    unseen = held_out(ckpt, sampler.card.image.shape)
    if unseen is not None:
        print(f"  {nearest_other(unseen.images, pixels):5.1f}  the nearest other image of {unseen.name}")
    print(f"{path}: the picture, the search after {', '.join(map(str, found.steps))} steps")
    if found.label is None:
        print(f"{path.with_suffix('.npy')}: the latent, for --latents")
    else:
        name = sampler.card.classes[found.label]
        print(f"{path.with_suffix('.npy')}: the latent, for --latents with --classes {name}, the class that was found")


def read_target(
    path: Path, image: Any, invert: bool, data: Optional[DataConfig] = None, named: str = "--project"
) -> np.ndarray:
    """A picture as the generator would have made it, (C, H, W) uint8: brought to its size as folders of images are.

    Args:
        path: any picture file.
        image: the card's ImageConfig.
        invert: swap black and white.
        data: of the generator's run, for the range of values and the most pixels; None: the defaults.
        named: the option that names it, for messages.

    Raises:
        UsageError: the generator's images are neither grey nor coloured.
        GanError: the file cannot be read.
    """
    from ms_gan.data.decode import TooLarge, Unreadable, allowing, decode
    from ms_gan.data.pixel_range import checked_range

    if image.channels not in (1, 3):
        shape = "x".join(map(str, image.shape))
        raise UsageError(f"{named}: works for images in grey or colour; this generator makes {shape}")
    data, size = data or DataConfig(), size_of(image.height, image.width)
    try:
        with allowing(data.max_pixels):
            pixels, _ = decode(path, size, image.channels, WHITE, checked_range(data.range), own=True)
    except TooLarge as error:
        raise GanError(f"{named} {path}: is too large ({error.size}); make it smaller") from None
    except Unreadable as error:
        raise GanError(f"{named} {path}: cannot be read as an image ({error})") from None
    return 255 - pixels if invert else pixels


def held_out(folder: Path, shape: Any) -> Optional[ImageData]:
    """Real images that a run's training did not see, where its data lies on this machine. Nothing is fetched."""
    from ms_gan.data import load
    from ms_gan.data.held_out import load_held_out
    from ms_gan.data.whereabouts import whereabouts

    if not (folder / "config.yaml").is_file():
        return None
    try:
        config = read_config(folder)
        missing = [place.source for place in whereabouts() if place.folder is None]
        # A folder of images has no held-out part, and might be decoded anew.
        if config.data.source == "folder" or (config.data.source in missing and config.data.dir is None):
            return None
        unseen = load_held_out(config.data, load(config.data, config.seed), config.seed)
    except GanError:
        return None
    return unseen if unseen is not None and unseen.images.shape[1:] == shape else None


def nearest_other(images: np.ndarray, pixels: np.ndarray) -> float:
    """Root mean squared difference of pixels, 0 to 255, of an image (C, H, W), uint8, and the nearest of others.

    Those of (N, C, H, W) that equal it do not count.
    """
    nearest = np.inf
    for start in range(0, len(images), 1000):
        squares = np.square(images[start : start + 1000].astype(np.float32) - pixels).mean((1, 2, 3))
        nearest = min(nearest, squares[squares > 0].min(initial=np.inf))
    return float(np.sqrt(nearest))
