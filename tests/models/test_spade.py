import mindspore as ms
import numpy as np
import pytest

from ms_gan.export.graph import read_graph
from ms_gan.formats.graph_input import GraphInput
from ms_gan.models.initialisers import initialise
from ms_gan.models.map_discriminator import MapDiscriminator
from ms_gan.models.spade import Generator, OneHotMaps, doublings
from ms_gan.models.spectral import normalise_spectra

pytestmark = pytest.mark.usefixtures("device", "kernels")
MAPS = np.random.default_rng(0).integers(0, 4, (2, 16, 16)).astype(np.int32)
MAPS = np.where(MAPS == 3, 255, MAPS).astype(np.int32)  # three classes, and unknown pixels


def test_one_hot_maps_keep_the_nearest_pixel_and_know_what_is_unknown():
    cell = OneHotMaps(3, 4)
    hot = cell(ms.Tensor(MAPS)).asnumpy()
    hot = hot.transpose(0, 3, 1, 2) if cell.last else hot
    small = MAPS[:, ::4, ::4]
    assert hot.shape == (2, 3, 4, 4) and np.array_equal(hot.sum(1), small != 255)
    assert np.array_equal(hot.argmax(1)[small != 255], small[small != 255])


@pytest.mark.parametrize("style", [0, 3])
def test_a_generator_describes_itself_with_its_weights_normalised(style):
    network = Generator(3, (3, 16, 16), 2, 4, style)
    random = np.random.default_rng(1)
    initialise(network, "he_normal", random)
    for cell in network.normalised:
        normalise_spectra(cell, random)
    network.set_train(False)
    latents = random.standard_normal((2, style)).astype(np.float32)
    inputs = [GraphInput("maps", (16, 16), whole=True), *([GraphInput("latents", (3,))] if style else [])]
    given = [MAPS, *([latents] if style else [])]
    made = network(*map(ms.Tensor, given)).asnumpy()
    assert made.shape == (2, 3, 16, 16) and np.abs(made[0] - made[1]).max() > 0.01
    assert np.abs(read_graph(network, inputs).compute(*given) - made).max() < 1e-4


def test_a_discriminator_gives_what_each_layer_of_each_scale_sees():
    network = MapDiscriminator(3, (1, 16, 16), 2, 3, 2)
    initialise(network, "he_normal", np.random.default_rng(0))
    seen = network(ms.Tensor(np.zeros((2, 1, 16, 16), np.float32)), ms.Tensor(MAPS))
    assert [len(scale) for scale in seen] == [4, 4]
    channels = [one.shape[3 if network.last else 1] for one in seen[0]]
    assert channels == [2, 4, 8, 1] and all(scale[-1].shape[0] == 2 for scale in seen)


def test_sides_that_cannot_be_doubled_are_refused():
    assert doublings(64, 128) == 4 and doublings(24, 24) == 2
    for sides in ((8, 8), (18, 18), (30, 64)):
        with pytest.raises(ValueError, match="multiples of 4"):
            doublings(*sides)
