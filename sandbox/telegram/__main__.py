"""python -m sandbox.telegram: a local Telegram to chat with a bot in, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import click

from sandbox.telegram.gathering import arrive
from sandbox.telegram.server import LocalTelegram
from sandbox.telegram.world import DEFAULT_TOKEN, Settings, World


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8081, show_default=True)
@click.option("--token", default=DEFAULT_TOKEN, help="What the bot must say it is.")
@click.option("--bot-name", default="SkyLink", show_default=True)
@click.option("--username", default="skylink_sandbox_bot", show_default=True)
@click.option("--floods/--no-floods", default=True, help="Limit how much the bot may send.")
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="Keeps the chats.")
def main(
    *, port: int, token: str, bot_name: str, username: str, floods: bool, file: Path | None
) -> None:
    """Run a local Telegram on this machine and print where."""
    world = World(settings=Settings(token=token, bot_name=bot_name, username=username))
    world.floods.on = floods
    try:
        asyncio.run(run(LocalTelegram(world, port=port, file=file)))
    except OSError as fault:
        raise click.ClickException(
            f"port {port} cannot be opened ({fault.strerror}): give another one with --port."
        ) from None


async def run(telegram: LocalTelegram) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with telegram:
        if not telegram.world.people:
            arrive(telegram.world, first_name="Owner", username="owner", phone="+8801700000001")
        click.echo(f"Local Telegram (sandbox): {telegram.address}")
        click.echo(f"  bot: base_url {telegram.base_url} token {telegram.token}")
        click.echo(f"  people: open {telegram.address} and say /start")
        await stop.wait()


if __name__ == "__main__":
    main()
