"""Files: taken in from either side, told apart, and handed out again under the same ids."""

from __future__ import annotations

import mimetypes
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, UnidentifiedImageError

from sandbox.telegram import limits
from sandbox.telegram.parameters import Call, Upload
from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.world import File, World

Json = dict[str, Any]

FOLDERS = {"photo": "photos", "document": "documents", "animation": "animations"}
SUFFIXES = {"photo": ".jpg", "animation": ".mp4"}
DATELESS = {"photo"}


def keep(world: World, kind: str, upload: Upload) -> File:
    """Keeps `upload`; its ids are counted, so that a run of the same acts gives the same."""
    if len(upload.data) == 0:
        raise bad_request("file must be non-empty")
    number = world.next("file")
    suffix = PurePosixPath(upload.name).suffix.lower() or SUFFIXES.get(kind, "")
    path = f"{FOLDERS.get(kind, kind + 's')}/file_{number}{suffix}"
    file_id = f"sandbox-{kind}-{number:06}"
    mime = upload.mime
    if mime == "application/octet-stream":
        mime = mimetypes.guess_type(upload.name)[0] or mime
    file = File(file_id, f"u{number:06}", upload.name, mime, upload.data, path)
    world.files[file_id] = file
    return file


def sent_file(world: World, call: Call, kind: str, value: Any, field: str) -> File:
    """The file that a method names: uploaded, attached by name, or known by its id."""
    name = str(value).removeprefix("attach://") if str(value).startswith("attach://") else field
    upload = call.uploads.get(name)
    if upload is not None:
        if kind == "photo" and len(upload.data) > limits.PHOTO_BYTES_MAX:
            raise bad_request(
                f"file of size {len(upload.data)} bytes is too big for a photo; "
                f"the maximum size is {limits.PHOTO_BYTES_MAX} bytes"
            )
        return keep(world, kind, upload)
    if not value:
        raise bad_request(f"there is no {kind} in the request")
    if str(value).startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")  # the sandbox asks no other host
    if str(value).startswith("attach://"):
        raise bad_request("attached file not found")
    found = world.files.get(str(value))
    if found is None:
        raise bad_request(
            "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
        )
    return found


def described(kind: str, file: File) -> Json | list[Json]:
    """The file as a message shows it: PhotoSize in sizes, Document, Animation, and so on."""
    told: Json = {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.data),
    }
    if kind == "photo":
        width, height = photo_size(file)
        return [{**told, "width": width, "height": height}]
    if kind == "sticker":
        return {
            **told,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
        }
    named = {"file_name": file.name, "mime_type": file.mime}
    moving = {"width": 320, "height": 240} if kind in {"animation", "video"} else {}
    timed = {} if kind == "document" else {"duration": 1}
    return {**told, **({} if kind == "voice" else named), **moving, **timed}


def photo_size(file: File) -> tuple[int, int]:
    try:
        with Image.open(BytesIO(file.data)) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    long, short = max(width, height), min(width, height)
    if width + height > limits.PHOTO_SIDES_MAX or long > limits.PHOTO_RATIO_MAX * short:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def downloadable(file: File) -> File:
    """Raises where a bot may not have it: what it can send is larger than what it can fetch."""
    if len(file.data) > limits.DOWNLOAD_BYTES_MAX:
        raise bad_request("file is too big")
    return file


def at_path(world: World, path: str) -> File:
    found = next((file for file in world.files.values() if file.path == path), None)
    if found is None:
        raise Refusal(404, "Not Found")
    return found
