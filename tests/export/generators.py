"""Small generators of every family, with weights and statistics that matter."""

from functools import lru_cache

import mindspore as ms
import numpy as np

from ms_gan.generators.card import Card
from ms_gan.generators.ports import of_labels, of_latents
from ms_gan.generators.sampling import Sampler

FAMILIES = {
    "mlp": {"hidden": [12, 16]},
    "mlp_plain": {"name": "mlp", "hidden": [12, 16], "batch_norm": False, "slope": 0.2},
    "dcgan": {"channels": 4},
    "cnn": {"channels": 4, "slope": 0.3},
    "cnn_odd": {"name": "cnn", "channels": 4, "kernel": 5},
}
BRANCHING = {"fastgan": {"channels": 4}, "r3gan": {"channels": 4}}  # which a page does not compute
CLASSES = ("cat", "dog", "<b>owl</b>")
COUNTS = (30, 10, 60)  # training images of each
CONDITIONAL = {
    "mlp_classes": {"name": "mlp", "hidden": [12, 16]},
    "dcgan_classes": {"name": "dcgan", "channels": 4},
    "cnn_classes": {"name": "cnn", "channels": 4},
}  # of generators that take labels too


@lru_cache(maxsize=None)
def small_generator(family: str) -> Sampler:
    """A generator of FAMILIES or CONDITIONAL, compiled once: 28x28 and grey if dense, else 16x16 in colours."""
    card = Card(recipe=f"small {family}")
    card.latent.width = 8
    for name, value in {"name": family, **(FAMILIES | BRANCHING | CONDITIONAL)[family]}.items():
        setattr(card.generator, name, value)
    if family in CONDITIONAL:
        card.inputs = [of_latents(8, "normal"), of_labels(CLASSES, COUNTS)]
    if card.generator.name != "mlp":
        card.image.channels, card.image.height, card.image.width = 3, 16, 16
    sampler = Sampler.from_card(card)
    random = np.random.default_rng(1)
    for parameter in sampler.parameters():
        if parameter.name.endswith("weight"):
            # What training starts from makes images that are nearly grey.
            # Through many layers that would make much of rounding too: there it is the last layer's alone.
            values = (1 if family in BRANCHING and ".end." not in parameter.name else 3) * parameter.asnumpy()
        else:
            low, high = (0.5, 2.0) if parameter.name.endswith(("moving_variance", "gamma")) else (-0.3, 0.3)
            values = random.uniform(low, high, parameter.shape)
        parameter.set_data(ms.Tensor(values.astype(np.float32)))
    return sampler
