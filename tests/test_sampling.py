import numpy as np
import pytest

from ms_gan.errors import GanError, UsageError
from ms_gan.latents import sample_latents
from ms_gan.sampling import open_generator
from ms_gan.weights import load_weights


def test_an_image_depends_neither_on_its_batch_nor_on_how_many_are_made(trained):
    sampler = open_generator(trained)
    latents = sample_latents(0, 0, 100, sampler.card.latent)
    together = sampler.generate(latents)
    assert together.shape == (100, 1, 28, 28) and np.abs(together).max() <= 1
    assert np.array_equal(sampler.generate(latents[70:71]), together[70:71])
    assert np.array_equal(sampler.generate(latents[::-1]), together[::-1])
    streamed = np.concatenate([images for _, images in sampler.stream(0, 100)])
    assert np.array_equal(streamed, sampler.samples(0, 100))


def test_sampling_leaves_the_weights_alone(trained):
    sampler = open_generator(trained)
    sampler.samples(0, 70)
    values, _ = load_weights(trained / "generator.ckpt")
    for parameter in sampler.parameters():
        assert np.array_equal(parameter.asnumpy(), values[parameter.name].asnumpy()), parameter.name


def test_a_training_checkpoint_gives_the_same_images(trained):
    newest = sorted((trained / "checkpoints").iterdir())[-1]
    assert np.array_equal(open_generator(newest).samples(1, 9), open_generator(trained).samples(1, 9))


def test_what_cannot_be_opened(tmp_path, trained):
    with pytest.raises(UsageError, match="holds no generator.ckpt"):
        open_generator(tmp_path)
    (tmp_path / "lonely.mindir").write_bytes(b"x")
    with pytest.raises(UsageError, match="lonely.json: missing"):
        open_generator(tmp_path / "lonely.mindir")


def test_spoilt_weights_are_reported(trained):
    sampler = open_generator(trained)
    bias = sampler.parameters()[-1]
    bias.set_data(bias.value() + float("nan"))
    with pytest.raises(GanError, match="not numbers"):
        sampler.samples(0, 1)
