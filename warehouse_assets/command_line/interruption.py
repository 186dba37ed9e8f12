"""Ctrl-C while the engine works: heard at once, though Python itself hears nothing meanwhile."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OVER = b"\0"


@contextmanager
def interruptible(connection: DuckDBPyConnection) -> Generator[None]:
    """Have the engine stop what it does in the block when SIGINT comes.

    Raises:
        KeyboardInterrupt: If it came.
    """
    import duckdb

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard, told = socket.socketpair()
    told.setblocking(False)

    def listen() -> None:
        # What Python is told of a signal before it has the time to handle it: its number.
        while (number := heard.recv(1)) not in (_OVER, b""):
            if number[0] == signal.SIGINT:
                connection.interrupt()

    listener = threading.Thread(target=listen, daemon=True)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    listener.start()
    try:
        yield
    except (duckdb.InterruptException, RuntimeError) as error:
        # The engine may hear of the signal before we tell it: then it says so in another way.
        if isinstance(error, duckdb.InterruptException) or str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.set_wakeup_fd(before)
        told.send(_OVER)
        listener.join()
        heard.close()
        told.close()
