"""Which images and kernels each family of networks has. Known without MindSpore: before any data are read."""

import re
from typing import Any, List, Tuple, Union

from ms_gan.errors import UsageError

Shape = Tuple[int, int, int]  # (C, H, W)
Size = Union[int, str]  # of images, in pixels: the side of squares, or height and width as in "48x64"


def sides_of(size: Size) -> Tuple[int, int]:
    """Height and width of images of a size, as data.image_size has it."""
    height, _, width = str(size).partition("x")
    return int(height), int(width or height)


def size_of(height: int, width: int) -> Size:
    """The same the other way round: a number for squares."""
    return height if height == width else f"{height}x{width}"


def spelt_size(value: Any) -> Any:
    """A size as a person types it, such as 64, 64x64 or 48x64, as a Size. For `schema.option(spelling=...)`.

    Raises:
        ValueError: a text that is neither one number nor two.
    """
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[0-9]{1,6}(x[0-9]{1,6})?", value):
        raise ValueError(f"{value!r} is no size; give one such as 64, or height x width such as 48x64")
    return size_of(*sides_of(value))


spelt_size.names = ()


def refuse_oblong(image_shape: Shape, task: str) -> None:
    """Refuse images (C, H, W) that are not square, for a task that has no others.

    Raises:
        UsageError: naming the option.
    """
    _, height, width = image_shape
    if height != width:
        raise UsageError(
            f"data.image_size: {height}x{width} is not square; task {task} learns square pictures: give one number"
        )


def dcgan_sides(image_shape: Shape) -> Tuple[Tuple[int, int], int]:
    """Height and width of a dcgan's smallest stage, and how many times they are doubled on the way to an image.

    Raises:
        ValueError: images smaller than 8 pixels, or sides that cannot be halved as often.
    """
    return _doubled_sides("dcgan", image_shape)


def dcgan_padding(kernel: int) -> int:
    """What keeps a dcgan's stride of 2 an exact halving or doubling.

    Raises:
        ValueError: an odd kernel.
    """
    if kernel % 2:
        raise ValueError(f"dcgan needs an even kernel, such as 4, which its stride of 2 divides; not {kernel}")
    return (kernel - 2) // 2


def cnn_half(image_shape: Shape) -> Tuple[int, int]:
    """Height and width before a cnn's one doubling.

    Raises:
        ValueError: an odd side.
    """
    _, height, width = image_shape
    if height % 2 or width % 2:
        raise ValueError(f"cnn makes images with even sides, not {height}x{width}")
    return height // 2, width // 2


def cnn_sides(image_shape: Shape, kernel: int) -> List[int]:
    """Height and width of what a cnn's four convolutions leave of an image.

    Raises:
        ValueError: nothing is left.
    """
    sides = [side - 2 for side in image_shape[1:]]
    for _ in range(3):
        sides = [(side - kernel) // 2 + 1 for side in sides]
    if min(sides) < 1:
        raise ValueError(f"cnn needs larger images than {image_shape[1]}x{image_shape[2]} for a kernel of {kernel}")
    return sides


def halved_sides(image_shape: Shape) -> Tuple[Tuple[int, int], int]:
    """Height and width after as many halvings as leave 4 to 7 pixels of the smaller one, and how many these are.

    Raises:
        ValueError: a side that cannot be halved as often.
    """
    _, height, width = image_shape
    sides, halvings = (height, width), 0
    while min(sides) >= 8 and not (sides[0] % 2 or sides[1] % 2):
        sides, halvings = (sides[0] // 2, sides[1] // 2), halvings + 1
    if not 4 <= min(sides) <= 7:
        raise ValueError(f"sides of 4 to 7 pixels times 2, 4, 8, ..., such as 32, 48x64 or 128, not {height}x{width}")
    return sides, halvings


def fastgan_sides(image_shape: Shape) -> Tuple[Tuple[int, int], int]:
    """Height and width that a fastgan begins with, and how many times they are doubled on the way to an image.

    Raises:
        ValueError: images smaller than 16 or larger than 448 pixels, or sides that cannot be halved as often.
    """
    try:
        sides, doublings = halved_sides(image_shape)
    except ValueError as error:
        raise ValueError(f"fastgan makes images with {error}") from None
    if not 2 <= doublings <= 6:
        raise ValueError(f"fastgan makes images of 16 to 448 pixels, not {image_shape[1]}x{image_shape[2]}")
    return sides, doublings


def r3gan_sides(image_shape: Shape) -> Tuple[Tuple[int, int], int]:
    """Height and width of an r3gan's smallest stage, and how many times they are doubled on the way to an image.

    Raises:
        ValueError: images smaller than 8 pixels, or sides that cannot be halved as often.
    """
    return _doubled_sides("r3gan", image_shape)


def _doubled_sides(name: str, image_shape: Shape) -> Tuple[Tuple[int, int], int]:
    """`halved_sides` with one halving or more, for a family of networks that is called so."""
    try:
        sides, doublings = halved_sides(image_shape)
    except ValueError as error:
        raise ValueError(f"{name} makes images with {error}") from None
    if doublings < 1:
        raise ValueError(f"{name} makes images of 8 pixels or more, not {image_shape[1]}x{image_shape[2]}")
    return sides, doublings


RULES = {
    "r3gan": lambda role, kernel, shape: r3gan_sides(shape),
    "fastgan": lambda role, kernel, shape: fastgan_sides(shape),
    "dcgan": lambda role, kernel, shape: (dcgan_sides(shape), dcgan_padding(kernel)),
    "cnn": lambda role, kernel, shape: cnn_half(shape) if role == "generator" else cnn_sides(shape, kernel),
}


def check_sizes(config: Any, image_shape: Shape) -> None:
    """Refuse a run's images or kernels where one of its networks does not have them.

    Args:
        config: a Config.
        image_shape: (C, H, W) of the training images.

    Raises:
        UsageError: naming the network.
    """
    for role in ("generator", "discriminator"):
        network = getattr(config, role)
        try:
            if network.name in RULES:
                RULES[network.name](role, network.kernel, image_shape)
        except ValueError as error:
            raise UsageError(f"{role}.name: {error}") from None
