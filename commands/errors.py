"""What a command says instead of doing its work: one sentence an operator can act on."""

from __future__ import annotations


class CommandError(Exception):
    """Base of what keeps a command from doing its work; the message says what to do."""

    code = "command_error"


class NotRunning(CommandError):
    """The command needs SkyLink to run."""

    code = "not_running"

    def __init__(self) -> None:
        super().__init__("SkyLink does not run here: start it with ./skylink up.")
