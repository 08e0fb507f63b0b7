"""Everything that must be settled before the first tensor: the environment, the device, the mode."""

from ms_gan.runtime.device import Device, start

__all__ = ["Device", "start"]
