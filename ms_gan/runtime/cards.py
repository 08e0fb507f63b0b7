"""One of several cards, chosen by its number before MindSpore or a driver is asked for them."""

import os
from functools import lru_cache

from ms_gan.errors import GanError

VISIBLE = "CUDA_VISIBLE_DEVICES"


@lru_cache(maxsize=None)  # numbers count what the variable left at first
def take_card(name: str, number: int) -> str:
    """Let this process, and those that it starts, use one card alone.

    Args:
        name: GPU or Ascend.
        number: among those that the environment leaves to this process, from 0.

    Returns:
        the variable that does it, and its value: "CUDA_VISIBLE_DEVICES=1".

    Raises:
        GanError: the environment leaves fewer cards.
    """
    variable, value = ("DEVICE_ID", str(number)) if name == "Ascend" else (VISIBLE, _visible(number))
    os.environ[variable] = value
    return f"{variable}={value}"


def _visible(number: int) -> str:
    """What CUDA_VISIBLE_DEVICES should be: a number, or what names the card there now."""
    visible = os.environ.get(VISIBLE)
    if visible is None:
        return str(number)
    left = [card.strip() for card in visible.split(",") if card.strip()]
    if number >= len(left):
        numbers = ", ".join(f"GPU:{i}" for i in range(len(left))) or "no card"
        raise GanError(f"--device GPU:{number}: {VISIBLE}={visible} leaves {numbers}; unset it, or choose one of those")
    return left[number]
