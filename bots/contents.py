"""The bot's table of contents: every place, deed, question and command."""

from __future__ import annotations

from bots.screens import (
    access,
    acts,
    browse,
    card,
    catalogue,
    clients,
    forms,
    home,
    me,
    money,
    network,
    offline,
    passwords,
    payments,
    rights,
    routers,
    runs,
    sent_codes,
    staff,
    typed,
)
from bots.screens.screen import Deed, Question, Screen

SCREENS: dict[str, Screen] = {
    screen.route: screen
    for screens in (
        home.SCREENS,
        clients.SCREENS,
        browse.SCREENS,
        card.SCREENS,
        acts.SCREENS,
        access.SCREENS,
        money.SCREENS,
        runs.SCREENS,
        catalogue.SCREENS,
        routers.SCREENS,
        staff.SCREENS,
        rights.SCREENS,
        forms.SCREENS,
        payments.SCREENS,
        passwords.SCREENS,
        network.SCREENS,
        offline.SCREENS,
        me.SCREENS,
        sent_codes.SCREENS,
        typed.SCREENS,
    )
    for screen in screens
}
DEEDS: dict[str, Deed] = {
    deed.effect: deed
    for deeds in (
        access.DEEDS,
        acts.DEEDS,
        payments.DEEDS,
        passwords.DEEDS,
        money.DEEDS,
        runs.DEEDS,
        routers.DEEDS,
        staff.DEEDS,
        rights.DEEDS,
        forms.DEEDS,
    )
    for deed in deeds
}
QUESTIONS: dict[str, Question] = {
    question.prompt: question
    for questions in (clients.QUESTIONS, payments.QUESTIONS, forms.QUESTIONS)
    for question in questions
}
# What may be typed instead of tapped: the command, and the route of its screen.
COMMANDS = {"start": "home", "home": "home", "find": "search", "problems": "problems", "me": "me"}
