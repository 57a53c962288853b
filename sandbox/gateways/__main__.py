"""python -m sandbox.gateways: all local gateways on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import signal

import click

from sandbox.gateways.server import CREDENTIALS, LocalGateways


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8086, show_default=True)
@click.option("--credentials", is_flag=True, help="Print what a merchant is given, as JSON.")
def main(*, port: int, credentials: bool) -> None:
    """Run local payment gateways on this machine and print where. No money moves."""
    if credentials:
        click.echo(json.dumps(CREDENTIALS))
        return
    try:
        asyncio.run(run(LocalGateways(port=port)))
    except OSError as fault:
        raise click.ClickException(
            f"port {port} cannot be opened ({fault.strerror}): give another one with --port."
        ) from None


async def run(gateways: LocalGateways) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with gateways:
        for name in CREDENTIALS:
            click.echo(f"{name} (sandbox): {gateways.address(name)}")
        await stop.wait()


if __name__ == "__main__":
    main()
