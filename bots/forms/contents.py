"""All forms of the bot, in the order by which buttons name them: new ones at the end."""

from __future__ import annotations

from bots.forms import acts, catalogue, clients, routers, staff
from bots.forms.form import Form

FORMS: tuple[Form, ...] = (
    *clients.FORMS,
    *staff.FORMS,
    *catalogue.FORMS,
    *routers.FORMS,
    *acts.FORMS,
)
