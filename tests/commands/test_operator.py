"""What radclient prints, read back."""

from __future__ import annotations

from commands.operator import Answer, parse_answer

ACCEPTED = """\
Sent Access-Request Id 55 from 0.0.0.0:36461 to 127.0.0.1:18120 length 64
\tUser-Name = "rahim"
\tUser-Password = "rahim123"
\tCleartext-Password = "rahim123"
Received Access-Accept Id 55 from 127.0.0.1:18120 to 127.0.0.1:36461 length 99
\tMessage-Authenticator = 0x5c
\tSession-Timeout = 600
\tMikrotik-Rate-Limit = "10M/20M"
\tReply-Message = "a \\"quoted\\" back\\\\slash"
\tReply-Message = "রহিম"
"""


def test_the_answer_is_read_and_the_request_with_its_password_is_not() -> None:
    answer = parse_answer(ACCEPTED)
    assert answer == Answer(
        "Access-Accept",
        (
            ("Message-Authenticator", "0x5c"),
            ("Session-Timeout", "600"),
            ("Mikrotik-Rate-Limit", "10M/20M"),
            ("Reply-Message", 'a "quoted" back\\slash'),
            ("Reply-Message", "রহিম"),
        ),
    )


def test_silence_is_no_answer() -> None:
    assert parse_answer(ACCEPTED.partition("Received")[0]) is None
    assert parse_answer("") is None
