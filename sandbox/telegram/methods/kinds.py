"""What a method is: a function of the world and a call, to what the API answers as `result`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.telegram.parameters import Call
from sandbox.telegram.world import World

Method = Callable[[World, Call], Any | Awaitable[Any]]
