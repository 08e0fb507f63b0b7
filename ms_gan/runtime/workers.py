"""The workers of one training: processes that each take their part of every batch.

MindSpore's dynamic cluster joins them. Whoever starts them (ms_gan.cli.launch, or msrun) tells each one its place in
the environment, and starts one process more, the scheduler, which introduces them to each other and notices when one is
lost.
"""

import contextlib
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, Iterator, NoReturn

from ms_gan.errors import GanError, UsageError, first_line

if TYPE_CHECKING:  # this module is imported before it is known whether numpy is installed
    import numpy as np

ROLE, COUNT, RANK, HOST, PORT = "MS_ROLE", "MS_WORKER_NUM", "MS_NODE_ID", "MS_SCHED_HOST", "MS_SCHED_PORT"
OWN = "MS_GAN_LAUNCHED"  # set where ms_gan.cli.launch started the process, not msrun
PATIENCE_SECONDS = 1800  # for which workers wait for each other: at the start, and on CPUs in each exchange
LINGER_SECONDS = 2  # between the last exchange of workers on CPUs and their end
# On CPUs an exchange gives up after 30 seconds, unless this variable says otherwise; MindSpore reads it from 2.10 on.
CPU_PATIENCE = "MS_CPU_COMM_OP_TIMEOUT"


def place(rank: int, count: int, host: str, port: int, local_rank: int, threads: int = 0) -> Dict[str, str]:
    """The environment of one of a job's processes: this process's own, and its place, as msrun tells it too.

    Args:
        rank: 0 to count - 1; -1: the scheduler.
        count: workers of the job.
        host, port: where the scheduler listens.
        local_rank: of the workers on this machine; its device's number.
        threads: of a worker on a CPU, unless the environment says otherwise; 0: as many as there are cores.
    """
    environment = {
        **os.environ,
        COUNT: str(count),
        HOST: host,
        PORT: str(port),
        "MS_TOPO_TIMEOUT": str(PATIENCE_SECONDS),
    }
    environment.update({ROLE: "MS_SCHED"} if rank < 0 else {ROLE: "MS_WORKER", RANK: str(rank)})
    environment.update(RANK_ID=str(max(rank, 0)), RANK_SIZE=str(count), DEVICE_ID=str(local_rank))
    environment.update({"PYTHONUNBUFFERED": "1", OWN: "1"})
    if threads:
        environment.setdefault("OMP_NUM_THREADS", str(threads))
    return environment


def is_scheduler() -> bool:
    """Whether this process only introduces the workers to each other."""
    return os.environ.get(ROLE) == "MS_SCHED"


def announced() -> int:
    """How many workers there will be, as the environment says before they have joined; 1 for a process alone.

    Raises:
        UsageError: a count that is not a number.
    """
    if ROLE not in os.environ:
        return 1
    count = os.environ.get(COUNT, "")
    if not count.isdecimal() or not int(count):
        raise UsageError(f"{COUNT}: {count!r} is not allowed; {ROLE} is set, so it should be the number of workers")
    return int(count)


@dataclass(frozen=True)
class Workers:
    """This process among the workers. What it tells the others they must all ask for, at the same moment.

    Attributes:
        rank: 0 to count - 1; worker 0 leads: it alone writes, and prints.
        count: how many there are; 1: this process alone.
        abrupt: whether `leave` ends the process.
    """

    rank: int = 0
    count: int = 1
    abrupt: bool = False

    @property
    def leads(self) -> bool:
        """Whether this is the worker that writes."""
        return self.rank == 0

    def mean(self, values: "np.ndarray") -> "np.ndarray":
        """The mean of all workers' arrays, float32, of one shape."""
        if self.count == 1:
            return values
        import numpy as np
        from mindspore import Tensor, ops

        with self.together():
            return ops.AllReduce()(Tensor(np.ascontiguousarray(values, np.float32))).asnumpy() / self.count

    def gather(self, values: "np.ndarray") -> "np.ndarray":
        """All workers' arrays (n,), float32, by rank: (count, n)."""
        if self.count == 1:
            return values[None]
        import numpy as np
        from mindspore import Tensor, ops

        with self.together():
            return ops.AllGather()(Tensor(np.asarray(values, np.float32)[None])).asnumpy()

    def wait(self) -> None:
        """Wait until every worker is here."""
        import numpy as np

        self.mean(np.zeros(1, np.float32))

    def leave(self, code: int) -> int:
        """Be the last thing that a worker does, once all have waited for each other and everything is saved.

        Workers on CPUs end here: MindSpore crashes now and then while it takes their cluster down. It sends in
        threads of its own, so what another worker still waits for needs a moment to leave before this one does. Not
        under msrun: its scheduler would take such an end for a loss.

        Returns:
            the exit code that was given, where the process may end in the usual way.
        """
        if self.abrupt:
            time.sleep(LINGER_SECONDS)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        return code

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Around what fails where another worker is lost.

        Raises:
            GanError: MindSpore reported an error, and this worker is not alone.
        """
        try:
            yield
        except RuntimeError as error:
            if self.count == 1:
                raise
            first = first_line(error)
            raise GanError(
                f"worker {self.rank} cannot continue ({first}); if another worker has ended, see its last "
                "lines, and continue with --resume",
                code="workers",
            ) from None


def join_workers(ms, device: str) -> Workers:
    """Join the other workers, where the environment announces any. The scheduler stays in here until they are done.

    Args:
        ms: MindSpore, with the device chosen, and no tensor made yet.
        device: CPU, GPU or Ascend.

    Raises:
        GanError: they cannot connect to each other.
        SystemExit: in the scheduler, at the end of the job.
    """
    if ROLE not in os.environ:
        return Workers()
    if device == "CPU":
        os.environ.setdefault(CPU_PATIENCE, str(PATIENCE_SECONDS))
    from mindspore.communication import get_group_size, get_rank, init

    try:
        init()
    except (RuntimeError, ValueError) as error:
        _fail(error)
    if is_scheduler():
        raise SystemExit(0)
    return Workers(get_rank(), get_group_size(), abrupt=device == "CPU" and OWN in os.environ)


def _fail(error: Exception) -> NoReturn:
    first = first_line(error)
    where = f"{os.environ.get(HOST)}:{os.environ.get(PORT)}"
    if is_scheduler():
        raise GanError(f"the scheduler has lost a worker ({first})", code="workers") from None
    raise GanError(
        f"the workers could not connect to each other at {where} ({first}); that machine must be reachable from all "
        "others, and all must be started with the same numbers",
        code="workers",
    ) from None
