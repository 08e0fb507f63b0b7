import json
from dataclasses import replace

import pytest

from ms_gan.metrics.evaluate import Splits, evaluate
from ms_gan.metrics.report import read_report, save_report
from tests.metrics.stand_ins import Generator, Network, data, drawn


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MS_GAN_CACHE", str(tmp_path_factory.mktemp("cache")))
        return evaluate(Generator(drawn(40)[0]), Network().features, Splits(data(60), data(30, 1)), 40, 0)


def test_the_file_holds_the_protocol_and_is_read_back(report, tmp_path):
    path = tmp_path / "evaluation.json"
    save_report(report, path)
    values = json.loads(path.read_text())
    assert values["protocol"] == report.protocol.to_dict() and values["protocol"]["features"]["accuracy"] == 0.99
    assert values["generated"]["frechet"] == report.generated.frechet and "copies" not in values
    assert read_report(path, report.protocol) == replace(report, copies=None)


def test_what_was_measured_otherwise_or_is_damaged_does_not_count(report, tmp_path):
    path = tmp_path / "evaluation.json"
    assert read_report(path, report.protocol) is None
    save_report(report, path)
    assert read_report(path, replace(report.protocol, seed=1)) is None
    assert read_report(path, replace(report.protocol, generator=replace(report.protocol.generator, weights=""))) is None
    text = path.read_text()
    damages = text[:-20], "[]", "{}", text.replace("frechet", "fr"), text.replace('"floor": {', '"flo": {')
    for damaged in (*damages, text.replace('"count": ', '"count": 0.')):
        path.write_text(damaged)
        assert read_report(path, report.protocol) is None


def test_measures_by_class_are_read_back_and_files_without_them_too(report, tmp_path):
    path = tmp_path / "evaluation.json"
    by_class = {"accuracy": 0.5, "accuracy_worst": 0.25, "accuracy_by_class": [0.25, None, 0.75], "cas": 0.5}
    asked = replace(report, generated=replace(report.generated, **by_class), asked=["a", "b", "c"])
    save_report(asked, path)
    assert read_report(path, report.protocol) == replace(asked, copies=None)
    assert json.loads(path.read_text())["generated"].items() >= by_class.items()
    text = path.read_text()
    for damaged in (text.replace('"asked": [', '"asked": [7,'), text.replace("0.75", '"much"')):
        assert damaged != text
        path.write_text(damaged)
        assert read_report(path, report.protocol) is None
    save_report(report, path)
    assert not {"accuracy", "intra_frechet", "cas"} & json.loads(path.read_text())["generated"].keys()
