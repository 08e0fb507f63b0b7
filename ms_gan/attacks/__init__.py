"""Adversarial pictures, what is done against them, and measures of both.

Bounds are given for pictures in [0, 1], as papers give them; pictures themselves are in [-1, 1] as everywhere here.
`bounds` converts between the two, and nothing else does.
"""

from ms_gan.attacks.gradient import Attack, Attacker

__all__ = ["Attack", "Attacker"]
