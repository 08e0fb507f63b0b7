"""Devices by name, as people write them. Needs nothing but Python's own library: the doctor runs without packages."""

import re
from typing import Optional, Tuple

from ms_gan.config.help import spelt

NAMES = ("auto", "CPU", "GPU", "Ascend")
ALIASES = {"cuda": "GPU", "npu": "Ascend"}
NUMBERED = ("GPU", "Ascend")  # of these a machine may have several
CARD = re.compile(r"(\w+):(\d{1,3})", re.ASCII)


def device_name(text: str) -> str:
    """The device that is meant: auto, CPU, GPU or Ascend, or one of several, such as GPU:1 for cuda:1.

    Raises:
        ValueError: it means none; holds the text.
    """
    numbered = CARD.fullmatch(text)
    name = spelt(numbered[1] if numbered else text, (*NAMES, *ALIASES))
    name = ALIASES.get(name, name)
    if name not in (NUMBERED if numbered else NAMES):
        raise ValueError(text)
    return f"{name}:{int(numbered[2])}" if numbered else name


device_name.names = NAMES


def split_name(device: str) -> Tuple[str, Optional[int]]:
    """A device's name as of `device_name`, without its number, and that number or None."""
    name, _, number = device.partition(":")
    return name, int(number) if number else None
