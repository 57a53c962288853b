"""What a screen is before it is sent: text and buttons. Nothing here knows Telegram's library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bots.words import Html

TEXT_MAX = 4096  # core.telegram.org/bots/api#sendmessage, counted after the markup is read
CAPTION_MAX = 1024  # core.telegram.org/bots/api#sendphoto
ROWS_MAX = 12


class Style(StrEnum):
    """The colour of a button, for apps that know it; its words say the same."""

    PLAIN = ""
    MAIN = "primary"
    GOOD = "success"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """`data`: what a tap sends, made by bots.codec; or `copies`: what it puts on the clipboard.

    `searches`: it opens the search as one types instead, in this chat.
    """

    words: str
    data: str = ""
    style: Style = Style.PLAIN
    copies: str = ""
    searches: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """What goes with a message: a picture that is shown in it, or a file to keep."""

    name: str
    data: bytes
    picture: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One message. `lasts`: it shows a secret, cannot be forwarded, and goes after that long.

    With a `file` the text is its caption, of CAPTION_MAX, and it is always a new message.
    """

    text: Html
    rows: tuple[tuple[Button, ...], ...] = ()
    lasts: timedelta | None = None
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gets for what they did.

    `view` takes the place of the screen that was tapped, or is a new message. `aside` is a new
    message beside it. `toast` pops up. `forget`: what the person wrote is deleted, it was a code.
    `fetches`: the file that they sent is wanted; answer again when it is there.
    """

    view: View | None = None
    aside: View | None = None
    toast: str = ""
    forget: bool = False
    fetches: bool = False


def rows(*given: tuple[Button | None, ...]) -> tuple[tuple[Button, ...], ...]:
    """The rows without what somebody may not do (None), and without those that are empty then."""
    kept = (tuple(button for button in row if button is not None) for row in given)
    return tuple(row for row in kept if row)
