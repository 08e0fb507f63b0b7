"""What each of two workers does for test_workers.py: FOLDER of the run to make. Fails where it finds anything wrong."""

import signal
import sys

import numpy as np

from ms_gan.tasks.latent import Config
from tests.conftest import tiny_config

STEPS = 100
SIGNALLED = 7  # the step during which worker 1, and no other, is told to stop


def plain_config(folder) -> Config:
    """A run whose step uses every kind of random number, without BatchNorm."""
    config = tiny_config(cadence="steps", steps=STEPS, checkpoint_every=5, keep_checkpoints=9, sample_every=STEPS)
    config.output = str(folder)
    config.conditional, config.generator.batch_norm = True, False
    config.data.mirror = True
    config.procedure.label_noise = 0.05
    config.regularise.r1, config.regularise.every = 1.0, 2
    config.regularise.instance_noise, config.regularise.augment = 0.1, ["translation", "blit"]
    config.regularise.augment_target, config.regularise.augment_images = 0.0, 200
    # Adam scales the rounding of a gradient that is nearly zero up to a step of lr; a larger eps does not.
    config.optimizer.generator.eps = config.optimizer.discriminator.eps = 1e-4
    return config


def check_means(workers):
    own = np.float32([workers.rank, 1])
    assert workers.count == 2
    assert np.array_equal(workers.mean(own), [0.5, 1])
    assert np.array_equal(workers.gather(own), [[0, 1], [1, 1]])


def check_running_statistics(workers):
    import mindspore as ms

    from ms_gan.systems.latent.build import build_system

    system = build_system(tiny_config(), (1, 6, 6), workers=workers.count)
    parameters = dict(system.parameters())
    for parameter in parameters.values():
        parameter.set_data(ms.ops.full_like(parameter, float(workers.rank)))
    system.average_statistics()
    moving = [name for name in parameters if ".moving_" in name]
    assert len(moving) == 4  # of the generator and of its average
    for name, parameter in parameters.items():
        assert (parameter.asnumpy() == (0.5 if name in moving else workers.rank)).all(), name


def check_overflow(workers):
    """One worker's overflow keeps both from the update, and halves both scales."""
    import mindspore as ms

    from ms_gan.training.loss_scale import START_SCALE, LossScale
    from ms_gan.training.optimizers import build_optimizer
    from ms_gan.training.parallel import ParallelOptimizer

    weight = ms.Parameter(ms.ops.ones(3, ms.float32), name="weight")
    scaled = LossScale(build_optimizer(Config().optimizer.generator, [weight], "optim."), "loss_scale.")
    optimizer = ParallelOptimizer(scaled, workers.count, 1)
    optimizer((ms.ops.ones(3, ms.float32) * (float("inf") if workers.rank else 1.0),))
    assert (weight.asnumpy() == 1).all() and scaled.scale.asnumpy() == START_SCALE / 2
    optimizer((ms.ops.ones(3, ms.float32) * float(workers.rank),))
    assert (weight.asnumpy() < 1).all()


def check_agreement(workers):
    from ms_gan.errors import GanError
    from ms_gan.training import parallel

    parallel.check_agreement(workers, {"options": b"same", "images": b"same"})
    try:
        parallel.check_agreement(workers, {"options": b"same", "images": bytes([workers.rank])})
    except GanError as error:
        assert "worker 1 differs from worker 0 in: images" in str(error)
    else:
        raise AssertionError("nobody noticed other images")


def main():
    from ms_gan import data
    from ms_gan.runtime import start
    from ms_gan.training.trainer import Trainer

    device = start("CPU")
    for check in (check_means, check_running_statistics, check_overflow, check_agreement):
        check(device.workers)
    config = plain_config(sys.argv[1])
    trainer = Trainer(config, data.load(config.data, config.seed), device)
    if trainer.results:
        trainer.folder.save_config(config)
    inputs = trainer.inputs

    def interrupted_inputs(step):
        if step == SIGNALLED and device.workers.rank == 1:
            trainer.signals.stop = signal.SIGTERM
        return inputs(step)

    trainer.inputs = interrupted_inputs
    print("worker", device.workers.rank, "stopped by", trainer.run())
    device.workers.leave(0)


if __name__ == "__main__":
    main()
