"""Which task a command line and a run are of, and what is refused."""

from dataclasses import dataclass, field, replace

import pytest

from ms_gan import tasks
from ms_gan.cli.train import main, read_options, share_batch
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.schema import option
from ms_gan.config.sections import AdversarialConfig, RunConfig
from ms_gan.tasks import latent
from ms_gan.tasks.task import Measure
from tests.refusals import refused


@dataclass
class LoopConfig:
    """A section that only the other task has."""

    pool: int = option(50, "images kept", 0, 1000)


@dataclass
class OtherConfig(AdversarialConfig):
    """Options of another task."""

    loop: LoopConfig = field(default_factory=LoopConfig)


@pytest.fixture
def other(monkeypatch):
    monkeypatch.setattr(tasks, "_added", {})
    tasks.add(replace(latent.TASK, name="other", about="something else", config=OtherConfig))


def test_the_task_is_named_by_the_command_line_by_files_and_by_the_run(tmp_path, other):
    (tmp_path / "a.yaml").write_text("task: other\nloop: {pool: 7}\n")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.yaml").write_text("seed: 1\n")
    assert tasks.named([]) == "latent"
    assert tasks.named(["--task", "other"]) == tasks.named(["--task=other"]) == "other"
    assert tasks.named(["--config", str(tmp_path / "a.yaml")]) == "other"
    assert tasks.named(["--config", str(tmp_path / "a.yaml"), "--task", "latent"]) == "latent"
    assert tasks.named(["--resume", str(tmp_path / "run"), "--task", "other"]) == "latent"
    config, _ = read_options(["--config", str(tmp_path / "a.yaml")])
    assert (type(config), config.task, config.loop.pool) == (OtherConfig, "other", 7)


def test_help_lists_the_tasks_and_the_options_of_one(other, capsys):
    for argv, has, lacks in (([], "--latent.width", "--loop.pool"), (["--task", "other"], "--loop.pool", "--latent")):
        with pytest.raises(SystemExit):
            read_options([*argv, "--help"])
        printed = capsys.readouterr().out
        assert has in printed and lacks not in printed and "other: something else" in " ".join(printed.split())


def test_an_option_of_another_task_is_refused_by_the_name_of_that_task(other, capsys):
    assert main(["--loop.pool", "3"]) == 2
    assert "--loop.pool: is an option of --task other" in capsys.readouterr().err
    assert main(["--task", "third"]) == 2
    assert "third is not known; allowed: latent, " in capsys.readouterr().err


def test_a_run_of_a_task_that_is_not_known_is_refused(tmp_path):
    (tmp_path / "config.yaml").write_text("task: gone\n")
    with refused("task", says="gone is not known"):
        tasks.read_config(tmp_path)


def test_a_run_of_version_0_1_0_is_of_the_latent_task(tmp_path):
    (tmp_path / "config.yaml").write_text("recipe: gan_mnist\nseed: 3\n")
    config = tasks.read_config(tmp_path)
    assert isinstance(config, latent.Config) and isinstance(config, RunConfig) and config.task == "latent"


def test_measures_know_what_is_better():
    assert latent.FRECHET.beats(1.0, 2.0) and not latent.FRECHET.beats(2.0, 1.0)
    assert Measure("psnr", "PSNR", "higher").beats(2.0, 1.0) and latent.FRECHET.plain == "Frechet distance"


def test_a_record_in_words():
    record = {"loss_d": 1.2, "loss_g": 0.5, "d_real": 0.6, "d_fake": 0.4}
    assert latent.TASK.in_words(record) == "loss D 1.200 G 0.500  D(x) 0.60 D(G(z)) 0.40"


def test_one_pair_at_a_time_is_enough_for_cyclegan_alone():
    for name, least in (("unpaired", 1), ("paired", 2), ("latent", 2)):
        task = tasks.find(name)
        config, _ = parse(make_parser(task.config, "", "", yaml_files=True), task.config, ["--batch-size", "2"])
        share_batch(config, 1)
        config.train.local_batch_size = 1
        if least == 1:
            share_batch(config, 2)
            assert config.train.batch_size == 2
        else:
            with refused("train.batch_size"):
                share_batch(config, 2)
