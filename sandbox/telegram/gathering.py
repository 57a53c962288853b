"""What people do with groups: found, invite, promote, turn into a supergroup, open a topic."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.methods.topics import checked_name, open_topic
from sandbox.telegram.posting import chat_changed, post, service, set_member
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import (
    ADMIN,
    FIRST_GROUP,
    FIRST_PERSON,
    FIRST_SUPERGROUP,
    INSIDE,
    Chat,
    Person,
    World,
)

Json = dict[str, Any]

KINDS = {"group": FIRST_GROUP, "supergroup": FIRST_SUPERGROUP}


def arrive(world: World, *, first_name: str, person_id: int | None = None, **more: Any) -> Person:
    """A new person; without an id of their own, the next number."""
    person_id = person_id or world.next("person", first=FIRST_PERSON)
    if person_id in world.people or not first_name.strip():
        raise bad_request("a person needs a first name, and an id that nobody has")
    person = world.people[person_id] = Person(person_id, first_name.strip(), **more)
    world.chat(person_id)
    world.changes.tell("people")
    return person


def founds(
    world: World,
    person: Person,
    *,
    title: str,
    kind: str = "group",
    forum: bool = False,
    members: list[int] | None = None,
) -> Json:
    """A group of `person` and `members`, the bot not among them; only a supergroup has topics."""
    if kind not in KINDS or not title.strip():
        raise bad_request("a group needs a title and a kind: group or supergroup")
    kind = "supergroup" if forum else kind
    first = KINDS[kind]
    number = first - world.next(kind) + 1
    chat = world.chats[number] = Chat(number, kind, title.strip(), is_forum=forum)
    chat.members = {person.id: "creator"}
    for member in members or ():
        chat.members[world.person(member).id] = "member"
    post(world, chat, person.id, {f"{kind}_chat_created": True})
    world.changes.tell("people")
    return {"chat_id": chat.id}


def invites(world: World, person: Person, chat: Chat, *, user_id: int) -> Json:
    user = world.user(user_id) if user_id == world.bot_id else world.person(user_id).wire()
    check_inside(person, chat)
    if chat.members.get(user_id) in INSIDE:
        raise bad_request("USER_ALREADY_PARTICIPANT")
    set_member(world, chat, user_id, "member", person.id)
    service(world, chat, person.id, {"new_chat_members": [user], "new_chat_member": user})
    return {}


def check_inside(person: Person, chat: Chat) -> None:
    if chat.is_private or chat.members.get(person.id) not in INSIDE:
        raise bad_request("the person is not in this group")


def removes(world: World, person: Person, chat: Chat, *, user_id: int) -> Json:
    """Oneself is to leave; another takes an administrator."""
    check_inside(person, chat)
    own = user_id == person.id
    if not own and chat.members[person.id] not in ADMIN:
        raise bad_request("not enough rights")
    gone = service(world, chat, person.id, {"left_chat_member": world.user(user_id)})
    set_member(world, chat, user_id, "left" if own else "kicked", person.id)
    return {"message_id": gone.id}


def appoints(
    world: World, person: Person, chat: Chat, *, user_id: int, status: str = "administrator"
) -> Json:
    check_inside(person, chat)
    if chat.members[person.id] not in ADMIN or status not in {"administrator", "member"}:
        raise bad_request("not enough rights")
    set_member(world, chat, user_id, status, person.id)
    return {}


def opens_topic(world: World, person: Person, chat: Chat, *, name: str) -> Json:
    check_inside(person, chat)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    return {"thread_id": open_topic(world, chat, checked_name(name), person.id).thread_id}


def upgrades(world: World, person: Person, chat: Chat, *, forum: bool = False) -> Json:
    """A group becomes a supergroup of another id; what is sent to the old one is refused."""
    check_inside(person, chat)
    if chat.kind != "group" or chat.migrated_to is not None:
        raise bad_request("only a group becomes a supergroup")
    new = world.chats[founds(world, person, title=chat.title, kind="supergroup")["chat_id"]]
    new.members, new.is_forum = dict(chat.members), forum
    service(world, chat, person.id, {"migrate_to_chat_id": new.id})
    service(world, new, person.id, {"migrate_from_chat_id": chat.id})
    chat.migrated_to = new.id
    chat_changed(world, chat)
    world.changes.tell("people")
    return {"chat_id": new.id}
