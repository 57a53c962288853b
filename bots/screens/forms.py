"""A form as screens: the question with its buttons, what is wrong, the review, and the saving."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from billing.errors import PictureUnreadable
from billing.pictures import keep_picture
from bots import drafts, prompts
from bots.callers import Caller
from bots.drafts import Draft
from bots.files import FETCHED_BYTES_MAX
from bots.forms.contents import FORMS
from bots.forms.form import Choice, Field, Form, NotAccepted, Value
from bots.screens import home
from bots.screens.screen import Deed, Question, Screen
from bots.views import Answer, Button, Style, View, rows
from bots.words import Html
from storage.secrets import form_answer

CHOICES_SHOWN = 8
SHOWN_MAX = 80  # letters of an answer, in the review
BY_NAME = {form.name: form for form in FORMS}


def start(name: str) -> Any:
    """What opens the form of that name: where it was left, or at its beginning.

    Numbers of the route are the answers of the fields that are given; another one begins anew.
    """
    form = BY_NAME[name]
    given_fields = [field.name for field in form.fields if field.given]

    def open_form(session: Session, caller: Caller, *given: int) -> View:
        caller.actor.require(form.needs)
        first = dict(zip(given_fields, given, strict=False))
        kept = _find(session, caller, form)
        if kept is None or any(kept.answers.get(key) != value for key, value in first.items()):
            kept = Draft(name, form.next_field(first), first)
        return _at(session, caller, form, kept)

    return open_form


def _find(session: Session, caller: Caller, form: Form) -> Draft | None:
    return drafts.find(session, caller.tenant_id, caller.staff_id, form.name, now=caller.now)


def _at(
    session: Session,
    caller: Caller,
    form: Form,
    draft: Draft,
    note: Html | None = None,
    page: int = 0,
) -> View:
    """Keep the draft, let the next text answer it, and show it."""
    if draft.field and form.field(draft.field) is None:  # of an older version
        draft = replace(draft, field=form.next_field(draft.answers))
    drafts.keep(session, caller.tenant_id, caller.staff_id, draft, now=caller.now)
    payload = {"form": form.name}
    prompts.ask(session, caller.tenant_id, caller.staff_id, "form", payload, now=caller.now)
    if not draft.field:
        return _review(session, caller, form, draft, note)
    return _question(session, caller, form, draft, note, page)


def _question(
    session: Session, caller: Caller, form: Form, draft: Draft, note: Html | None, page: int
) -> View:
    field = form.field(draft.field)
    assert field is not None, "checked by _at"
    offered = field.choices(session, caller, draft.answers)
    pages = max(1, -(-len(offered) // CHOICES_SHOWN))
    page = min(page, pages - 1)
    shown = offered[page * CHOICES_SHOWN : (page + 1) * CHOICES_SHOWN]
    of = (FORMS.index(form), form.fields.index(field))
    parts = (_head(session, caller, form, draft), note, _asks(caller, field))
    turns = [
        caller.to("form_page", "page-before", *of, page - 1) if page else None,
        caller.to("form_page", "page-after", *of, page + 1) if page + 1 < pages else None,
    ]
    return View(
        Html("\n\n".join(part for part in parts if part)),
        rows(
            *((_choice(caller, of, choice),) for choice in shown),
            tuple(turns),
            (caller.to("form_skip", "form-skip", *of) if field.optional else None,),
            _ways_out(caller, form, draft),
        ),
    )


def _choice(caller: Caller, of: tuple[int, int], choice: Choice) -> Button:
    return caller.to("form_pick", "form-choice", *of, choice.number, label=choice.label)


def _ways_out(caller: Caller, form: Form, draft: Draft) -> tuple[Button | None, ...]:
    number = FORMS.index(form)
    back = None
    if form.before(draft.answers, draft.field) is not None:
        back = caller.to("form_back", "form-back", number)
    return (
        back,
        caller.to("form_drop", "form-drop", number),
        caller.to("home", "form-later"),
    )


def _head(session: Session, caller: Caller, form: Form, draft: Draft) -> Html:
    """The form's name and what is answered, so that a mistake is seen early."""
    words = caller.words
    title = words.plain(f"form-{form.name}", isp=caller.isp.name)
    lines = [words.say("form-head", title=title)]
    for field in form.asked(draft.answers):
        value = draft.answers.get(field.name)
        if value is not None and field.name != draft.field:
            shown = _shown(session, caller, field, value, draft)
            lines.append(words.say("form-answer", label=_label(caller, field), value=shown))
    return Html("\n".join(lines))


