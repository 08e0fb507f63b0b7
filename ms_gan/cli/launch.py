"""run_distribute_train.sh: train.py in several processes at once, on one machine or on several."""

import argparse
import socket
import sys
from typing import List, Optional, Sequence, Tuple

from ms_gan.cli.train import DRY_RUN, read_options, refuse_card, share_batch
from ms_gan.config.help import Parser
from ms_gan.errors import UsageError
from ms_gan.runtime.ascend.examine import look
from ms_gan.runtime.checkup import usable_cores
from ms_gan.runtime.device import choose
from ms_gan.runtime.gpu.nvidia_driver import look_for_driver
from ms_gan.runtime.job import Job, JobPlan, free_port
from ms_gan.runtime.run_command import run_command
from ms_gan.training.checks import check_before_data

MOST_WORKERS = 1024  # on one machine
PORT = 8118  # where the machines of a job meet, unless --master says otherwise

PROGRAM = "run_distribute_train.sh"
ABOUT = """\
Train a GAN on several devices at once. A worker is one process with one device; it takes its part of every batch.
--batch-size stays the number of images in a step, over all workers; --local-batch-size sets it for each worker. All \
options of train.py are options here too: python train.py --help.
It ends with train.py's exit code. When a worker fails all of them are stopped, and its last lines are shown. SIGINT \
and SIGTERM let worker 0 save the training before all stop."""
EXAMPLES = """\
  bash scripts/run_distribute_train.sh --workers 2 --device CPU --epochs 20
  bash scripts/run_distribute_train.sh --workers 8 --device Ascend --config dcgan_64 --data-dir photos
on two machines, the first of which is called alpha, the same command except for --node-rank:
  bash scripts/run_distribute_train.sh --nodes 2 --node-rank 0 --master alpha --local-batch-size 64
  bash scripts/run_distribute_train.sh --nodes 2 --node-rank 1 --master alpha --local-batch-size 64"""


def main(argv: Optional[List[str]] = None, program: Sequence[str] = ("-m", "ms_gan.cli.train")) -> int:
    """The command; returns its exit code. `program`: what Python runs in each worker, with the options of train.py."""
    return run_command(lambda given: _launch(given, program), argv)


def _launch(argv: List[str], program: Sequence[str]) -> int:
    options, rest = _parse(argv)
    # Options are read here once before every worker reads them, so that a wrong one is reported once.
    config, run = read_options(rest)
    if DRY_RUN in rest:
        raise UsageError(f"{DRY_RUN}: plans the run of one worker; use python train.py {DRY_RUN}")
    refuse_card(config.device)
    device = choose(config.device).device
    local = options.workers or _usual_workers(device)
    count = local * options.nodes
    share_batch(config, count)
    check_before_data(config, device, run is None and not options.node_rank)
    host, port = _meeting_point(options.master, options.nodes)
    threads = max(1, usable_cores() // local) if device == "CPU" else 0
    here = f"{local} of {count} workers" if options.nodes > 1 else f"{count} worker{'s' if count > 1 else ''}"
    print(f"workers   {here} on this machine, {device}; they meet at {host}:{port}", flush=True)
    command = [sys.executable, *program, *rest]
    return Job(JobPlan(command, count, local, options.node_rank * local, host, port, threads)).run()


def _parse(argv: List[str]) -> Tuple[argparse.Namespace, List[str]]:
    """The launcher's own options, and what is left for train.py."""
    parser = Parser(PROGRAM, ABOUT, EXAMPLES)
    add = parser.add_argument
    add("--workers", type=int, metavar="N", help="workers on this machine, and as many on every other one "
        f"(1 to {MOST_WORKERS}; default: one per device; on a CPU one per two cores)")  # fmt: skip
    add("--nodes", type=int, default=1, metavar="N", help="machines (1 to 65536; default: 1)")
    add("--node-rank", type=int, metavar="I", help="the number of this machine, from 0 (with --nodes)")
    add("--master", metavar="HOST[:PORT]", help="address of machine 0 for all machines, and a port that is free there, "
        f"1024 to 65535 (default: this machine and any free port; with --nodes port {PORT})")  # fmt: skip
    options, rest = parser.parse_known_args(argv)
    _check("--workers", options.workers, 1, MOST_WORKERS)
    _check("--nodes", options.nodes, 1, 65536)
    if options.nodes > 1:
        missing = [flag for flag in ("node_rank", "master") if getattr(options, flag) is None]
        if missing:
            raise UsageError(f"--nodes {options.nodes}: also give --{missing[0].replace('_', '-')}")
    _check("--node-rank", options.node_rank, 0, options.nodes - 1)
    options.node_rank = options.node_rank or 0
    return options, rest


def _check(flag: str, value: Optional[int], low: int, high: int) -> None:
    if value is not None and not low <= value <= high:
        raise UsageError(f"{flag}: {value} is out of range; allowed: {low} to {high}")


def _usual_workers(device: str) -> int:
    """One worker per device, as far as their number can be found out."""
    if device == "GPU":
        return max(1, len(look_for_driver().cards))
    if device == "Ascend":
        return max(1, look().left)
    return max(2, usable_cores() // 2)


def _meeting_point(master: Optional[str], nodes: int) -> Tuple[str, int]:
    """Where the scheduler listens: an address and a port."""
    host, _, number = (master or "127.0.0.1").partition(":")
    if number and not (number.isdecimal() and 1024 <= int(number) <= 65535):
        raise UsageError(f"--master {master}: {number} is not a port; allowed: 1024 to 65535")
    try:
        address = socket.gethostbyname(host)
    except OSError:
        raise UsageError(f"--master {master}: the name {host} cannot be resolved here; give its address") from None
    if number or nodes > 1:
        return address, int(number or PORT)
    return address, free_port()


if __name__ == "__main__":
    sys.exit(main())
