import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from ms_gan.cli.explore import _listen, main
from tests.refusals import refused

COMMAND = [sys.executable, "-m", "ms_gan.cli.explore", "--device", "CPU"]


@pytest.mark.parametrize(
    "argv, message",
    [
        ([], "--ckpt is missing"),
        (["--ckpt", "absent"], "--ckpt absent: no such file or folder"),
        (["--ckpt", "{run}", "--port", "65536"], "port: 65536 is out of range; allowed: 0 to 65535"),
        (["--ckpt", "{run}", "--prot", "80"], "did you mean --port?"),
    ],
)
def test_usage_errors(trained, capsys, argv, message):
    assert main([part.format(run=trained) for part in argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_missing_packages_are_named_with_the_command(trained, capsys, monkeypatch):
    monkeypatch.setattr("ms_gan.extras.find_spec", lambda name: None)
    assert main(["--ckpt", str(trained)]) == 2
    assert 'needs flask and waitress; install with: pip install "ms_gan[explore]"' in capsys.readouterr().err


def test_it_serves_this_machine_until_ctrl_c(trained):
    pytest.importorskip("waitress")
    process = subprocess.Popen([*COMMAND, "--ckpt", str(trained)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout.readline().decode() == f"explore {trained} at\n"
        address = re.match(r"  (http://127\.0\.0\.1:(\d+)/[\w-]{32}/)\n", process.stdout.readline().decode())
        with urllib.request.urlopen(address[1] + "about", timeout=60) as answer:
            assert json.load(answer)["recipe"] == "gan_mnist"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"http://127.0.0.1:{address[2]}/", timeout=60)
        with refused("port"):
            _listen(lambda environ, respond: [], int(address[2]))
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0 and out.endswith(b"ended\n") and error == b""
    finally:
        process.kill()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(address[2]))) != 0
