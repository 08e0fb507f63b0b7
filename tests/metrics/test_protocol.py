import json
from dataclasses import replace

from ms_gan.metrics.evaluate import Splits, protocol_of
from ms_gan.metrics.protocol import differences
from tests.metrics.stand_ins import Generator, Network, data, drawn

SPLITS = Splits(data(30), data(12, seed=1, title="other stripes"))
PROTOCOL = protocol_of(Generator(drawn(20)[0]), Network().features, SPLITS, 20, 5)


def test_it_says_all_that_numbers_depend_on():
    assert PROTOCOL.features.name == "stripes-1a2b3c4d" and PROTOCOL.features.width == 16
    assert (PROTOCOL.generator.kind, PROTOCOL.generator.epoch, PROTOCOL.generator.step) == ("averaged", 2.5, 30)
    assert (PROTOCOL.split, PROTOCOL.real, PROTOCOL.generated, PROTOCOL.seed) == ("train", 30, 20, 5)
    assert PROTOCOL.data == "stripes, 30 images" and PROTOCOL.floor == "12 of other stripes, 12 images"
    assert json.loads(json.dumps(PROTOCOL.to_dict())) == PROTOCOL.to_dict()


def test_differences_are_named_and_generators_are_none():
    another = replace(PROTOCOL, generator=replace(PROTOCOL.generator, kind="raw", weights="0"))
    assert differences([PROTOCOL, another]) == []
    other = replace(another, generated=10, features=replace(PROTOCOL.features, name="inception"))
    assert differences([PROTOCOL, another, other]) == [
        "features: stripes-1a2b3c4d / inception",
        "generated: 20 / 10",
    ]


def test_other_pixels_under_the_same_name_are_a_difference():
    splits = SPLITS._replace(train=data(30, seed=9))
    other = protocol_of(Generator(drawn(20)[0]), Network().features, splits, 20, 5)
    assert other.data == PROTOCOL.data and len(differences([PROTOCOL, other])) == 1
