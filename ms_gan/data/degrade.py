"""Pictures with a defect, made of sound ones: what a network learns to mend. Functions of the picture and of draws."""

import io
from typing import Any, Dict, Optional, Sequence

import numpy as np
from PIL import Image, ImageDraw

from ms_gan.config.translation_sections import PairsConfig
from ms_gan.data.shape import with_channels
from ms_gan.errors import UsageError
from ms_gan.pictures.pixels import to_float
from ms_gan.pictures.resizing import from_pillow, resized, to_pillow

NONE, ATTACK = "none", "attack"
USUAL = {"downscale": 4.0, "mask": 0.5, "grey": None, "edges": None, "noise": 0.3, "jpeg": 10.0, ATTACK: 0.3}
FACTORS = (2, 4, 8)  # of downscale
MOST_NOISE, BEST_QUALITY = 2.0, 95  # Pillow advises against JPEG qualities above 95
FAINT, STRONG = 6.0, 30.0  # steps between neighbours, of 255: no contour below, a black one above
POINTS = (3, 7)  # corners of a stroke: from, and below


class Degradation:
    """One way to make an input of a picture.

    Args:
        name: downscale, mask, grey, edges, noise, jpeg or attack; see `ms_gan.config.translation_sections.PairsConfig`.
        strength: of downscale the factor, 2, 4 or 8; of mask the largest side of the hole as a share of the picture's;
            of noise its standard deviation in the range -1 to 1; of jpeg the quality, 1 to 95; of attack how far a
            pixel may move, in the range 0 to 1. None: the usual one.

    Raises:
        UsageError: a strength that this degradation cannot have.
    """

    def __init__(self, name: str, strength: Optional[float] = None):
        self.name = name
        self.strength = USUAL[name] if strength is None else float(strength)
        _check_strength(name, self.strength)

    @classmethod
    def from_dict(cls, described: Dict[str, Any]) -> "Degradation":
        """What `to_dict` has described.

        Raises:
            UsageError: no such degradation, or a strength that it cannot have.
        """
        name, strength = described.get("name"), described.get("strength")
        if not isinstance(name, str) or name not in USUAL:
            raise UsageError(f"degradation: {name!r} is not known; there are {', '.join(USUAL)}")
        if strength is not None and (isinstance(strength, bool) or not isinstance(strength, (int, float))):
            raise UsageError(f"degradation: the strength {strength!r} is no number")
        return cls(name, strength)

    def to_dict(self) -> Dict[str, Any]:
        """Name and strength, for cards."""
        return {"name": self.name, "strength": self.strength}

    def channels(self, own: int) -> int:
        """How many channels the inputs have that are made of pictures with `own` channels."""
        return {"mask": own + 1, "grey": 1, "edges": 1}.get(self.name, own)

    def apply(self, images: np.ndarray, random: Sequence[np.random.Generator]) -> np.ndarray:
        """Inputs made of pictures.

        Args:
            images: uint8 (n, C, H, W), C 1 or 3.
            random: a generator for each picture; only mask and noise draw from it.

        Returns:
            float32 (n, C', H, W) in [-1, 1]. Of mask: 0 in the hole, and one more channel, 1 in the hole, 0 elsewhere.
            Of attack: the pictures as they are, because it takes a classifier: see `ms_gan.attacks.pairs`.
        """
        if self.name == "downscale":
            return to_float(np.stack([_coarse(image, int(self.strength)) for image in images]))
        if self.name == "jpeg":
            return to_float(np.stack([_compressed(image, int(self.strength)) for image in images]))
        if self.name == "mask":
            holes = [_hole(*images.shape[2:], self.strength, one) for one in random]
            return _masked(to_float(images), np.stack(holes))
        if self.name == "noise":
            noise = [one.standard_normal(images.shape[1:], np.float32) for one in random]
            return np.clip(to_float(images) + np.float32(self.strength) * np.stack(noise), -1, 1)
        if self.name == ATTACK:
            return to_float(images)
        return _contours(images) if self.name == "edges" else to_float(with_channels(images, "grey"))

    def prepared(self, picture: np.ndarray, hole: Optional[np.ndarray] = None) -> np.ndarray:
        """What a person's own picture, which has the defect already, becomes before a trained network mends it.

        Args:
            picture: uint8 (C, H, W). Of downscale it becomes larger by the factor; of grey and edges it is made what
                the network has learnt from; of noise, jpeg and attack it stays as it is.
            hole: bool (H, W), of mask: where the picture is to be filled in.

        Returns:
            float32 (C', H', W') in [-1, 1].

        Raises:
            UsageError: of mask: there is no hole.
        """
        if self.name == "downscale":
            factor = int(self.strength)
            return to_float(resized(picture, (picture.shape[1] * factor, picture.shape[2] * factor)))
        if self.name == "mask":
            if hole is None or not hole.any():
                raise UsageError(
                    "the picture has no hole to be filled in; give a mask, or a picture with a transparent part"
                )
            return _masked(to_float(picture[np.newaxis]), hole[np.newaxis])[0]
        if self.name in ("grey", "edges"):
            return self.apply(picture[np.newaxis], [])[0]
        return to_float(picture)

    def restored(self, outputs: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """The mended pictures, float32 (N, C, H, W): of mask, what is known is pasted back over a network's outputs.

        Args:
            outputs: of the network, float32 (N, C, H, W).
            inputs: what they were made of, float32 (N, C', H, W).
        """
        return np.where(inputs[:, -1:] > 0.5, outputs, inputs[:, :-1]) if self.name == "mask" else outputs


def degradation_of(config: PairsConfig) -> Optional[Degradation]:
    """The degradation that a config asks for; None: its inputs are pictures of their own.

    Raises:
        UsageError: a strength that it cannot have.
    """
    return None if config.degrade == NONE else Degradation(config.degrade, config.strength)


def _check_strength(name: str, strength: Optional[float]) -> None:
    allowed, fits = {
        "downscale": ("2, 4 or 8", strength in FACTORS),
        "mask": ("0.01 to 1, a share of the picture's side", strength is not None and 0.01 <= strength <= 1),
        "noise": (f"0.01 to {MOST_NOISE:g}", strength is not None and 0.01 <= strength <= MOST_NOISE),
        ATTACK: ("0.01 to 1, black and white being 1 apart", strength is not None and 0.01 <= strength <= 1),
        "jpeg": (
            f"whole numbers from 1 to {BEST_QUALITY}",
            strength is not None and 1 <= strength <= BEST_QUALITY and strength == int(strength),
        ),
    }.get(name, ("none, leave it unset", strength is None))
    if not fits:
        raise UsageError(f"data.strength: {strength:g} is not allowed for data.degrade {name}; allowed: {allowed}")


def _coarse(image: np.ndarray, factor: int) -> np.ndarray:
    height, width = image.shape[1:]
    small = resized(image, (max(1, round(height / factor)), max(1, round(width / factor))))
    return resized(small, (height, width))


def _compressed(image: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    to_pillow(image).save(file, "JPEG", quality=quality)
    return from_pillow(Image.open(file))


def _hole(height: int, width: int, strength: float, random: np.random.Generator) -> np.ndarray:
    """Where a picture is blanked, bool (H, W): a rectangle, or as often a stroke within one."""
    shares = random.uniform(0.5, 1, 2) * strength
    tall, wide = (max(1, round(share * side)) for share, side in zip(shares, (height, width)))
    top, left = int(random.integers(height - tall + 1)), int(random.integers(width - wide + 1))
    hole = np.zeros((height, width), bool)
    inside = hole[top : top + tall, left : left + wide]
    if random.random() < 0.5:
        inside[:] = True
        return hole
    corners = random.random((int(random.integers(*POINTS)), 2)) * (wide, tall)
    thickness = max(1, round(min(tall, wide) * random.uniform(0.15, 0.4)))
    drawn = Image.new("1", (wide, tall))
    ImageDraw.Draw(drawn).line([tuple(corner) for corner in corners], 1, thickness, "curve")
    inside[:] = np.asarray(drawn)
    inside[tall // 2, wide // 2] = True  # a hole is never empty
    return hole


def _masked(images: np.ndarray, holes: np.ndarray) -> np.ndarray:
    """Images float32 (n, C, H, W) with holes, bool (n, H, W): 0 in the hole, and the hole as one more channel."""
    holes = holes[:, np.newaxis]
    return np.concatenate([np.where(holes, np.float32(0), images), holes.astype(np.float32)], axis=1)


def _contours(images: np.ndarray) -> np.ndarray:
    """Dark lines on white, float32 (n, 1, H, W): Sobel's gradient, of the channel in which it is steepest."""
    padded = np.pad(images.astype(np.float32), ((0, 0), (0, 0), (1, 1), (1, 1)), "edge")
    rows = padded[..., :-2, :] + 2 * padded[..., 1:-1, :] + padded[..., 2:, :]
    columns = padded[..., :-2] + 2 * padded[..., 1:-1] + padded[..., 2:]
    across, down = rows[..., 2:] - rows[..., :-2], columns[..., 2:, :] - columns[..., :-2, :]
    steepness = np.sqrt(across**2 + down**2).max(axis=1, keepdims=True) / np.float32(8)
    return 1 - 2 * np.clip((steepness - np.float32(FAINT)) / np.float32(STRONG - FAINT), 0, 1)
