import pytest

from ms_gan.config.parser import from_dict, make_parser, parse, write_yaml
from ms_gan.config.sizes import cnn_half, dcgan_sides, fastgan_sides, r3gan_sides, sides_of
from ms_gan.tasks.latent import Config
from tests.refusals import refused


def size_of_yaml(value):
    return from_dict(Config, {"data": {"image_size": value}}, "here").data.image_size


def size_of_typed(text):
    return parse(make_parser(Config, "train.py", ""), Config, ["--data.image_size", text])[0].data.image_size


@pytest.mark.parametrize("read", [size_of_yaml, size_of_typed])
def test_a_size_is_one_number_or_height_and_width(read):
    assert (read("64"), read("64x64"), read("48x64")) == (64, 64, "48x64")
    assert sides_of(64) == (64, 64) and sides_of("48x64") == (48, 64)
    with refused("data.image_size", says="4 is out of range; allowed: 8 to 1024 pixels"):
        read("64x4")
    for text in ("48x", "48x64x3", "4.5", "small"):
        with refused("data.image_size", says="a whole number 8 to 1024 pixels, or two of them, such as 48x64"):
            read(text)


def test_a_square_is_written_as_a_number():
    config = Config()
    config.data.image_size = size_of_yaml("64x64")
    assert "image_size: 64," in write_yaml(config)
    config.data.image_size = "48x64"
    assert "image_size: 48x64," in write_yaml(config)


def test_the_smaller_side_is_what_networks_begin_with():
    for rule in (dcgan_sides, fastgan_sides, r3gan_sides):
        assert rule((3, 48, 64)) == ((6, 8), 3) and rule((3, 64, 64)) == ((4, 4), 4)
        with pytest.raises(ValueError, match="not 48x60"):
            rule((3, 48, 60))
    assert cnn_half((3, 48, 60)) == (24, 30)
