"""Moving pictures that start anew when they end: GIF and WebP by Pillow, MP4 by the program ffmpeg."""

import shutil
import subprocess
from pathlib import Path
from typing import Sequence

import numpy as np
from PIL import Image

from ms_gan.errors import GanError, UsageError
from ms_gan.files import whole_file
from ms_gan.pictures.grids import made_by, save_animation, to_pillow

ENDINGS = (".gif", ".webp", ".mp4")


def check_movie(path: Path) -> None:
    """Refuse a kind of movie that this machine cannot write.

    Raises:
        UsageError: says what to install.
    """
    if path.suffix.lower() == ".mp4" and not shutil.which("ffmpeg"):
        raise UsageError(
            f"{path}: an .mp4 is written by the program ffmpeg, which is not on PATH; install it (such as with"
            " apt install ffmpeg), or name a .gif or a .webp",
            code="uninstalled",
        )
    Image.init()
    if path.suffix.lower() == ".webp" and "WEBP" not in Image.SAVE_ALL:
        raise UsageError(
            f"{path}: this Pillow writes no WebP; install a newer one (pip install -U Pillow)", code="uninstalled"
        )


def save_movie(frames: Sequence[np.ndarray], path: Path, seconds: float) -> None:
    """Write frames as a movie of the kind that the ending names. All but .mp4 repeat by themselves.

    Args:
        frames: (C, H, W) uint8 each, C = 1 or 3, of one size, at least one.
        path: the file, with one of ENDINGS.
        seconds: how long one round lasts.

    Raises:
        UsageError: this machine cannot write that kind.
        GanError: it cannot be written.
    """
    check_movie(path)
    if path.suffix.lower() == ".gif":
        save_animation([to_pillow(frame) for frame in frames], path, seconds, rest=False)
    elif path.suffix.lower() == ".webp":
        _save_webp(frames, path, seconds)
    else:
        _save_mp4(frames, path, seconds)


def _save_webp(frames: Sequence[np.ndarray], path: Path, seconds: float) -> None:
    first, *others = (to_pillow(frame).convert("RGB") for frame in frames)
    duration = round(1000 * seconds / len(frames))
    with whole_file(path) as temporary:
        about = {"duration": duration, "loop": 0, "lossless": True, **made_by(".webp")}
        first.save(temporary, save_all=True, append_images=others, **about)


def _save_mp4(frames: Sequence[np.ndarray], path: Path, seconds: float) -> None:
    channels, height, width = frames[0].shape
    raw = ["-f", "rawvideo", "-pix_fmt", "gray" if channels == 1 else "rgb24", "-s", f"{width}x{height}"]
    rate = ["-framerate", f"{len(frames) / seconds:.6g}"]
    # Players expect halved colour planes, which need even sides.
    even = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    pixels = b"".join(np.ascontiguousarray(frame.transpose(1, 2, 0)).tobytes() for frame in frames)
    with whole_file(path) as temporary:
        command = ["ffmpeg", "-loglevel", "error", *raw, *rate, "-i", "-", *even, "-y", str(temporary.absolute())]
        done = subprocess.run(command, input=pixels, capture_output=True)
        if done.returncode:
            told = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
            raise GanError(f"{path}: ffmpeg cannot write it ({told[-1]})", code="unwritable")
