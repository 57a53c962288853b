"""A way to the database that a test can cut or freeze, while the server itself runs on."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

from psycopg2.extensions import make_dsn, parse_dsn

PIECE_BYTES = 65536


class Proxy:
    """Listens on a unix socket of its own and passes bytes on."""

    def __init__(self, folder: Path, dsn: str) -> None:
        said = parse_dsn(dsn)
        name = f".s.PGSQL.{said['port']}"
        self.dsn = make_dsn(**{**said, "host": str(folder)})
        self._target = f"{said['host']}/{name}"
        self._path = folder / name
        self._open: list[socket.socket] = []
        self._flowing = threading.Event()
        self._listener: socket.socket | None = None

    def mend(self) -> None:
        """The database is there (again)."""
        self._flowing.set()
        if self._listener is None:
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._listener.bind(str(self._path))
            self._listener.listen()
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """The database is away: nothing listens, and what was open is closed."""
        if self._listener is not None:
            self._path.unlink()
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._open.clear()
        self._flowing.set()

    def freeze(self) -> None:
        """The database is there and says nothing."""
        self._flowing.clear()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                far.connect(self._target)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(
                        target=self._pass_on, args=(source, target), daemon=True
                    ).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source:
            while piece := source.recv(PIECE_BYTES):
                self._flowing.wait()
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
