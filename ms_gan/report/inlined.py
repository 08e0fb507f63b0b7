"""Pages that are one file: what may run in them, and what they carry."""

import base64
import hashlib
import json
from typing import Any


def policy(style: str, script: str, images: str) -> str:
    """A Content-Security-Policy: nothing is loaded from anywhere, and no script or style but these two is obeyed.

    Args:
        style, script: the texts of the two elements, to the letter.
        images: where images may come from, such as `data:`.
    """
    style, script = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script))
    parts = [
        "default-src 'none'",
        f"img-src {images}",
        f"style-src 'sha256-{style}'",
        f"script-src 'sha256-{script}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(parts)


def script_json(data: Any) -> str:
    """JSON for a script element, which nothing but "<" in it could end too early."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
