"""What Telegram allows, as numbers: core.telegram.org/bots/api and PTB's constants, 2026-11."""

from __future__ import annotations

from typing import Final

TEXT_MAX: Final = 4096  # after parsing, in UTF-16 units
CAPTION_MAX: Final = 1024
ENTITIES_MAX: Final = 100  # what is beyond is left out
CALLBACK_DATA_BYTES_MAX: Final = 64
BUTTONS_MAX: Final = 100
BUTTONS_A_ROW_MAX: Final = 8
COPY_TEXT_MAX: Final = 256
CALLBACK_ANSWER_MAX: Final = 200
CALLBACK_SECONDS: Final = 30  # measured by others; Telegram names no figure
INLINE_SECONDS: Final = 10
INLINE_RESULTS_MAX: Final = 50
INLINE_QUERY_MAX: Final = 256
INLINE_OFFSET_BYTES_MAX: Final = 64
INLINE_ID_BYTES_MAX: Final = 64
INLINE_CACHE_SECONDS: Final = 300
START_PAYLOAD_MAX: Final = 64
COMMANDS_MAX: Final = 100
COMMAND_NAME_MAX: Final = 32
COMMAND_DESCRIPTION_MAX: Final = 256
MEDIA_GROUP_MIN: Final = 2
MEDIA_GROUP_MAX: Final = 10
DELETE_MANY_MAX: Final = 100
DELETE_SECONDS_MAX: Final = 48 * 3600
UPDATES_MAX: Final = 100
UPDATE_SECONDS_MAX: Final = 24 * 3600
POLL_SECONDS_MAX: Final = 50
PHOTO_BYTES_MAX: Final = 10 * 1024 * 1024
UPLOAD_BYTES_MAX: Final = 50 * 1024 * 1024
DOWNLOAD_BYTES_MAX: Final = 20 * 1024 * 1024
PHOTO_SIDES_MAX: Final = 10_000  # width and height together
PHOTO_RATIO_MAX: Final = 20
TOPIC_NAME_MAX: Final = 128
SECRET_TOKEN_MAX: Final = 256
