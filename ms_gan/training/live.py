"""What shows a run to people while it trains: its page, and TensorBoard where it is wanted."""

import contextlib
import time
from typing import Any, Dict, Iterator, List

import numpy as np

from ms_gan.config.sections import RunConfig
from ms_gan.report.collect import Run
from ms_gan.report.embedded import Album
from ms_gan.report.page import write_run_page
from ms_gan.runs.events import say
from ms_gan.runs.run_folder import RunFolder
from ms_gan.training.tensorboard import EventFiles

SHORTEST_SECONDS = 5  # between two versions of the page
PAGE_SHARE = 0.01  # of a training's time that may go into its page
RELOAD_SECONDS = 20  # after which an open page looks for a newer version, at least


class Live:
    """Takes in what a run writes into its logs. What goes wrong in here is said once, and does not end the training.

    Args:
        config: the run's configuration.
        folder: the run's; its logs hold nothing of steps after `step`.
        step: the step from which training goes on.
    """

    def __init__(self, config: RunConfig, folder: RunFolder, step: int):
        self._warned = False
        self._watchers: List[Any] = []
        with self._spared():
            self._watchers.append(LivePage(config, folder))
        with self._spared():
            if config.train.tensorboard:
                self._watchers.append(EventFiles(config, folder, step))

    def add(self, record: Dict[str, Any]) -> None:
        """Take in a record that has just been written into log.jsonl or metrics.jsonl."""
        for watcher in self._watchers:
            with self._spared():
                watcher.add(record)

    def add_images(self, step: int, images: np.ndarray) -> None:
        """Take in the images of a sample grid, uint8 (N, C, H, W)."""
        for watcher in self._watchers:
            with self._spared():
                watcher.add_images(step, images)

    @contextlib.contextmanager
    def _spared(self) -> Iterator[None]:
        """Spare the training any error within this context, whatever it is: it has lasted for days, perhaps."""
        try:
            yield
        except Exception as error:
            if not self._warned:
                self._warned = True
                say(f"warning: the run cannot be shown, training goes on: {error or type(error).__name__}")


class LivePage:
    """Writes a run's page again and again, as often as costs next to nothing.

    Args:
        config: the run's configuration.
        folder: the run's.
    """

    def __init__(self, config: RunConfig, folder: RunFolder):
        self._run, self._path, self._album = Run(folder.path, config), folder.report, Album()
        self._due = self._written = -float("inf")

    def add(self, record: Dict[str, Any]) -> None:
        """Take in a record, and write the page where it is due, or where the record ends the run."""
        self._run.add(record)
        now = time.monotonic()
        over = self._run.state != "running"
        if now < self._due and not over:
            return
        since = now - self._written
        reload = round(max(RELOAD_SECONDS, since)) if since < float("inf") else RELOAD_SECONDS
        self._due = now + SHORTEST_SECONDS  # also where this fails
        write_run_page(self._run, self._path, self._album, None if over else reload)
        self._written = time.monotonic()
        self._due = self._written + max(SHORTEST_SECONDS, (self._written - now) / PAGE_SHARE)

    def add_images(self, step: int, images: np.ndarray) -> None:
        """The page takes sheets from the folder, not these images (N, C, H, W)."""
