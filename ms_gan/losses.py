"""Objectives. Each is a small function of discriminator logits."""

from mindspore import ops


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
    return (ops.softplus(-logits) + (1.0 - labels) * logits).mean()
