"""The classes of maps: their names and colours, out of a JSON file, a palette, or the colours that maps have."""

import colorsys
import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple, Sequence, Tuple

from ms_gan.config.paths import FILE, kind_at
from ms_gan.errors import UsageError

UNKNOWN = 255  # the number of pixels that no class is known of
MOST_CLASSES = 255
LEGEND = "classes.json"  # among the maps
LEGEND_BYTES = 1 << 20
Colour = Tuple[int, int, int]


class Legend(NamedTuple):
    """Names and colours of classes, in the order of their numbers."""

    names: Tuple[str, ...]
    colours: Tuple[Colour, ...]

    @property
    def hexadecimal(self) -> Tuple[str, ...]:
        """The colours as #rrggbb."""
        return tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in self.colours)

    def to_json(self) -> str:
        """What `read_legend` reads."""
        return json.dumps(dict(zip(self.names, self.hexadecimal)), indent=1, ensure_ascii=False) + "\n"

    def named(self, number: int) -> str:
        """A class for a message."""
        return f"{number} ({self.names[number]})" if number < len(self.names) else str(number)


def read_legend(path: Path, option: str = "data.legend") -> Legend:
    """The classes that a JSON file lists: {"name": "#rrggbb", ...}, or a list of names.

    Args:
        path: the file.
        option: what named it, for messages.

    Raises:
        UsageError: there is no such file, or it is none of this kind.
    """
    if kind_at(path, option) != FILE:
        raise UsageError(f"{option} {path}: no such file")
    try:
        if os.path.getsize(path) > LEGEND_BYTES:
            raise ValueError("too long")
        values = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise UsageError(f'{option} {path}: cannot be read as JSON; it should hold {{"sky": "#87ceeb", ...}}') from None
    return legend_of(values, f"{option} {path}")


def legend_of(values: Any, where: str) -> Legend:
    """The classes of JSON values: {"name": "#rrggbb", ...}, or a list of names.

    Raises:
        UsageError: they are none; begins with `where`.
    """
    if isinstance(values, list) and all(isinstance(name, str) for name in values):
        values = dict(zip(values, of_numbers(len(values)).hexadecimal))
    if not isinstance(values, dict) or not 2 <= len(values) <= MOST_CLASSES:
        raise UsageError(f'{where}: should hold 2 to {MOST_CLASSES} classes, such as {{"sky": "#87ceeb", ...}}')
    for name, colour in values.items():
        if not isinstance(colour, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            raise UsageError(f"{where}: the colour of {name!r} is {colour!r}; allowed: #rrggbb")
    colours = tuple(tuple(bytes.fromhex(colour[1:])) for colour in values.values())
    if len(set(colours)) != len(colours):
        raise UsageError(f"{where}: two classes have the same colour; each needs one of its own")
    return Legend(tuple(values), colours)


def of_numbers(count: int) -> Legend:
    """Names and colours for classes of which nothing but the numbers is known."""
    hues = [colorsys.hsv_to_rgb(number * 0.381966 % 1, 0.45 + 0.2 * (number % 3), 0.9) for number in range(count)]
    colours = tuple(tuple(round(255 * part) for part in hue) for hue in hues)
    return Legend(tuple(f"class {number}" for number in range(count)), _distinct(colours))


def of_colours(colours: Sequence[Colour]) -> Legend:
    """Colours as classes, each with the name of the nearest colour that has one."""
    names = []
    for colour in colours:
        name = name_of(colour)
        alike = sum(other == name or other.startswith(f"{name} ") for other in names)
        names.append(f"{name} {alike + 1}" if alike else name)
    return Legend(tuple(names), tuple(colours))


NAMED = {
    "black": (0, 0, 0), "dark grey": (80, 80, 80), "grey": (140, 140, 140), "light grey": (200, 200, 200),
    "white": (255, 255, 255), "red": (220, 35, 45), "dark red": (130, 15, 30), "orange": (245, 145, 30),
    "brown": (130, 80, 45), "dark brown": (75, 45, 30), "yellow": (255, 215, 70), "pale yellow": (255, 240, 170),
    "green": (70, 165, 75), "dark green": (30, 90, 45), "light green": (165, 220, 130), "turquoise": (60, 190, 180),
    "light blue": (135, 200, 240), "blue": (45, 110, 210), "dark blue": (30, 45, 110), "violet": (125, 75, 170),
    "pink": (240, 140, 175), "beige": (240, 210, 170), "tan": (205, 155, 110),
}  # fmt: skip


def name_of(colour: Colour) -> str:
    """The name of the nearest colour that has one."""
    return min(NAMED, key=lambda name: sum((a - b) ** 2 for a, b in zip(NAMED[name], colour)))


def _distinct(colours: Sequence[Colour]) -> Tuple[Colour, ...]:
    """Colours, each moved a little where another one before it is the same."""
    found: list = []
    for red, green, blue in colours:
        while (red, green, blue) in found:
            blue = (blue + 1) % 256
        found.append((red, green, blue))
    return tuple(found)
