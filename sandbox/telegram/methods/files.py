"""getFile: where a file that a person or the bot sent can be fetched."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.parameters import Call
from sandbox.telegram.storing import downloadable
from sandbox.telegram.world import World


def get_file(world: World, call: Call) -> dict[str, Any]:
    file = downloadable(world.file(call.text("file_id")))
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.data),
        "file_path": file.path,
    }


METHODS = {"getfile": get_file}
