import resource

import numpy as np
import pytest

from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import Sampler, open_generator
from ms_gan.generators.weights import load_weights, save_weights
from tests.refusals import failed, refused


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
    with refused(code="missing", says="holds no generator.ckpt"):
        open_generator(tmp_path)
    (tmp_path / "lonely.mindir").write_bytes(b"x")
    with refused(code="missing", says="lonely.json"):
        open_generator(tmp_path / "lonely.mindir")


def test_spoilt_weights_are_reported(trained):
    sampler = open_generator(trained)
    bias = sampler.parameters()[-1]
    bias.set_data(bias.value() + float("nan"))
    with failed("diverged"):
        sampler.samples(0, 1)


def wide_layers(card):
    card.generator.hidden = [65536] * 3


def wide_latents(card):
    card.latent.width = 65536


def large_images(card):
    card.image.height = card.image.width = 1024


def wide_convolutions(card):
    card.generator.name, card.generator.channels = "cnn", 4096


def impossible_size(card):
    card.generator.name, card.image.width = "dcgan", 25


@pytest.mark.parametrize(
    "change, code, says",
    [
        (wide_layers, "mismatch", r"layers.0.weight is \(12, 8\) there and should be \(65536, 8\)"),
        (wide_latents, "mismatch", r"should be \(12, 65536\)"),
        (large_images, "mismatch", r"should be \(1048576, 16\)"),
        (wide_convolutions, "mismatch", "is not in it"),
        (impossible_size, "damaged", "does not describe a generator: dcgan"),
    ],
)
def test_a_card_that_describes_more_than_the_file_holds_makes_nothing(trained, tmp_path, change, code, says):
    sampler = open_generator(trained)
    named = [(parameter.name, parameter) for parameter in sampler.parameters()]
    change(sampler.card)
    save_weights(tmp_path / "g.ckpt", named, sampler.card)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with failed(code, says=says):
        open_generator(tmp_path / "g.ckpt")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


def test_a_network_of_another_size_than_a_family_has_is_refused_before_training(trained):
    card = open_generator(trained).card
    card.generator.hidden = [1] * 101
    with refused("generator.hidden"):
        Sampler.from_card(card)


def test_a_static_graph_is_loaded_from_the_bytes_that_were_examined(device, trained, tmp_path, monkeypatch):
    from ms_gan.export import export_mindir
    from ms_gan.generators import sampling

    path = tmp_path / "generator.mindir"
    export_mindir(open_generator(trained), path)
    checked = sampling.check_mindir

    def check(content, *rest):
        path.write_bytes(b"changed meanwhile")
        return checked(content, *rest)

    monkeypatch.setitem(sampling.EXPORTED, ".mindir", (check, sampling.EXPORTED[".mindir"][1]))
    assert open_generator(path).samples(0, 2).shape[0] == 2