def _label(caller: Caller, field: Field) -> str:
    return caller.words.plain(f"field-{field.name.replace('_', '-')}")


def _asks(caller: Caller, field: Field) -> Html:
    return caller.words.say(f"ask-{field.name.replace('_', '-')}")


def _shown(session: Session, caller: Caller, field: Field, value: Value, draft: Draft) -> str:
    if field.secret:
        return "••••••"
    if field.picture:
        return "🖼"
    for choice in field.choices(session, caller, draft.answers):
        if choice.number == value:
            return choice.label
    return field.show(value, caller)[:SHOWN_MAX]


def _review(session: Session, caller: Caller, form: Form, draft: Draft, note: Html | None) -> View:
    payload: dict[str, object] = {"form": form.name, "answers": dict(draft.answers)}
    save = caller.does(session, f"save_{form.name}", "form-save", payload, style=Style.GOOD)
    number = FORMS.index(form)
    changes = [
        caller.to("form_edit", "form-edit", number, form.fields.index(field),
                  label=_label(caller, field))
        for field in form.asked(draft.answers)
    ]  # fmt: skip
    in_twos = [tuple(changes[at : at + 2]) for at in range(0, len(changes), 2)]
    parts = (_head(session, caller, form, draft), note, caller.words.say("form-review"))
    return View(
        Html("\n\n".join(part for part in parts if part)),
        rows((save,), *in_twos, _ways_out(caller, form, draft)),
    )


def hear(session: Session, caller: Caller, asked: Mapping[str, Any], text: str) -> Answer:
    """A text answers the field that is asked now; what is no answer is said, and asked again."""
    form = BY_NAME.get(str(asked["form"]))
    draft = _find(session, caller, form) if form else None
    if form is None or draft is None:
        return Answer(home.open_home(session, caller))
    field = form.field(draft.field)
    if field is None:
        return Answer(_at(session, caller, form, draft, caller.words.say("form-tap-save")))
    try:
        if field.picture:
            kept = _picture(session, caller)
            if isinstance(kept, Answer):
                return kept
            value: Value = kept
        else:
            value = field.read(session, caller, draft.answers, text)
    except NotAccepted as refusal:
        note = caller.words.say(refusal.key, **refusal.said)
        return Answer(_at(session, caller, form, draft, note), forget=field.secret)
    if field.secret:
        value = _sealed(caller, field, str(value))
    view = _answered(session, caller, form, draft, field, value)
    return Answer(view, forget=field.secret)


def _picture(session: Session, caller: Caller) -> int | Answer:
    """Its id, once it was fetched."""
    received = caller.received
    if received is None or not received.picture:
        raise NotAccepted("field-no-picture")
    if received.size_bytes > FETCHED_BYTES_MAX:
        raise NotAccepted("field-picture-large")
    if received.data is None:
        return Answer(fetches=True)
    try:
        return keep_picture(session, caller.tenant_id, received.data, actor=caller.actor)
    except PictureUnreadable:
        raise NotAccepted("field-no-picture") from None


def _sealed(caller: Caller, field: Field, value: str) -> str:
    context = form_answer(caller.tenant_id, caller.staff_id, field.name)
    return base64.b64encode(caller.keys.seal(value.encode(), context)).decode()


def _answered(
    session: Session, caller: Caller, form: Form, draft: Draft, field: Field, value: Value
) -> View:
    """Then what has no answer yet, or the review."""
    answers = {**draft.answers, field.name: value}
    asked = {one.name for one in form.asked(answers)}
    answers = {name: kept for name, kept in answers.items() if name in asked}
    return _at(session, caller, form, Draft(form.name, form.next_field(answers), answers))


