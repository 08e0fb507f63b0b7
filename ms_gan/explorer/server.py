"""The explorer's routes. The server keeps nothing between requests: each one carries its seed or its latents."""

import base64
import secrets
from pathlib import Path
from typing import Any, Dict, Optional, Sequence, Union

import numpy as np
from flask import Flask, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

from ms_gan.errors import GanError, UsageError
from ms_gan.explorer.classes import along_walk, between, own, wanted
from ms_gan.explorer.directions import axis, mixed
from ms_gan.explorer.painting import answer_painting
from ms_gan.explorer.picture_routes import answer_pictures
from ms_gan.explorer.picture_studio import PictureStudio
from ms_gan.explorer.question import Question, question
from ms_gan.explorer.studio import Studio, animation, png
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.painter import Painter
from ms_gan.generators.walks import round_trip
from ms_gan.seeds import MAX_SEED

PAGE, PICTURE_PAGE, PAINT_PAGE = (Path(__file__).parent / name for name in ("page", "picture_page", "paint_page"))
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HOSTS = ["127.0.0.1", "localhost"]
QUESTION_BYTES = 16 << 20
FILE_BYTES = 64 << 20  # of a picture's file
# Of generators that take other things than latents: the folders of the page, the routes, and the largest request.
OTHERS = {
    PictureStudio: ([PAGE, PICTURE_PAGE], answer_pictures, FILE_BYTES),
    Painter: ([PAGE, PAINT_PAGE], answer_painting, FILE_BYTES),
}
LAST_NUMBER = 2**31 - 1  # of a seed's samples
MOST_STEPS = 60  # from one pin to the next
LARGEST_TRUNCATION = 1.5
LARGEST_AMOUNT = 6.0  # of a shift along a direction; latents lie within 4 of the origin along most
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_app(studio: Union[Studio, PictureStudio, Painter], token: str) -> Flask:
    """The page and what it asks for, under `/<token>/`.

    Args:
        studio: the generator, of latents, of pictures or of maps.
        token: what the first part of every request's path must be, ASCII.
    """
    app = Flask("ms_gan.explorer", static_folder=None)
    kind = next((kind for kind in OTHERS if isinstance(studio, kind)), None)
    folders, answer, most = OTHERS.get(kind, ([PAGE], _answer_questions, QUESTION_BYTES))
    app.config["MAX_CONTENT_LENGTH"] = most
    # A page of another site can point its own name at this machine; the browser then sends that name here.
    app.config["TRUSTED_HOSTS"] = HOSTS
    _guard(app, token)
    _serve_page(app, token, folders)
    answer(app, studio, token)
    return app


def _guard(app: Flask, token: str) -> None:
    """Refuse requests without the token, and turn every failure into one sentence."""

    @app.before_request
    def check_token():
        given = request.path.split("/")[1]
        if not secrets.compare_digest(given.encode(), token.encode()):
            abort(403, "this address lacks the token; open the one that the command printed")

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    @app.errorhandler(UsageError)
    def explain_question(error: UsageError):
        return jsonify(error=str(error)), 400

    @app.errorhandler(GanError)
    def explain_failure(error: GanError):
        return jsonify(error=str(error)), 500

    @app.errorhandler(HTTPException)
    def explain_refusal(error: HTTPException):
        return jsonify(error=error.description), error.code

    @app.errorhandler(Exception)
    def hide_fault(error: Exception):
        app.logger.exception("a request failed")
        return jsonify(error="the explorer failed at this; what happened stands where it was started"), 500


def _serve_page(app: Flask, token: str, folders: Sequence[Path]) -> None:
    """Serve the files of some folders; of two with the same name, that of the later folder."""
    # The names that can be asked for are those found here: no path of a request ever reaches the disk.
    found = [path for folder in folders for path in folder.iterdir() if path.suffix in KINDS]
    files = {path.name: path.read_bytes() for path in found}

    @app.get(f"/{token}/")
    def page():
        return Response(files["page.html"], content_type="text/html; charset=utf-8")

    @app.get(f"/{token}/<name>")
    def file(name: str):
        if name not in files:
            abort(404, "there is nothing of this name")
        return Response(files[name], content_type=f"{KINDS[Path(name).suffix]}; charset=utf-8")


