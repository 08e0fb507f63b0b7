"""What the page of a generator of pictures asks: files to be read, pictures to be translated."""

import base64
from typing import Any, Dict

import numpy as np
from flask import Flask, jsonify, request

from ms_gan.explorer.picture_studio import MOST_SIDE, PictureStudio, with_opacity
from ms_gan.explorer.question import question

FEWEST_PIXELS = 8  # of a picture's longer side, when it is made smaller


def answer_pictures(app: Flask, studio: PictureStudio, token: str) -> None:
    """The routes below `/<token>/`.

    Args:
        app: what serves them.
        studio: the generators.
        token: the first part of every path.
    """

    @app.get(f"/{token}/about")
    def about():
        return jsonify(_about(studio))

    @app.get(f"/{token}/examples")
    def examples():
        shown = {
            direction: [_sent(with_opacity(picture, None)) for picture in pictures]
            for direction, pictures in studio.examples.items()
        }
        return jsonify(shown)

    @app.post(f"/{token}/decoded")
    def decoded():
        return jsonify(_sent(studio.decoded(request.get_data())))

    @app.post(f"/{token}/translated")
    def translated():
        asked = question()
        direction = asked.choice("direction", list(studio.translators))
        height, width = (asked.whole(side, 1, MOST_SIDE) for side in ("height", "width"))
        pixels = asked.content("pixels", 4 * height * width)
        most = asked.whole("most", FEWEST_PIXELS, MOST_SIDE)
        shown = studio.translated(np.frombuffer(pixels, np.uint8).reshape(height, width, 4), direction, most)
        return jsonify(before=_sent(shown.before), after=_sent(shown.after))


def _sent(picture: np.ndarray) -> Dict[str, Any]:
    """uint8 (H, W, 4) for the page."""
    height, width, _ = picture.shape
    pixels = base64.b64encode(np.ascontiguousarray(picture)).decode()
    return {"height": height, "width": width, "pixels": pixels}


def _about(studio: PictureStudio) -> Dict[str, Any]:
    card = studio.first.card
    degradation = studio.first.degradation
    factor = degradation.strength if degradation is not None and degradation.name == "downscale" else 1
    return {
        "recipe": card.recipe,
        "epoch": card.epoch,
        "averaged": card.averaged,
        "side": max(FEWEST_PIXELS, round(max(card.image.shape[1:]) / factor)),
        "most_side": MOST_SIDE,
        "hole": studio.first.takes_hole,
        "degrade": "" if degradation is None else degradation.name,
        "directions": {
            direction: translator.card.port("image").title for direction, translator in studio.translators.items()
        },
    }
