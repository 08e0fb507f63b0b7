"""When two Fréchet distances compare. Imports no MindSpore: pages ask too."""

from typing import Any, Dict

RULES = 1  # to be raised by hand when the same images get another distance; those of version 0.1.0
APART = ("generator", "seed", "version")  # what may differ


def comparable_part(protocol: Dict[str, Any]) -> Dict[str, Any]:
    """What of a protocol, as `Protocol.to_dict` gives it, must agree for two distances to be compared."""
    return {"rules": 1, **{key: value for key, value in protocol.items() if key not in APART}}
