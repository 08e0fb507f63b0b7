"""One step of training without pairs as one compiled graph: Zhu et al. 2017 (CycleGAN, arXiv:1703.10593)."""

from typing import Any, Optional, Tuple

import mindspore as ms
from mindspore import nn, ops

from ms_gan.runtime.workers import Workers
from ms_gan.training.adversarial.losses import least_squares_discriminator, least_squares_generator
from ms_gan.training.adversarial.pool import Pool
from ms_gan.training.loss_scale import scaled

Shape = Tuple[int, int, int]


def _distance(x, y):
    """The mean of the absolute differences of two tensors of one shape, a scalar."""
    return ops.abs(x - y).mean()


class CycleStep(nn.Cell):
    """The update of both generators, then that of both discriminators.

    The generators' loss is equation 3 of the paper with the least squares of its section 4 and the identity loss of
    section 5.2; each discriminator's is halved, as in the paper's code, and sees what its pool makes of the images that
    the generators made before their update.

    Args:
        generator_ab, generator_ba: pictures of a to pictures of b, and back.
        discriminator_a, discriminator_b: images (N, C, H, W) to logits of being of a, of b.
        optim_g, optim_d: one optimizer for both generators, one for both discriminators; with `scale`, as LossScale has
            it, the losses are differentiated scaled.
        config: with `weight` of the cycles' distances, `identity`, a factor on it for the distance of pictures that
            should stay as they are (0: none), and `pool`, the size of both pools (0: none).
        count: an int32 parameter that counts steps.
        shape_a, shape_b: (C, H, W) of the pictures, for the pools.
        workers: which worker this is; None: the only one. All have the same pools, of the images that all of them make.

    Inputs:
        a, b: (N, C, H, W), float32 in [-1, 1]; with an identity loss both have the same shape.
        draws_a, draws_b: (M, 2), float32, what the pools of images of a and of b are drawn by, M images in all
            workers: see Pool.

    Outputs:
        float32 (5,), all before their updates: the losses of both discriminators; the mean of both generators'
        adversarial losses; the mean distances of pictures to what comes back of them, and to what becomes of them
        where they should stay (0 without an identity loss).
    """

    def __init__(
        self, generator_ab: nn.Cell, generator_ba: nn.Cell, discriminator_a: nn.Cell, discriminator_b: nn.Cell,
        optim_g: nn.Cell, optim_d: nn.Cell, config: Any, count: ms.Parameter, shape_a: Shape, shape_b: Shape,
        workers: Optional[Workers] = None,
    ):  # fmt: skip
        super().__init__(auto_prefix=False)
        self.generator_ab, self.generator_ba = generator_ab, generator_ba
        self.discriminator_a, self.discriminator_b = discriminator_a, discriminator_b
        self.optim_g, self.optim_d = optim_g, optim_d
        self.scale_g, self.scale_d = getattr(optim_g, "scale", None), getattr(optim_d, "scale", None)
        self.weight, self.identity = config.weight, config.identity
        self.step = count
        self.pools = bool(config.pool)
        self.pool_a = Pool(config.pool, shape_a, "pool_a.") if self.pools else None
        self.pool_b = Pool(config.pool, shape_b, "pool_b.") if self.pools else None
        self.rank = workers.rank if workers else 0
        self.gather = ops.AllGather() if self.pools and workers and workers.count > 1 else None
        # Where no layer mixes the images of a batch, two batches can share one pass.
        self.one_pass_g = not (generator_ab.mixes_batch or generator_ba.mixes_batch)
        self.one_pass_d = not (discriminator_a.mixes_batch or discriminator_b.mixes_batch)
        self.grad_g = ms.value_and_grad(self.generators_loss, None, optim_g.parameters, has_aux=True)
        self.grad_d = ms.value_and_grad(self.discriminators_loss, None, optim_d.parameters, has_aux=True)

    def translated(self, generator, pictures, others):
        """What a generator makes of pictures, and of others that should stay as they are, or None."""
        if not self.identity:
            return generator(pictures), None
        if not self.one_pass_g:
            return generator(pictures), generator(others)
        both, count = generator(ops.concat((pictures, others))), pictures.shape[0]
        return both[:count], both[count:]

    def generators_loss(self, a, b):
        """The loss of both generators, scaled; the statistics of it, and what was made: images of a, images of b."""
        made_b, same_b = self.translated(self.generator_ab, a, b)
        made_a, same_a = self.translated(self.generator_ba, b, a)
        adversarial = least_squares_generator(self.discriminator_b(made_b))
        # The objective has a factor of one half that CycleGAN's loss does not have.
        adversarial = 2.0 * (adversarial + least_squares_generator(self.discriminator_a(made_a)))
        cycle = _distance(self.generator_ba(made_b), a) + _distance(self.generator_ab(made_a), b)
        distances, identity = cycle, ops.zeros_like(cycle)
        if self.identity:
            identity = _distance(same_a, a) + _distance(same_b, b)
            distances = cycle + self.identity * identity
        loss = adversarial + self.weight * distances
        return scaled(loss, self.scale_g), 0.5 * adversarial, 0.5 * cycle, 0.5 * identity, made_a, made_b

    def pooled(self, pool, made, draws):
        """What a pool makes of this worker's images; those of the others go through it too."""
        if self.gather is None:
            return pool(made, draws)
        first = self.rank * made.shape[0]
        return pool(self.gather(made), draws)[first : first + made.shape[0]]

    def discriminator_loss(self, discriminator, real, fake):
        """The loss of one discriminator for real and for generated images."""
        if not self.one_pass_d:
            return least_squares_discriminator(discriminator(real), discriminator(fake))
        logits, count = discriminator(ops.concat((real, fake))), real.shape[0]
        return least_squares_discriminator(logits[:count], logits[count:])

    def discriminators_loss(self, a, b, fake_a, fake_b):
        """The loss of both discriminators, scaled; then that of each."""
        loss_a = self.discriminator_loss(self.discriminator_a, a, fake_a)
        loss_b = self.discriminator_loss(self.discriminator_b, b, fake_b)
        return scaled(loss_a + loss_b, self.scale_d), loss_a, loss_b

    def construct(self, a, b, draws_a, draws_b):
        found, gradients = self.grad_g(a, b)
        self.optim_g(gradients)
        loss_g, cycle, identity = found[1:4]
        made_a, made_b = ops.stop_gradient(found[4]), ops.stop_gradient(found[5])
        if self.pools:
            made_a = self.pooled(self.pool_a, made_a, draws_a)
            made_b = self.pooled(self.pool_b, made_b, draws_b)
        losses, gradients = self.grad_d(a, b, made_a, made_b)
        self.optim_d(gradients)
        ops.assign(self.step, self.step + 1)
        return ops.stack((losses[1], losses[2], loss_g, cycle, identity))
