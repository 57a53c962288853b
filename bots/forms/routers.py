"""Add a router (NAS): who may ask us about logins, and whom we tell of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.forms import fields
from bots.forms.form import Field, Form
from bots.screens import routers
from bots.screens.confirming import done
from bots.views import Answer
from network.nas import NasDetails, NasKind, add_nas
from storage.actors import Permission
from storage.secrets import Secret

KINDS = tuple(NasKind)
COA_PORT = 3799  # RFC 5176, 2.1


def _save(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    details = NasDetails(
        name=answers["name"],
        kind=KINDS[answers["nas_kind"]],
        address=answers["nas_address"],
        coa_port=answers.get("coa_port") or COA_PORT,
    )
    nas = add_nas(
        session,
        caller.tenant_id,
        details,
        secret=Secret(answers["nas_secret"]),
        keys=caller.keys,
        actor=caller.actor,
    )
    return Answer(routers.show(session, caller, nas.nas_id, done(session, caller, "router-added")))


FORMS = (
    Form(
        name="router",
        needs=Permission.MANAGE_NETWORK,
        save=_save,
        fields=(
            Field(name="name", read=fields.words_of(60)),
            Field(name="nas_kind", choices=fields.one_of(NasKind, "nas")),
            Field(name="nas_address", read=fields.address),
            Field(name="nas_secret", read=fields.secret_of(8, 64), secret=True),
            Field(
                name="coa_port",
                read=fields.whole(1, 65_535),
                show=fields.show_number,
                optional=True,
            ),
        ),
    ),
)
