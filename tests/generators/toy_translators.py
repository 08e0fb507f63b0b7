"""Translators with tiny networks, which need no training: to test what is done with one."""

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan import tasks
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.ports import Port
from ms_gan.generators.sampling import opened_for
from ms_gan.generators.weights import save_weights
from ms_gan.models import layers
from ms_gan.tasks import latent
from ms_gan.tasks.task import Task

PER_PIXEL, HALVING = "per_pixel", "halving"
tasks.add(Task("toy", "a toy", latent.Config, latent.STATISTICS, latent.FRECHET, latent.PAGE, module=__name__))


def generator(card):
    """The network of a card: with 1x1 windows, or one that halves its pictures and doubles them again."""
    (inputs, *_), outputs = card.port("image").shape, card.image.channels
    if card.options["kind"] == PER_PIXEL:
        return layers.chain([layers.conv(inputs, outputs, 1, 1, "pad", 0), nn.Tanh()])
    down = layers.conv(inputs, 4, 4, 2, "pad", 1)
    return layers.chain([down, layers.activation(0.2), layers.conv_transpose(4, outputs, 4, 2, "pad", 1), nn.Tanh()])


def toy_translator(kind=HALVING, inputs=3, outputs=3, side=16, degrade=None, network="generator", seed=0):
    """A Translator whose weights are drawn from a seed."""
    multiple = 2 if kind == HALVING else 1
    options = {"kind": kind, "outputs": outputs, "multiple": multiple, "degrade": degrade}
    card = Card(
        recipe="toy", image=ImageConfig(outputs, side, side), task="toy", network=network, options=options,
        inputs=[Port("pictures", "image", [inputs, side, side])],
    )  # fmt: skip
    translator, random = opened_for(card), np.random.default_rng(seed)
    for parameter in translator.parameters():
        parameter.set_data(ms.Tensor(random.normal(0, 0.3, parameter.shape).astype(np.float32)))
    return translator


def toy_run(folder, names=("generator",), **options):
    """A folder with a toy's weights for each name, as a run keeps them."""
    folder.mkdir(exist_ok=True)
    for seed, name in enumerate(names):
        translator = toy_translator(network=name, seed=seed, **options)
        named = [(parameter.name, parameter) for parameter in translator.parameters()]
        save_weights(folder / f"{name}.ckpt", named, translator.card)
    return folder
