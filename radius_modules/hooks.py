"""The functions that FreeRADIUS calls (rlm_python3), each a thin wrapper around one Node.

A hook never raises: an exception would become "fail" with a traceback per packet in the log. Where
one of ours fails, a login gets no answer, so that the router tries its next server.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import radiusd

from radius_modules import codec
from radius_modules.node import Node
from radius_modules.settings import NodeSettings
from radius_modules.voice import Voice

SWITCH_SECONDS = 0.0005  # stock 0.005: how long a hook may wait for a thread that computes

log = Voice(lambda line: radiusd.radlog(radiusd.L_ERR, line))
_node: Node | None = None


def _only_checking() -> bool:
    """Whether this is `freeradius -C`, which in 3.2.1 instantiates modules and never detaches."""
    words = Path("/proc/self/cmdline").read_bytes().split(b"\0")[1:]
    return any(word[:1] == b"-" and word[:2] != b"--" and b"C" in word for word in words)


def instantiate(_: Any) -> int:
    """Load what the disk has and start to follow the database. A negative code stops the server."""
    global _node  # noqa: PLW0603 FreeRADIUS keeps no state for a module but the module itself
    if _only_checking():
        return codec.OK
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        _node = Node(NodeSettings.from_environ(os.environ), log)
        _node.start()
    except Exception as error:  # noqa: BLE001 the door: told in one line, and the server stops
        log("start", f"cannot start: {type(error).__name__}: {error}")
        return -1
    #  No cycles are made at a login, and a full collection would walk all that was loaded.
    gc.collect()
    gc.freeze()
    gc.disable()
    return codec.OK


def detach(_: Any) -> int:
    if _node is not None:
        _node.stop()
    return codec.OK


def authorize(lists: Any) -> codec.Answer:
    try:
        assert _node is not None, "instantiate runs first"
        return _node.authorize(lists)
    except Exception:  # noqa: BLE001 the door: no answer, one line
        _failed("authorize")
        return codec.NO_ANSWER


def post_auth(lists: Any) -> int:
    try:
        assert _node is not None, "instantiate runs first"
        _node.post_auth(lists)
    except Exception:  # noqa: BLE001 the door: the answer stands, only a note is lost
        _failed("post_auth")
    return codec.OK


def accounting(lists: Any) -> int:
    try:
        assert _node is not None, "instantiate runs first"
        if not _node.accounting(lists):
            return codec.FAIL
    except Exception:  # noqa: BLE001 the door: the record is in the journal already
        _failed("accounting")
    return codec.OK


def _failed(hook: str) -> None:
    lines = traceback.format_exc().strip().splitlines()
    log(f"{hook}-{lines[-1][:80]}", f"{hook} failed: {' | '.join(lines[-5:])}")
