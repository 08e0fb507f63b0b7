import struct

import numpy as np
import pytest

from ms_gan import extras
from ms_gan.runs.run_folder import RunFolder
from ms_gan.training.live import Live
from ms_gan.training.tensorboard import check_tensorboard
from tests.conftest import tiny_config
from tests.refusals import refused
from tests.report.drawn_run import quality_record, train_record


def tensorboard_config():
    config = tiny_config(tensorboard=True)
    config.recipe = "mine"
    return config


def seen(folder):
    """What TensorBoard makes of a folder's event files: {tag: {step: value}}, purged as it does."""
    from tensorboardX.proto.event_pb2 import Event, SessionLog

    found = {}
    for path in sorted(folder.iterdir()):
        content, place = path.read_bytes(), 0
        while place < len(content):
            (length,) = struct.unpack_from("<Q", content, place)
            event = Event.FromString(content[place + 12 : place + 12 + length])
            place += length + 16
            if event.session_log.status == SessionLog.START:
                found = {tag: {s: v for s, v in values.items() if s < event.step} for tag, values in found.items()}
            for value in event.summary.value:
                values = found.setdefault(value.tag, {})
                assert event.step not in values
                values[event.step] = value if value.HasField("image") else value.simple_value
    return found


def test_numbers_pictures_and_options_also_after_a_resume(tmp_path):
    pytest.importorskip("tensorboardX")
    folder, images = RunFolder(tmp_path), np.zeros((4, 1, 8, 8), np.uint8)
    first = Live(tensorboard_config(), folder, 0)
    for step in (100, 200, 300):
        first.add(train_record(step, loss_d=step / 100))
        first.add_images(step, images)
    first.add({**quality_record(1, "raw", 5.0), "accuracy": 0.75})
    first.add(quality_record(3, "averaged", 4.0))
    first.add({"event": "stop", "time": 0.0, "step": 300})  # as if killed: the newest checkpoint is that of step 200
    for path in folder.tensorboard.iterdir():
        path.rename(path.with_name(path.name.replace("tfevents", "tfevents.0")))  # files of one second have one name
    second = Live(tensorboard_config(), folder, 200)
    second.add(train_record(300, loss_d=7.0))
    second.add_images(300, images)
    second.add({"event": "end", "time": 0.0, "step": 300})
    found = seen(folder.tensorboard)
    assert (
        found["loss/discriminator"] == {100: 1.0, 200: 2.0, 300: 7.0} and found["speed/images_per_second"][100] == 4000
    )
    assert found["frechet/raw"] == {100: 5.0} and found["frechet/averaged"] == {}
    assert found["accuracy/raw"] == {100: 0.75} and "accuracy/averaged" not in found
    assert list(found["samples"]) == [100, 200, 300] and found["samples"][300].image.width == 22
    assert sum(b"mine" in path.read_bytes() for path in folder.tensorboard.iterdir()) == 1  # the recipe's name


def test_without_the_package_there_is_one_sentence(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    check_tensorboard(tiny_config())
    with refused("--train.tensorboard", code="uninstalled"):
        check_tensorboard(tensorboard_config())
