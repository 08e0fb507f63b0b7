"""explore: a page on this machine that shows what a generator makes of its latents."""

import logging
import secrets
import sys
import webbrowser
from dataclasses import dataclass
from typing import Any, List, Optional

import numpy as np

from ms_gan.cli.command import check_checkpoint
from ms_gan.config.device_names import device_name
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.extras import need
from ms_gan.runtime.run_command import run_command
from ms_gan.runtime.signals import Signals

EXAMPLES = """\
  python -m ms_gan.cli.explore --ckpt runs/gan_mnist-20250101-1 --open
  python -m ms_gan.cli.explore --ckpt generator.mindir --port 8000"""


@dataclass
class ExploreOptions:
    """What explore takes."""

    ckpt: Optional[str] = option(None, "a run folder, or a .ckpt, .mindir or .onnx file", spelling=home_for_tilde)
    port: int = option(0, "port of this machine at which the page is served; 0: any free one", 0, 65535)
    device: str = option("auto", "where to run", spelling=device_name)


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_explore, argv)


def _explore(argv: List[str]) -> int:
    parser = make_parser(
        ExploreOptions, "python -m ms_gan.cli.explore", "Explore a generator's latents on a local page.", EXAMPLES
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options, given = parse(parser, ExploreOptions, argv)
    check_checkpoint(options.ckpt)
    need("the explorer", "explore", "flask", "waitress")

    with Signals():
        _serve(options, bool(given.get("open")))
    return 0


def _serve(options: ExploreOptions, opens: bool) -> None:
    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.generators.sampling import open_generator

    token = secrets.token_urlsafe(24)
    server = _listen(_app(open_generator(options.ckpt), token), options.port)
    address = f"http://127.0.0.1:{server.effective_port}/{token}/"
    print(f"explore {options.ckpt} at\n  {address}\nCtrl-C stops the server", flush=True)
    if opens:
        webbrowser.open(address)
    server.run()  # returns at Ctrl-C
    print("ended")


def _app(opened: Any, token: str) -> Any:
    """The page for what a generator takes, once it has made its first image."""
    if opened.card.port("map"):
        from ms_gan.explorer.painting import create_app
        from ms_gan.generators.painter import Painter

        painter = Painter(opened)
        painter.paint(np.zeros((1, *painter.side), np.uint8))
        return create_app(painter, token)
    from ms_gan.explorer.server import create_app
    from ms_gan.explorer.studio import Studio

    studio = Studio(opened)
    studio.warm_up()
    return create_app(studio, token)


def _listen(app: Any, port: int) -> Any:
    """A server that only this machine can reach.

    Raises:
        UsageError: the port is in use, or this user may not open it.
    """
    from waitress import create_server

    # One thread calls MindSpore; a browser that sends several requests at once is no cause for a warning.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        return create_server(app, host="127.0.0.1", port=port, threads=1, ident=None)
    except OSError as error:
        raise UsageError(f"port: {port} cannot be used ({error.strerror}); choose another one or omit --port") from None


if __name__ == "__main__":
    sys.exit(main())
