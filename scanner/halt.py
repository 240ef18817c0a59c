"""How a run is asked to stop: by the first Ctrl-C or SIGTERM, so that everything collected is judged and stored; a second one kills."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from herkomst.scanner.engine import Engine


class Halt:
    """A request to stop that is made once and reaches whatever is collecting, now or later."""

    def __init__(self) -> None:
        self.is_called = False
        self._listeners: list[Callable[[], None]] = []

    def call(self) -> None:
        """Ask to stop."""
        self.is_called = True
        for listener in self._listeners:
            listener()

    def tell(self, listener: Callable[[], None]) -> None:
        """Call a function when the run is to stop, at once where it is already."""
        self._listeners.append(listener)
        if self.is_called:
            listener()

    def stops(self, engine: Engine) -> None:
        """Let the engine ask nothing more from then on."""
        self.tell(engine.stop)

    @contextmanager
    def on_signal(self) -> Iterator[None]:
        """Let the first signal call; to be entered in the running loop."""
        loop = asyncio.get_running_loop()
        caught: list[signal.Signals] = []

        def stop(number: signal.Signals) -> None:
            loop.remove_signal_handler(number)
            self.call()

        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, stop, number)
                caught.append(number)
            except (NotImplementedError, RuntimeError, ValueError):
                continue  # not the main thread, or a platform without signals: then there is nobody to press Ctrl-C
        try:
            yield
        finally:
            for number in caught:
                loop.remove_signal_handler(number)
