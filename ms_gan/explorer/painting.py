"""The page to paint on: a map goes in, its picture comes out."""

import io
import math
from typing import Any, Dict

import numpy as np
from flask import Flask, Response, jsonify, request

from ms_gan.errors import GanError, UsageError
from ms_gan.explorer.question import Question
from ms_gan.generators.painter import Painter
from ms_gan.seeds import MAX_SEED

MOST_STRENGTH = 1.5  # of a style: how far from the typical one
BYTES = "application/octet-stream"


def answer_painting(app: Flask, painter: Painter, token: str) -> None:
    """The routes below `/<token>/`.

    Args:
        app: what serves them.
        painter: the generator.
        token: the first part of every path.
    """

    @app.get(f"/{token}/about")
    def told():
        return jsonify(about(painter))

    @app.post(f"/{token}/paint")
    def paint():
        style = _style(painter, Question({key: _plain(value) for key, value in request.args.items()}))
        numbers = _numbers(painter, request.get_data())
        picture = painter.paint(numbers[None], style)[0]
        return Response(np.ascontiguousarray(picture.transpose(1, 2, 0)).tobytes(), content_type=BYTES)

    @app.post(f"/{token}/read")
    def read():
        try:
            numbers = painter.read(io.BytesIO(request.get_data()), "this map")
        except GanError as error:
            raise UsageError(str(error)) from None
        return Response(np.ascontiguousarray(numbers).tobytes(), content_type=BYTES)


def _plain(text: str) -> Any:
    """A number in an address, or the text."""
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def _numbers(painter: Painter, content: bytes) -> np.ndarray:
    """A map (H, W), uint8, out of its bytes."""
    height, width = painter.side
    if len(content) != height * width:
        raise UsageError(f"a map should have {height * width:,} bytes, a class number each, not {len(content):,}")
    numbers = np.frombuffer(content, np.uint8).reshape(height, width)
    most = len(painter.legend.names)
    if ((numbers >= most) & (numbers != 255)).any():
        raise UsageError(f"a map should have class numbers, 0 to {most - 1}, or 255 for unknown")
    return numbers


def _style(painter: Painter, asked: Question) -> np.ndarray:
    """The latent (1, style) of a place on a circle through a seed's first two styles, times a strength."""
    seed, place = asked.whole("seed", 0, MAX_SEED), asked.number("place", 0, 1)
    strength = asked.number("strength", 0, MOST_STRENGTH)
    first, second = painter.styles(seed, 2)
    angle = 2 * math.pi * place
    return np.float32(strength) * (np.float32(math.cos(angle)) * first + np.float32(math.sin(angle)) * second)[None]


def about(painter: Painter) -> Dict[str, Any]:
    """What the page must know of a generator."""
    card = painter.card
    return {
        "recipe": card.recipe,
        "epoch": card.epoch,
        "averaged": card.averaged,
        "image": {"channels": card.image.channels, "height": card.image.height, "width": card.image.width},
        "classes": painter.legend.names,
        "colours": painter.legend.hexadecimal,
        "style": painter.style,
        "most_strength": MOST_STRENGTH,
    }
