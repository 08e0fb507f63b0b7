"""What the page of a generator of pictures asks: files to be read, pictures to be translated."""

import numpy as np
from flask import Flask, jsonify, request

from ms_gan.explorer.picture_studio import FEWEST_PIXELS, MOST_SIDE, PictureStudio, packed, with_opacity
from ms_gan.explorer.question import question


def answer_pictures(app: Flask, studio: PictureStudio, token: str) -> None:
    """The routes below `/<token>/`.

    Args:
        app: what serves them.
        studio: the generators.
        token: the first part of every path.
    """

    @app.get(f"/{token}/about")
    def about():
        return jsonify(studio.about(MOST_SIDE))

    @app.get(f"/{token}/examples")
    def examples():
        shown = {
            direction: [packed(with_opacity(picture, None)) for picture in pictures]
            for direction, pictures in studio.examples.items()
        }
        return jsonify(shown)

    @app.post(f"/{token}/decoded")
    def decoded():
        return jsonify(packed(studio.decoded(request.get_data())))

    @app.post(f"/{token}/translated")
    def translated():
        asked = question()
        direction = asked.choice("direction", list(studio.translators))
        height, width = (asked.whole(side, 1, MOST_SIDE) for side in ("height", "width"))
        pixels = asked.content("pixels", 4 * height * width)
        most = asked.whole("most", FEWEST_PIXELS, MOST_SIDE)
        shown = studio.translated(np.frombuffer(pixels, np.uint8).reshape(height, width, 4), direction, most)
        return jsonify(before=packed(shown.before), after=packed(shown.after))
