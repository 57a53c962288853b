"""The bot's table of contents: every place, deed, question and command."""

from __future__ import annotations

from bots.screens import access, card, clients, home, me, network, passwords, payments
from bots.screens.screen import Deed, Question, Screen

SCREENS: dict[str, Screen] = {
    screen.route: screen
    for screens in (
        home.SCREENS,
        clients.SCREENS,
        card.SCREENS,
        access.SCREENS,
        payments.SCREENS,
        passwords.SCREENS,
        network.SCREENS,
        me.SCREENS,
    )
    for screen in screens
}
DEEDS: dict[str, Deed] = {
    deed.effect: deed for deeds in (access.DEEDS, payments.DEEDS, passwords.DEEDS) for deed in deeds
}
QUESTIONS: dict[str, Question] = {
    question.prompt: question
    for questions in (clients.QUESTIONS, payments.QUESTIONS)
    for question in questions
}
# What may be typed instead of tapped: the command, and the route of its screen.
COMMANDS = {"start": "home", "home": "home", "find": "search", "problems": "problems", "me": "me"}
