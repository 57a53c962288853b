"""Paying: what for, by which gateway; then a page that waits until the gateway says for certain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from aiohttp import web
from sqlalchemy.orm import Session

from billing.connections import connections_of
from billing.errors import AmountRefused, GatewayOff, GatewayUnwell, TooManyAttempts
from billing.gateways.attempts import attempt_state, create_attempt
from billing.gateways.wire import NoAnswer
from billing.gateways.words import Attempt, AttemptState, NewAttempt, Purpose
from policy.facts import ClientId, Status
from policy.money import Money
from portal.choices import Choice, Counter, read_counter
from portal.desks import DESK
from portal.doors import Asked
from portal.lines import ONLINE, READY, read_line
from portal.rendering import PREFIX
from portal.visits import Visit

WRONG, NO_MORE, UNWELL = 422, 429, 502
AMOUNT_LENGTH_MAX = 12
LATIN_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789", ", ৳")

Ask = Callable[[Asked, str, int], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`is_open`: nothing keeps the client from the network any more."""

    attempt: Attempt
    is_open: bool


async def pay(asked: Asked) -> web.StreamResponse:
    return await pay_page(asked, "", 200)


async def start(asked: Asked) -> web.StreamResponse:
    assert asked.visit.client is not None
    return await begin(asked, asked.visit.client.client_id, pay_page)


async def pay_page(asked: Asked, said: str, status: int) -> web.StreamResponse:
    assert asked.visit.client is not None
    client_id = asked.visit.client.client_id
    counter = await asked.run(read_counter, asked.visit, client_id, ahead=True)
    return asked.page("pay.html", status=status, counter=counter, said=said)


async def begin(asked: Asked, client_id: ClientId, again: Ask) -> web.StreamResponse:
    """Freeze what a form asks for, tell the gateway, and lead there; or say `again` why not."""
    form, words = await asked.form(), asked.visit.words
    try:
        new = await asked.run(read_order, asked.visit, client_id, form)
        if new is None:
            return await again(asked, words.say("pay-choose"), WRONG)
        attempt = await asked.run(
            create_attempt, asked.visit.tenant_id, client_id, new, now=asked.visit.now
        )
        await asked.request.app[DESK].open(asked.visit.tenant_id, attempt, back_to(asked, attempt))
    except AmountRefused as refusal:
        asked_for = words.amount(refusal.asked_minor)
        return await again(asked, words.say("pay-amount-refused", amount=asked_for), WRONG)
    except TooManyAttempts:
        return await again(asked, words.say("pay-too-often"), NO_MORE)
    except (GatewayOff, GatewayUnwell, NoAnswer):
        return await again(asked, words.say("pay-gateway-unwell"), UNWELL)
    return asked.go(f"/pay/{attempt.reference}?on=1")


async def outcome(asked: Asked) -> web.StreamResponse:
    """How an attempt stands; whoever has its address may see that, and nothing of the client."""
    reference = asked.request.match_info["reference"]
    found = await asked.run(read_outcome, asked.visit, reference)
    waits = not found.attempt.state.is_certain
    leads_on = found.attempt.page_address if waits and "on" in asked.request.query else None
    return asked.page(
        "outcome.html",
        attempt=found.attempt,
        is_open=found.is_open,
        state=state_of(found.attempt),
        leads_on=leads_on,
    )


async def come_back(asked: Asked) -> web.StreamResponse:
    """From the gateway's page, by GET or by a form of its: a hint to ask the gateway itself.

    Nothing that it brings is read. A form of another site comes without cookies; the page that
    this leads to has them again.
    """
    reference = asked.request.match_info["reference"]
    await asked.request.app[DESK].come_back(asked.visit.tenant_id, reference)
    return asked.go(f"/pay/{reference}")


async def look_again(asked: Asked) -> web.StreamResponse:
    """The part of the page that waits, which a script asks for; it asks the gateway."""
    reference = asked.request.match_info["reference"]
    attempt = await asked.request.app[DESK].come_back(asked.visit.tenant_id, reference)
    return web.json_response({"certain": attempt.state.is_certain})


def read_order(
    session: Session, visit: Visit, client_id: ClientId, form: Mapping[str, str]
) -> NewAttempt | None:
    """What a form asks for; None where it chose nothing that is offered. Raises AmountRefused."""
    counter = read_counter(session, visit, client_id, ahead=True)
    choice = counter.chosen(form.get("what", ""))
    gateway = next((one for one in counter.gateways if one == form.get("gateway")), None)
    if choice is None or gateway is None:
        return None
    return choice.attempt(gateway, typed_amount(choice, counter, form, visit.words.currency))


def typed_amount(
    choice: Choice, counter: Counter, form: Mapping[str, str], currency: str
) -> int | None:
    """Where dues may be paid in part: what was typed, in minor units. Raises AmountRefused."""
    typed = form.get("amount", "").translate(LATIN_DIGITS)
    if choice.purpose is not Purpose.DUES or not counter.in_part or not typed:
        return None
    try:
        minor = Decimal(typed[:AMOUNT_LENGTH_MAX]) * 10 ** Money(0, currency).digits
        whole = int(minor)
    except (InvalidOperation, ValueError, OverflowError):
        raise AmountRefused(choice.amount_minor) from None
    if whole != minor:
        raise AmountRefused(choice.amount_minor)
    return whole


def read_outcome(session: Session, visit: Visit, reference: str) -> Outcome:
    """Raises AttemptNotFound."""
    attempt = attempt_state(session, visit.tenant_id, reference)
    lines = connections_of(session, visit.tenant_id, attempt.client_id)
    in_use = [line for line in lines if line.status is not Status.INACTIVE]
    states = {read_line(session, visit, line).state for line in in_use}
    return Outcome(attempt, bool(states) and states <= {ONLINE, READY})


def state_of(attempt: Attempt) -> str:
    """In a word of the page's."""
    if attempt.state is AttemptState.NEW:
        return "waiting"
    return attempt.state.value


def back_to(asked: Asked, attempt: Attempt) -> str:
    """Where the gateway sends the client afterwards."""
    addresses, request = asked.visit.addresses, asked.request
    root = addresses[0] if addresses else f"{request.scheme}://{request.host}"
    return f"{root}{PREFIX}/pay/{attempt.reference}/back"
