"""HTTP to Telegram, by aiohttp: it takes a fraction of the processor of the library's own way.

A refusal names its kind alone: an address of Telegram's holds the token.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import ClientError, ClientSession, ClientTimeout, FormData, TCPConnector
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 256


class Wire(BaseRequest):
    """One pool of connections; each wait of a call is `timeout_seconds` where it names no other.

    A proxy is taken from the environment (HTTPS_PROXY, NO_PROXY), once.
    """

    def __init__(self, address: str, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._proxy = proxy_to(address)
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._timeout_seconds

    async def initialize(self) -> None:
        if self._session is None:
            self._session = ClientSession(connector=TCPConnector(limit=CONNECTIONS))

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Once. `write_timeout`, `pool_timeout`: what is written waits as what is read does."""
        if self._session is None:
            raise RuntimeError("the bot was not initialized")
        timeout = ClientTimeout(
            total=None,
            sock_connect=self._seconds(connect_timeout),
            sock_read=self._seconds(read_timeout),
        )
        try:
            async with self._session.request(
                method,
                url,
                data=form(request_data),
                headers={"User-Agent": self.USER_AGENT},
                timeout=timeout,
                proxy=self._proxy,
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from error

    def _seconds(self, given: Any) -> float | None:
        if given is None or isinstance(given, int | float):
            return given
        return self._timeout_seconds


def form(request_data: RequestData | None) -> FormData | None:
    """What is said, with the files that go with it."""
    if request_data is None:
        return None
    made = FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        made.add_field(name, value)
    for name, (filename, data, kind) in (request_data.multipart_data or {}).items():
        made.add_field(name, data, filename=filename, content_type=kind)
    return made


def proxy_to(address: str) -> str | None:
    parts = urlsplit(address)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
