import shutil

from ms_gan.data.mnist import NAMES
from ms_gan.data.whereabouts import whereabouts
from tests.data.cifar_files import write_cifar
from tests.refusals import refused


def test_what_is_here_and_whence_the_rest_would_come(tmp_path, monkeypatch):
    monkeypatch.setattr("ms_gan.runtime.paths.SYSTEM_FOLDERS", (tmp_path / "system",))
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MS_GAN_DATA", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert [(one.source, one.folder, len(one.ways)) for one in whereabouts()] == [
        ("mnist", None, 2), ("fashion_mnist", None, 2), ("cifar10", None, 1),
    ]  # fmt: skip
    monkeypatch.setattr(shutil, "which", lambda name: name)
    assert whereabouts()[0].ways[-1].startswith("npm package")

    mine = tmp_path / "mine"
    (mine / "MNIST/raw").mkdir(parents=True)
    for name in NAMES[:2]:
        (mine / "MNIST/raw" / f"{name}.gz").touch()
    archive = write_cifar(mine)
    monkeypatch.setenv("MS_GAN_DATA", str(mine))
    assert [one.folder for one in whereabouts()] == [mine / "MNIST/raw", None, archive]
    assert not (tmp_path / "cache").exists()


def test_a_folder_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setenv("MS_GAN_DATA", "/no/such/folder")
    with refused("MS_GAN_DATA"):
        whereabouts()
