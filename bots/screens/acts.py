"""All that can be done with a client and with a connection, beyond what the card shows at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from billing.clients import Client, get_client
from billing.connections import Connection, connections_of, get_connection, set_expiry, set_vip
from billing.devices import reset_macs
from billing.errors import PictureNotFound
from billing.pictures import PictureId, get_picture
from bots.callers import Caller
from bots.charts import use_by_day
from bots.listings import Column, Listing
from bots.listings import Row as Buttons
from bots.screens import card
from bots.screens.confirming import confirm, done
from bots.screens.screen import Deed, Screen
from bots.views import Answer, File, View, rows
from bots.words import Html
from network.sessions import LiveSession, daily_use, list_live_sessions
from policy.facts import ClientId, ConnectionId
from storage.actors import Permission
from tenancy.isps import local_date

USE_DAYS = 30
SESSIONS_LISTED = 500
CONTROLS, EDITS = Permission.CONTROL_ACCESS, Permission.EDIT_CLIENTS


def open_acts(session: Session, caller: Caller, client_id: int) -> View:
    """Of the client; and of the connection, where there is one alone."""
    client = get_client(session, caller.tenant_id, ClientId(client_id))
    lines = connections_of(session, caller.tenant_id, ClientId(client_id))
    words = caller.words
    details = client.details
    text = words.say(
        "acts",
        isp=caller.isp.name,
        name=card.name_of(client, words),
        number=words.number(client.client_number),
        nid=details.nid or "–",
        father=details.father_name or "–",
        address=details.address or "–",
        email=details.email or "–",
    )
    return View(
        text,
        rows(
            *_of_money(caller, client_id),
            *_of_client(caller, client),
            *(line_acts(lines[0], caller) if len(lines) == 1 else ()),
            (caller.to("card", "to-card", client_id), caller.to("home", "to-home")),
        ),
    )


def _of_money(caller: Caller, of: int) -> tuple[Buttons, ...]:
    takes, bills = caller.may(Permission.TAKE_PAYMENTS), caller.may(Permission.MAKE_INVOICES)
    return (
        (
            caller.to("invoices", "acts-invoices", of) if takes else None,
            caller.to("payments", "acts-payments", of) if takes else None,
            caller.to("ledger", "acts-ledger", of) if takes else None,
        ),
        (
            caller.to("bill", "acts-bill", of) if bills else None,
            caller.to("add_charge", "acts-charge", of) if bills else None,
        ),
        (
            caller.to("add_promise", "acts-promise", of)
            if caller.may(Permission.GIVE_PROMISES)
            else None,
            caller.to("add_credit", "acts-credit", of)
            if caller.may(Permission.GIVE_CREDIT)
            else None,
        ),
    )


def _of_client(caller: Caller, client: Client) -> tuple[Buttons, ...]:
    of = client.client_id
    return (
        (
            caller.to("add_connection", "acts-connection", of) if caller.may(EDITS) else None,
            caller.to("add_agent", "acts-agent", of)
            if caller.may(Permission.ASSIGN_CLIENTS)
            else None,
        ),
        (caller.to("photo", "acts-photo", of) if client.details.photo_ref else None,),
    )


def open_line_acts(session: Session, caller: Caller, connection_id: int) -> View:
    """Of one connection of several."""
    line = get_connection(session, caller.tenant_id, ConnectionId(connection_id))
    text = caller.words.say("line-acts", username=line.details.username)
    back = (caller.to("card", "to-card", line.client_id), caller.to("home", "to-home"))
    return View(text, rows(*line_acts(line, caller), back))


def line_acts(line: Connection, caller: Caller) -> tuple[Buttons, ...]:
    """Of one connection."""
    of, controls = line.connection_id, caller.may(CONTROLS)
    vip = caller.to("vip", "acts-no-vip" if line.vip else "acts-vip", of)
    forget = caller.to("devices", "acts-forget-devices", of) if line.macs else None
    return (
        (
            caller.to("use", "acts-use", of),
            caller.to("add_change", "acts-package", of) if caller.may(EDITS) else None,
        ),
        (
            caller.to("add_expiry", "acts-expiry", of) if controls else None,
            vip if controls else None,
        ),
        (
            caller.to("add_device", "acts-device", of) if controls else None,
            forget if controls else None,
        ),
    )


def open_use(session: Session, caller: Caller, connection_id: int) -> View:
    """The last USE_DAYS days as a picture."""
    line = get_connection(session, caller.tenant_id, ConnectionId(connection_id))
    until_on = local_date(session, caller.tenant_id, caller.now) + timedelta(days=1)
    from_on = until_on - timedelta(days=USE_DAYS)
    days = daily_use(
        session, caller.tenant_id, line.connection_id, from_on=from_on, until_on=until_on
    )
    words = caller.words
    text = words.say(
        "use",
        username=line.details.username,
        days=words.number(USE_DAYS),
        down=words.volume(sum(one.down_bytes for one in days)),
        up=words.volume(sum(one.up_bytes for one in days)),
        free=words.volume(sum(one.uncounted_bytes for one in days)),
    )
    back = (caller.to("card", "to-card", line.client_id), caller.to("home", "to-home"))
    return View(text, rows(back), file=use_by_day(days, from_on, until_on))


def open_photo(session: Session, caller: Caller, client_id: int) -> View:
    """Raises PictureNotFound where none is kept here."""
    client = get_client(session, caller.tenant_id, ClientId(client_id))
    ref = client.details.photo_ref or ""
    if not ref.isdecimal():
        raise PictureNotFound(0)
    jpeg = get_picture(session, caller.tenant_id, PictureId(int(ref)))
    text = caller.words.say("photo", name=card.name_of(client, caller.words))
    back = (caller.to("card", "to-card", client_id), caller.to("home", "to-home"))
    return View(text, rows(back), file=File("photo.jpg", jpeg, picture=True))


def open_vip(session: Session, caller: Caller, connection_id: int) -> View:
    line = get_connection(session, caller.tenant_id, ConnectionId(connection_id))
    key = "no-vip" if line.vip else "vip"
    payload: dict[str, object] = {"connection_id": connection_id, "vip": not line.vip}
    return _confirm(session, caller, line, key, "vip", payload)


def open_devices(session: Session, caller: Caller, connection_id: int) -> View:
    line = get_connection(session, caller.tenant_id, ConnectionId(connection_id))
    return _confirm(session, caller, line, "devices", "devices", {"connection_id": connection_id})


def _confirm(
    session: Session,
    caller: Caller,
    line: Connection,
    key: str,
    effect: str,
    payload: dict[str, object],
) -> View:
    text = caller.words.say(
        f"{key}-confirm", username=line.details.username, macs=", ".join(line.macs) or "–"
    )
    back = caller.to("card", "cancel", line.client_id)
    return confirm(session, caller, text, effect, payload, key=f"{key}-do", back=back)


def set_vip_of(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    line = set_vip(
        session,
        caller.tenant_id,
        ConnectionId(pinned["connection_id"]),
        vip=pinned["vip"],
        actor=caller.actor,
    )
    return _back(session, caller, line, "vip-done")


def forget_devices(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    connection_id = ConnectionId(pinned["connection_id"])
    line = reset_macs(session, caller.tenant_id, connection_id, actor=caller.actor)
    return _back(session, caller, line, "devices-done")


def put_expiry_back(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    line = set_expiry(
        session,
        caller.tenant_id,
        ConnectionId(pinned["connection_id"]),
        datetime.fromisoformat(pinned["expires_at"]),
        reason=caller.words.plain("undo-reason"),
        actor=caller.actor,
    )
    return _back(session, caller, line, "expiry-done")


def _back(session: Session, caller: Caller, line: Connection, key: str) -> Answer:
    note = done(session, caller, key)
    return Answer(card.show(card.read_card(session, caller, line.client_id), caller, note))


def _sessions(session: Session, caller: Caller) -> tuple[LiveSession, ...]:
    return list_live_sessions(session, caller.tenant_id, limit=SESSIONS_LISTED)


def _session_line(live: LiveSession, caller: Caller) -> Html:
    words = caller.words
    return words.say(
        "session-line",
        username=live.username,
        address=live.framed_ipv4 or "–",
        router=live.nas_name or "–",
        since=words.moment(live.started_at),
        down=words.volume(live.down_bytes),
        up=words.volume(live.up_bytes),
    )


def _below_sessions(_session: Session, caller: Caller) -> tuple[Buttons, ...]:
    return ((caller.to("sessions", "refresh"),), (caller.to("home", "to-home"),))


SESSIONS = Listing(
    route="sessions",
    title="sessions",
    read=_sessions,
    line=_session_line,
    needs=None,
    below=_below_sessions,
    columns=(
        Column("column-username", lambda one, _: one.username),
        Column("column-address", lambda one, _: one.framed_ipv4 or ""),
        Column("column-router", lambda one, _: one.nas_name or ""),
        Column("column-mac", lambda one, _: one.mac or ""),
        Column("column-since", lambda one, _: one.started_at.isoformat(timespec="seconds")),
        Column("column-down-bytes", lambda one, _: one.down_bytes),
        Column("column-up-bytes", lambda one, _: one.up_bytes),
    ),
)
SCREENS = (
    Screen("acts", open_acts),
    Screen("line_acts", open_line_acts),
    Screen("use", open_use),
    Screen("photo", open_photo),
    Screen("vip", open_vip, CONTROLS),
    Screen("devices", open_devices, CONTROLS),
    *SESSIONS.screens(),
)
DEEDS = (
    Deed("vip", set_vip_of, CONTROLS),
    Deed("devices", forget_devices, CONTROLS),
    Deed("expiry_back", put_expiry_back, CONTROLS),
)