def _tapped(
    session: Session, caller: Caller, form_number: int, field_number: int
) -> tuple[Form, Draft, Field] | None:
    """What a button means; None where its form is gone."""
    if form_number >= len(FORMS):
        return None
    form = FORMS[form_number]
    caller.actor.require(form.needs)
    draft = _find(session, caller, form)
    if draft is None or field_number >= len(form.fields):
        return None
    return form, draft, form.fields[field_number]


def pick(
    session: Session, caller: Caller, form_number: int, field_number: int, choice: int
) -> View:
    """A button of a field that is asked no more shows what is asked now."""
    tapped = _tapped(session, caller, form_number, field_number)
    if tapped is None:
        return home.open_home(session, caller)
    form, draft, field = tapped
    offered = {one.number for one in field.choices(session, caller, draft.answers)}
    if field.name != draft.field or choice not in offered:
        return _at(session, caller, form, draft)
    return _answered(session, caller, form, draft, field, choice)


def skip(session: Session, caller: Caller, form_number: int, field_number: int) -> View:
    tapped = _tapped(session, caller, form_number, field_number)
    if tapped is None:
        return home.open_home(session, caller)
    form, draft, field = tapped
    if field.name != draft.field or not field.optional:
        return _at(session, caller, form, draft)
    return _answered(session, caller, form, draft, field, None)


def turn(session: Session, caller: Caller, form_number: int, field_number: int, page: int) -> View:
    tapped = _tapped(session, caller, form_number, field_number)
    if tapped is None:
        return home.open_home(session, caller)
    form, draft, field = tapped
    return _at(session, caller, form, draft, page=page if field.name == draft.field else 0)


def edit(session: Session, caller: Caller, form_number: int, field_number: int) -> View:
    """Ask one field again; the other answers stay."""
    tapped = _tapped(session, caller, form_number, field_number)
    if tapped is None:
        return home.open_home(session, caller)
    form, draft, field = tapped
    if field not in form.asked(draft.answers):
        return _at(session, caller, form, draft)
    return _at(session, caller, form, replace(draft, field=field.name))


def back(session: Session, caller: Caller, form_number: int) -> View:
    tapped = _tapped(session, caller, form_number, 0)
    if tapped is None:
        return home.open_home(session, caller)
    form, draft, _ = tapped
    before = form.before(draft.answers, draft.field)
    return _at(session, caller, form, replace(draft, field=before or draft.field))


def drop(session: Session, caller: Caller, form_number: int) -> View:
    tapped = _tapped(session, caller, form_number, 0)
    if tapped is not None:
        drafts.give_up(session, caller.tenant_id, caller.staff_id, tapped[0].name)
    return home.open_home(session, caller)


def _saver(form: Form) -> Any:
    """Saves what was reviewed; where a service refuses, the draft stays."""

    def save(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
        answers = {
            name: _opened(caller, form, name, value) for name, value in pinned["answers"].items()
        }
        answer = form.save(session, caller, answers)
        drafts.give_up(session, caller.tenant_id, caller.staff_id, form.name)
        prompts.forget(session, caller.tenant_id, caller.staff_id)
        return answer

    return save


def _opened(caller: Caller, form: Form, name: str, value: Any) -> Any:
    field = form.field(name)
    if field is None or not field.secret or value is None:
        return value
    context = form_answer(caller.tenant_id, caller.staff_id, name)
    return caller.keys.open(base64.b64decode(value), context).decode()


SCREENS = (
    *(Screen(f"add_{form.name}", start(form.name), form.needs) for form in FORMS),
    Screen("form_pick", pick),
    Screen("form_skip", skip),
    Screen("form_page", turn),
    Screen("form_edit", edit),
    Screen("form_back", back),
    Screen("form_drop", drop),
)
DEEDS = tuple(
    Deed(f"save_{form.name}", _saver(form), form.needs, guarded=form.guarded) for form in FORMS
)
QUESTIONS = (Question("form", hear),)
