"""`./skylink radtest`: a real login through the running server, and why it is answered so."""

from __future__ import annotations

import json
import os
import re
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import click

from billing.access import why
from billing.connections import find_connection
from billing.passwords import reveal_password
from commands.caller import caller
from commands.dsn import role_dsn
from commands.errors import CommandError
from commands.operator import Answer, Login, Method, ask_access
from commands.settings import Settings
from policy.decision import Decision, Verdict
from policy.explanation import explain
from policy.facts import AccessRequest, TenantId
from policy.macs import normalise_mac
from sql.migrate import APP
from storage.database import Database
from storage.secrets import KeyRing, Secret
from tenancy.isps import find_isp

NO_PASSWORD = Secret("nobody knows it")  # for a username that is nobody's: any will do
NODE_SAYS = re.compile(r"verdict=(\w+) reason=(\w+)")  # what the operator's port adds to answers


class NotAMac(CommandError):
    code = "not_a_mac"


@click.command("radtest")
@click.argument("username")
@click.option("--isp", help="The ISP of the username.  [default: SKYLINK_ISP]")
@click.option("--password", type=Secret, help="Try this one, not the client's own.")
@click.option("--mac", help="The device that logs in, such as AA:BB:CC:00:11:22.")
@click.option("--method", type=click.Choice(list(map(str, Method))), default=str(Method.PAP))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a screen.")
@click.pass_context
def radtest(
    ctx: click.Context,
    *,
    username: str,
    isp: str | None,
    password: Secret | None,
    mac: str | None,
    method: str,
    as_json: bool,
) -> None:
    """Log USERNAME in as a router would, and show the answer with its reasons.

    The client's own password is opened for it, which the audit log keeps. Exits 0 where access is
    given, into the walled garden too; 1 where it is refused.
    """
    settings = Settings.from_environ(os.environ)
    slug = isp or settings.isp
    request = AccessRequest(mac=device(mac))
    with closing(Database(role_dsn(settings, APP))) as database:
        with database.transaction(None) as session:
            tenant_id = find_isp(session, slug).tenant_id
        if password is None:
            password = own_password(settings, database, tenant_id, username)
        login = Login(slug, username, password, Method(method), mac)
        answer = ask_access(settings, login)
        with database.transaction(tenant_id) as session:
            decision = why(session, tenant_id, username, now=datetime.now(UTC), request=request)
    result = outcome(answer, decision, settings.language)
    click.echo(json.dumps(result, ensure_ascii=False, indent=2) if as_json else screen(result))
    ctx.exit(0 if answer.code == "Access-Accept" else 1)


def device(mac: str | None) -> str | None:
    """As policy writes a MAC. Raises NotAMac."""
    if mac is None:
        return None
    known = normalise_mac(mac)
    if known is None:
        raise NotAMac(f"{mac} is no MAC address: write it as AA:BB:CC:00:11:22.")
    return known


def own_password(
    settings: Settings, database: Database, tenant_id: TenantId, username: str
) -> Secret:
    """The password of the connection; opened in the name of who runs the command."""
    keys = KeyRing.load(settings.keys_file)
    with database.transaction(tenant_id) as session:
        connection = find_connection(session, tenant_id, username)
        if connection is None:
            return NO_PASSWORD
        return reveal_password(
            session, tenant_id, connection.connection_id, keys=keys, actor=caller()
        )


def outcome(answer: Answer, decision: Decision, language: str) -> dict[str, Any]:
    """What the server did beside what the database says, as `--json` prints it."""
    node = None
    attributes = []
    for name, text in answer.attributes:
        if name == "Reply-Message" and (said := NODE_SAYS.fullmatch(text)):
            node = {"verdict": said[1], "reason": said[2]}
        else:
            attributes.append({"name": name, "value": text})
    ours = {"verdict": decision.verdict.value, "reason": decision.reason.value}
    return {
        "answer": answer.code,
        "attributes": attributes,
        "node": node,
        "database": ours,
        "node_agrees": node is None or node == ours,
        "password_accepted": answer.code == "Access-Accept" or ours["verdict"] == Verdict.REJECT,
        "explanation": explain(decision, language),
    }


def screen(result: dict[str, Any]) -> str:
    """The same for people."""
    lines = [result["answer"]]
    lines += [f"  {pair['name']} = {pair['value']}" for pair in result["attributes"]]
    lines += ["", result["explanation"]]
    node = result["node"]
    if not result["node_agrees"]:
        lines += [
            "",
            f"The RADIUS node decided otherwise ({node['verdict']}, {node['reason']}).",
            "Its facts differ from the database: ./skylink status tells their age.",
        ]
    elif not result["password_accepted"]:
        lines += ["", "Access is not refused by any rule: the password was wrong."]
    return "\n".join(lines)


COMMAND = radtest