def _answer_questions(app: Flask, studio: Studio, token: str) -> None:
    card, width, classes = studio.card, studio.card.latent.width, len(studio.card.classes)

    @app.get(f"/{token}/about")
    def about():
        return jsonify(_about(studio))

    @app.post(f"/{token}/samples")
    def samples():
        asked = question()
        seed, start = asked.whole("seed", 0, MAX_SEED), asked.whole("start", 0, LAST_NUMBER)
        count = asked.whole("count", 1, studio.most_images)
        return _shown(studio, asked, sample_latents(seed, start, count, card.latent), studio.labels(seed, start, count))

    @app.post(f"/{token}/images")
    def images():
        asked = question()
        latents = asked.latents("latents", width, 1, studio.most_images)
        return _shown(studio, asked, latents, own(asked, classes, len(latents)))

    @app.post(f"/{token}/shifted")
    def shifted():
        asked = question()
        (latent,) = asked.latents("latents", width, 1, 1)
        for item in asked.items("shifts", 0, len(studio.principal) + width):
            shift = Question(item)
            direction = _direction(studio, shift)
            latent = latent + np.float32(shift.number("amount", -LARGEST_AMOUNT, LARGEST_AMOUNT)) * direction
        return _shown(studio, asked, latent[None], own(asked, classes, 1))

    @app.post(f"/{token}/mixed")
    def between_corners():
        asked = question()
        corners = asked.latents("corners", width, 4, 4)
        points = asked.vectors("points", 2, 1, studio.most_images, 0, 1)
        labels = own(asked, classes, 4)
        labels = None if labels is None else between(labels, points, classes)
        return _shown(studio, asked, mixed(corners, points, studio.spherical), labels)

    @app.post(f"/{token}/picture")
    def picture():
        asked = question()
        latents = asked.latents("latents", width, 1, studio.most_images)
        columns = asked.whole("columns", 1, studio.most_images)
        labels = wanted(asked, own(asked, classes, len(latents)), classes)
        return Response(png(studio.images(latents, _truncation(asked), labels), columns), content_type="image/png")

    @app.post(f"/{token}/walk")
    def walk():
        asked = question()
        latents = asked.latents("latents", width, 2, min(studio.most_images, studio.most_frames // 2))
        steps = asked.whole("steps", 2, min(MOST_STEPS, studio.most_frames // len(latents)))
        kind = asked.choice("kind", ["GIF", "WEBP"])
        milliseconds = asked.whole("milliseconds", 20, 1000)
        way = round_trip(latents[:, None], steps, studio.spherical)[:, 0]
        labels = wanted(asked, own(asked, classes, len(latents)), classes)
        labels = None if labels is None else along_walk(labels, steps, classes)
        frames = studio.images(way, _truncation(asked), labels)
        return Response(animation(frames, kind, milliseconds), content_type=f"image/{kind.lower()}")


def _direction(studio: Studio, shift: Question) -> np.ndarray:
    """A direction (width,) of length 1, by its kind and its number."""
    kinds = {"axis": studio.card.latent.width, "principal": len(studio.principal)}
    kind = shift.choice("kind", [kind for kind, count in kinds.items() if count])
    index = shift.whole("index", 0, kinds[kind] - 1)
    return studio.principal[index] if kind == "principal" else axis(index, kinds[kind])


def _truncation(asked: Question) -> float:
    return asked.number("truncation", 0, LARGEST_TRUNCATION)


def _shown(studio: Studio, asked: Question, latents: np.ndarray, labels: Optional[np.ndarray]) -> Response:
    """Latents, before truncation, and their images: uint8 (N, H, W, C) in base64.

    With classes, the latents' own too, even where the question wants another class for the images.
    """
    asked_for = wanted(asked, labels, len(studio.card.classes))
    pixels = np.ascontiguousarray(studio.images(latents, _truncation(asked), asked_for).transpose(0, 2, 3, 1))
    classes = {} if labels is None else {"labels": studio.taken(labels).tolist()}
    return jsonify(latents=latents.tolist(), images=base64.b64encode(pixels).decode(), **classes)


def _about(studio: Studio) -> Dict[str, Any]:
    card = studio.card
    return {
        "recipe": card.recipe,
        "epoch": card.epoch,
        "averaged": card.averaged,
        "image": {"channels": card.image.channels, "height": card.image.height, "width": card.image.width},
        "latent": {"width": card.latent.width, "distribution": card.latent.distribution},
        "principal": len(studio.principal),
        "most_images": studio.most_images,
        "largest_truncation": LARGEST_TRUNCATION,
        "largest_amount": LARGEST_AMOUNT,
        **({"classes": card.classes} if card.classes else {}),
    }
