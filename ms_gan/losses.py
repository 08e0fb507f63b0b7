"""Objectives. Each is a pair of small functions of discriminator logits.

All take logits and not probabilities: -log sigmoid(x) is softplus(-x), which neither overflows nor loses its gradient
where the sigmoid saturates.
"""

from mindspore import ops


def non_saturating_discriminator(real_logits, fake_logits):
    """-E[log D(x)] - E[log(1 - D(G(z)))], D = sigmoid(logit): Goodfellow et al. 2014 (arXiv:1406.2661), equation 1.

    Args:
        real_logits, fake_logits: (N, 1), of real and of generated images.

    Returns:
        a scalar: the two binary cross-entropies, each a mean over its images, added.
    """
    return ops.softplus(-real_logits).mean() + ops.softplus(fake_logits).mean()


def non_saturating_generator(fake_logits):
    """-E[log D(G(z))]: Goodfellow et al. 2014 (arXiv:1406.2661), section 3, the objective that does not saturate.

    Args:
        fake_logits: (N, 1), of generated images.
    """
    return ops.softplus(-fake_logits).mean()
