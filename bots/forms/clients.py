"""Add a client, with a first connection if wanted; add a connection to one who is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from billing.clients import ClientDetails, add_client, get_client
from billing.connections import ConnectionDetails, add_connection
from billing.packages import get_package, list_packages
from billing.passwords import new_password
from billing.profiles import list_profiles
from billing.zones import list_zones
from bots.callers import Caller
from bots.drafts import Answers
from bots.forms import fields
from bots.forms.form import Choice, Field, Form, as_is
from bots.screens import card
from bots.screens.confirming import done
from bots.views import Answer
from policy.facts import ClientId, PackageId, ProfileId
from storage.actors import Permission
from storage.secrets import Secret

NAME_MAX = 100
YES, NO = 1, 0


def _zones(session: Session, caller: Caller, _answers: Answers) -> Sequence[Choice]:
    return [Choice(zone.zone_id, zone.name) for zone in list_zones(session, caller.tenant_id)]


def packages(session: Session, caller: Caller, _answers: Answers) -> Sequence[Choice]:
    """Each with its price, for that is what is asked at the counter."""
    return [
        Choice(
            one.package_id,
            f"{one.details.name} · {caller.words.amount(one.details.price_minor, caller.currency)}",
        )
        for one in list_packages(session, caller.tenant_id)
    ]


def _profiles(session: Session, caller: Caller, _answers: Answers) -> Sequence[Choice]:
    return [Choice(one.profile_id, one.details.name)
            for one in list_profiles(session, caller.tenant_id)]  # fmt: skip


def yes_or_no(_session: Session, caller: Caller, _answers: Answers) -> Sequence[Choice]:
    return (Choice(YES, caller.words.plain("yes")), Choice(NO, caller.words.plain("no")))


def _this_client(session: Session, caller: Caller, answers: Answers) -> Sequence[Choice]:
    """Whom the form is about: given by where it was opened."""
    if "client" not in answers:
        return ()
    client = get_client(session, caller.tenant_id, ClientId(answers["client"]))
    return (Choice(client.client_id, f"{card.name_of(client, caller.words)}"),)


CLIENT = Field(name="client", choices=_this_client, given=True)


def _connects(answers: Answers) -> bool:
    return answers.get("connect") == YES


def _connection(asked: Any) -> tuple[Field, ...]:
    return (
        Field(name="username", read=fields.new_username, asked=asked),
        Field(name="package", choices=packages, asked=asked),
        Field(name="profile", choices=_profiles, asked=asked),
        Field(
            name="password", read=fields.secret_of(6, 64), secret=True, optional=True, asked=asked
        ),
    )


def _connect(
    session: Session, caller: Caller, client_id: ClientId, answers: Mapping[str, Any]
) -> None:
    """Without a password one is made; it is shown by the button for that."""
    package = get_package(session, caller.tenant_id, PackageId(answers["package"]))
    password = answers.get("password")
    add_connection(
        session,
        caller.tenant_id,
        client_id,
        ConnectionDetails(
            username=answers["username"],
            service=package.details.service,
            package_id=package.package_id,
            profile_id=ProfileId(answers["profile"]),
        ),
        password=Secret(password) if password else new_password(),
        keys=caller.keys,
        actor=caller.actor,
    )


def _card(session: Session, caller: Caller, client_id: ClientId, key: str) -> Answer:
    note = done(session, caller, key)
    return Answer(card.show(card.read_card(session, caller, client_id), caller, note))


def _save_client(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    photo = answers.get("photo")
    details = ClientDetails(
        name=answers["name"],
        name_bn=answers.get("name_bn"),
        phone=answers.get("phone"),
        email=answers.get("email"),
        nid=answers.get("nid"),
        father_name=answers.get("father_name"),
        address=answers.get("address"),
        zone_id=answers.get("zone"),
        photo_ref=str(photo) if photo else None,
    )
    client = add_client(session, caller.tenant_id, details, actor=caller.actor)
    if _connects(answers):
        _connect(session, caller, client.client_id, answers)
    return _card(session, caller, client.client_id, "client-added")


def _save_connection(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    client_id = ClientId(answers["client"])
    _connect(session, caller, client_id, answers)
    return _card(session, caller, client_id, "connection-added")


def _always(_answers: Answers) -> bool:
    return True


FORMS = (
    Form(
        name="client",
        needs=Permission.EDIT_CLIENTS,
        save=_save_client,
        fields=(
            Field(name="name", read=fields.words_of(NAME_MAX)),
            Field(name="name_bn", read=fields.words_of(NAME_MAX), optional=True),
            Field(name="phone", read=fields.phone, optional=True),
            Field(name="email", read=fields.email, optional=True),
            Field(name="nid", read=fields.nid, optional=True),
            Field(name="father_name", read=fields.words_of(NAME_MAX), optional=True),
            Field(name="address", read=fields.words_of(200), optional=True),
            Field(name="zone", choices=_zones, optional=True),
            Field(name="photo", picture=True, optional=True, show=as_is),
            Field(name="connect", choices=yes_or_no),
            *_connection(_connects),
        ),
    ),
    Form(
        name="connection",
        needs=Permission.EDIT_CLIENTS,
        save=_save_connection,
        fields=(CLIENT, *_connection(_always)),
    ),
)
