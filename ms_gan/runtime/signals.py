"""Signals that ask a training to stop or to save itself.

A handler would not do. MindSpore installs one of its own for SIGINT around every graph that it runs and in its threads,
does not always take it back, and that one sends the process SIGTERM. And a handler of Python's waits until MindSpore's
code returns: while a graph is compiled that may take minutes. So the signals are blocked in all threads, and one more
thread waits for them. Threads that were there before have nothing blocked, those of a debugger or of a numpy that was
imported already, and a signal that such a thread takes would end the process. For them there are handlers all the same.
"""

import _thread
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import Callable, Iterator, Optional

SAME_SECONDS = 0.2  # within which two signals are one: a batch system sends it to a launcher and to its workers


class Signals:
    """A context in which SIGINT, SIGTERM and SIGHUP ask for a stop, and SIGUSR1 for a checkpoint.

    It should be entered before MindSpore and numpy are imported: threads that they start inherit what is blocked.
    Outside of it, and on systems without such signals, nothing is ever asked for, and Ctrl-C is a KeyboardInterrupt.
    SIGHUP, which comes when a terminal is closed, is left alone where nohup has it ignored.

    Attributes:
        began: when this was made, at the start of the command, by `time.monotonic`.
        stop: the signal that asked for a stop, or None.
        save: whether a checkpoint has been asked for; whoever saves sets it back.
        patient: whether a stop is waited for: somebody looks at `stop` after each step. Otherwise the main thread is
            interrupted at once, by a KeyboardInterrupt. A second stop signal ends the process in any case.
    """

    def __init__(self):
        self.began = time.monotonic()
        self.stop: Optional[int] = None
        self.save = False
        self.patient = False
        self._asked = 0.0  # when the stop was asked for
        self._interrupting = False  # whether the next SIGINT that Python handles is this object's own
        self._closed = False

    def __enter__(self) -> "Signals":
        if hasattr(signal, "pthread_sigmask"):
            self._watched = {signal.SIGINT, signal.SIGTERM, signal.SIGUSR1}
            if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
                self._watched.add(signal.SIGHUP)
            # Of SIGINT too: a command started in the background of a script ignores it, and what interrupts it here.
            self._handlers = {number: signal.signal(number, self._handle) for number in self._watched}
            self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, self._watched)
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *error) -> None:
        if hasattr(signal, "pthread_sigmask"):
            self._closed = True
            signal.pthread_kill(self._thread.ident, signal.SIGUSR1)
            self._thread.join()
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def do_unless_stopped(self, work: Callable[[], None]) -> bool:
        """Do what may take minutes and can be begun again, in a time of patience: a stop breaks it off at once.

        Returns:
            whether it was done; otherwise `stop` tells why.
        """
        self.patient = False
        try:
            if self.stop is None:
                work()
        except KeyboardInterrupt:
            if self.stop is None:
                raise
            return False
        finally:
            self.patient = True
        return self.stop is None

    def _watch(self) -> None:
        while True:
            number = signal.sigwait(self._watched)
            if self._closed:
                return
            self._hear(number)

    def _handle(self, number: int, frame: object) -> None:
        """In the main thread: what another thread took, or what `interrupt_main` has come to."""
        if number == signal.SIGINT and self._interrupting:
            self._interrupting = False
            raise KeyboardInterrupt
        self._hear(number)

    def _hear(self, number: int) -> None:
        if number == signal.SIGUSR1:
            self.save = True
        else:
            self._ask(number)

    def _ask(self, number: int) -> None:
        """Ask for a stop; what is still unfinished at the second time is cleared away at the next start."""
        if self.stop is not None:
            if time.monotonic() - self._asked > SAME_SECONDS:
                os._exit(128 + number)
            return
        self._asked = time.monotonic()
        if number == signal.SIGHUP:  # nobody can be written to any more
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        self.stop = number
        if self.patient:
            print("finishing the step, then saving; a second signal ends it at once", file=sys.stderr, flush=True)
        else:
            self._interrupting = True
            _thread.interrupt_main()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep a Ctrl-C until this context ends. An import of MindSpore that is cut short ends in a crash."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    came = []
    signal.signal(signal.SIGINT, lambda *arguments: came.append(arguments))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if came and callable(handler):
        handler(*came[0])
