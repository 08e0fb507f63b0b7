"""Objectives. Each is two small functions of discriminator logits, whose larger values mean "real".

With the labels turned, so that generated images are the positive class, the logits change their sign: the caller
hands in -x for x, and label noise with its sign changed. For the cross-entropy with labels 1 - y that is exact.
"""

from typing import Callable, NamedTuple

from mindspore import ops

from ms_gan.config.sections import LABELLED, PAIRED

# The kernel itself: it is exact on both ends, where ops.softplus adds comparisons of its own.
softplus = ops.Softplus()


def binary_cross_entropy(logits, labels):
    """-y log s(x) - (1 - y) log(1 - s(x)) as a mean, s the sigmoid: Goodfellow et al. 2014 (arXiv:1406.2661), eq. 1.

    Written on logits, -log s(x) is softplus(-x), which neither overflows nor loses its gradient where the sigmoid
    saturates. With labels 1 for real and 0 for generated images the discriminator's loss is this of the ones plus this
    of the others; the generator's non-saturating loss (section 3) is this of its images with the label of real ones.

    Args:
        logits: x, (N, 1).
        labels: y, a number or (N, 1); noise may take it outside [0, 1].

    Returns:
        a scalar.
    """
    return (softplus(-logits) + (1.0 - labels) * logits).mean()


def cross_entropy_discriminator(real, fake, real_label=1.0, fake_label=0.0):
    """-E log s(D(x)) - E log(1 - s(D(G(z)))): Goodfellow et al. 2014 (arXiv:1406.2661), equation 1, maximised by D."""
    return binary_cross_entropy(real, real_label) + binary_cross_entropy(fake, fake_label)


def non_saturating_generator(fake, real=None):
    """-E log s(D(G(z))): Goodfellow et al. 2014 (arXiv:1406.2661), section 3, last paragraph."""
    return binary_cross_entropy(fake, 1.0)


def minimax_generator(fake, real=None):
    """E log(1 - s(D(G(z)))): Goodfellow et al. 2014 (arXiv:1406.2661), equation 1, minimised by G.

    It has next to no gradient while the discriminator is sure of its case.
    """
    return -binary_cross_entropy(fake, 0.0)


def _squared(x):
    return x * x  # ops.square's gradient has no kernel for GPUs


def least_squares_discriminator(real, fake, real_label=1.0, fake_label=0.0):
    """1/2 E (D(x) - b)^2 + 1/2 E (D(G(z)) - a)^2, b and a the labels: Mao et al. 2016 (arXiv:1611.04076), eq. 2."""
    return 0.5 * _squared(real - real_label).mean() + 0.5 * _squared(fake - fake_label).mean()


def least_squares_generator(fake, real=None):
    """1/2 E (D(G(z)) - c)^2, c = 1: Mao et al. 2016 (arXiv:1611.04076), eq. 2 with the 0-1 coding of section 3.2."""
    return 0.5 * _squared(fake - 1.0).mean()


def hinge_discriminator(real, fake):
    """E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))): Lim and Ye 2017 (arXiv:1705.02894); Miyato et al. 2018
    (arXiv:1802.05957), equation 16.
    """
    return ops.relu(1.0 - real).mean() + ops.relu(1.0 + fake).mean()


def wasserstein_discriminator(real, fake):
    """E D(G(z)) - E D(x): Arjovsky et al. 2017 (arXiv:1701.07875), equation 3, with the sign of a loss.

    It has a finite minimum only for discriminators whose slope is bounded: see regularisers.py.
    """
    return fake.mean() - real.mean()


def linear_generator(fake, real=None):
    """-E D(G(z)): Arjovsky et al. 2017 (arXiv:1701.07875), algorithm 1, line 10; with hinge_discriminator Miyato et al.
    2018 (arXiv:1802.05957), equation 17.
    """
    return -fake.mean()


def relativistic_discriminator(real, fake):
    """-E log s(D(x) - D(G(z))) over pairs: Jolicoeur-Martineau 2018 (arXiv:1807.00734), RSGAN of section 4; Huang
    et al. 2024 (arXiv:2501.05441), equation 2, with f(t) = -log(1 + exp(-t)).
    """
    return softplus(fake - real).mean()


def relativistic_generator(fake, real):
    """-E log s(D(G(z)) - D(x)) over pairs: sources as of the discriminator's."""
    return softplus(real - fake).mean()


class Objective(NamedTuple):
    """What both networks minimise.

    Attributes:
        discriminator: (real, fake) -> scalar, from logits (N, 1) of real and of generated images; where the objective
            has labels also (real, fake, real_label, fake_label), each a number or (N, 1): smoothed, noisy.
        generator: (fake, real) -> scalar; `real` is read only where the objective is paired, else it may be None.
        has_labels: whether images have labels, which can be smoothed or have noise.
        paired: whether each generated image is compared with a real one: as many of both, and the discriminator sees
            real images in the generator's update too. Its loss is one mean, not the sum of two.
    """

    discriminator: Callable
    generator: Callable
    has_labels: bool
    paired: bool


OBJECTIVES = {
    name: Objective(discriminator, generator, name in LABELLED, name in PAIRED)
    for name, discriminator, generator in (
        ("non_saturating", cross_entropy_discriminator, non_saturating_generator),
        ("minimax", cross_entropy_discriminator, minimax_generator),
        ("least_squares", least_squares_discriminator, least_squares_generator),
        ("hinge", hinge_discriminator, linear_generator),
        ("wasserstein", wasserstein_discriminator, linear_generator),
        ("relativistic", relativistic_discriminator, relativistic_generator),
    )
}
