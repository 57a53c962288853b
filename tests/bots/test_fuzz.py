"""Thousands of random taps and texts by all roles at once: nothing breaks, and the books are right.

`SKYLINK_FUZZ_STEPS` makes it longer, `SKYLINK_FUZZ_SEED` repeats one.
"""

from __future__ import annotations

import logging
import os
import random
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from billing.proof import prove
from bots.callers import Received
from bots.codec import Press, Visit, read, written
from bots.contents import COMMANDS, SCREENS
from bots.door import Door, Heard
from bots.views import CAPTION_MAX, TEXT_MAX, Answer, View
from tenancy.roles import Role
from tests.bots.stock import Stock, stocked
from tests.bots.test_matrix import Somebody, linked
from tests.fixtures.isps import World
from tests.fixtures.pictures import picture

STEPS = int(os.environ.get("SKYLINK_FUZZ_STEPS", "60"))  # of each of six people
SEED = os.environ.get("SKYLINK_FUZZ_SEED", "")
TEXTS = (
    "", " ", "rahim", "রহিম", "Uddin", "1", "০১৭১১০০০০০১", "+8801711000001", "800", "৮০০ টাকা",
    "0", "-5", "1e9", "999999999999", "0.001", "99.999", "20", "30", "203.0.113.9", "::1", "karim7",
    "Meghna-Sunlit-8", "31.12.2026", "2026-12-01", "1.1.2020", "AA:BB:CC:00:11:22", "9HX2K1",
    "rahim@example.com", "1234567890", "000000", "'; DROP TABLE clients; --", "<b>x</b>", "\0",
    "a\0b", "\N{GRINNING FACE}", "\N{RIGHT-TO-LEFT OVERRIDE}abc", "x" * 5000,
    "ক" * 300, "/start", "/nothing", "/find rahim", "/find", "/", "asked on the phone",
    *(f"/{name}" for name in COMMANDS),
)  # fmt: skip
GOOD = {
    "Type the name.": ("Karim", "Salma Khatun", "Home 20"), "in Bangla script": ("করিম",),
    "Type the phone": ("01711000002",), "Type the username": ("karim", "salma", "k1", "k2", "k3"),
    "Type a password": ("Meghna-Sunlit-8",), "Type the price": ("800", "৯০০"),
    "speed down": ("20",), "speed up": ("10",), "how many days": ("30", "1", "3"),
    "address from which": ("203.0.113.9", "203.0.113.8"), "RADIUS secret, as": ("Jamuna-Shared-9",),
    "Valid to the end": ("2026-12-31", "31.12.2027"), "Type the reason": ("asked",),
    "Charge for what": ("cable",), "Type the amount": ("5", "120.50"), "How much did": ("50", "৭০"),
    "transaction id": ("9HX2K1", "TX77", "TX78"), "MAC address": ("AA:BB:CC:00:11:23",),
    "By which day": ("10",), "How many days after": ("0", "3"), "For how many days": ("1",),
}  # fmt: skip
DULL = {"home", "me", "language", "enter", "search", "found", "form_drop", "problems"}
PROVED = "UPDATE staff_links SET verified_at = now() + interval '1 hour', language = 'en'"
FILES = (
    Received("photo.jpg", 10, picture=True, data=picture()),
    Received("photo.jpg", 10, picture=True),
    Received("photo.jpg", 50_000_000, picture=True),
    Received("a.pdf", 10, picture=False, data=b"%PDF"),
)


@dataclass
class Walker:
    """Somebody who taps at random: what they see, what they saw, what they never saw."""

    door: Door
    stock: Stock
    who: Somebody
    role: Role
    dice: random.Random
    seen: deque[str] = field(default_factory=lambda: deque(maxlen=60))
    last: View | None = None

    def walk(self, steps: int) -> None:
        for step in range(steps):
            if step % 15 == 0:
                self._come_back()
            answer = self.door.answer(self._does())
            for view in (answer.view, answer.aside):
                self._look(view)
            self.last = answer.view or self.last
            self._check(answer)

    def _does(self) -> Heard:
        account, dice = self.who.account_id, self.dice
        does = [data for data in self._shown() if isinstance(read(data), Press)]
        if does and dice.random() < 0.6:
            return Heard(account, "en", data=dice.choice(does), bot="a_bot")
        if (wanted := self._wanted()) and dice.random() < 0.8:
            return Heard(account, "en", text=wanted, bot="a_bot")
        what = dice.random()
        if what < 0.30:
            route = dice.choice([route for route in SCREENS if route not in DULL])
            return Heard(account, "en", data=self.stock.visit(route), bot="a_bot")
        if what < 0.88 and self.seen:
            return Heard(account, "en", data=self._favoured(), bot="a_bot")
        if what < 0.92:
            return Heard(account, "en", data=self._forged(), bot="a_bot")
        received = dice.choice(FILES) if what > 0.98 else None
        return Heard(account, "en", text=dice.choice(TEXTS), received=received, bot="a_bot")

    def _wanted(self) -> str | None:
        """An answer to what is asked on the screen, so that forms come to their end."""
        asked = self.last.text if self.last else ""
        return next(
            (self.dice.choice(good) for words, good in GOOD.items() if words in asked), None
        )

    def _shown(self) -> list[str]:
        return [button.data for row in self.last.rows for button in row] if self.last else []

    def _favoured(self) -> str:
        """Rather what is shown now, and of that what goes on with a form."""
        recent = self._shown()
        if not recent or self.dice.random() < 0.2:
            recent = list(self.seen)
        goes_on = [data for data in recent if ".form_" in data and ".form_drop" not in data]
        return self.dice.choice(goes_on if goes_on and self.dice.random() < 0.8 else recent)

    def _come_back(self) -> None:
        """A colleague's random tap may have dismissed, unlinked or demoted them."""
        with self.stock.isp.transaction() as session:
            mine = {"me": self.who.staff_id, "account": self.who.account_id, "role": self.role}
            session.execute(
                text("UPDATE staff SET active = true, role = :role WHERE id = :me"), mine
            )
            session.execute(
                text("""
                INSERT INTO staff_links (tenant_id, staff_id, account_id, linked_at)
                SELECT current_tenant(), :me, :account, now() ON CONFLICT DO NOTHING"""),
                mine,
            )
            session.execute(text(PROVED))

    def _forged(self) -> str:
        route = self.dice.choice(list(SCREENS))
        numbers = tuple(self.dice.choice((0, 1, 2, 7, 10**6, 2**63 - 1))
                        for _ in range(self.dice.randrange(8)))  # fmt: skip
        try:
            return written(Visit(self.stock.isp.tenant_id, route, numbers))
        except AssertionError:  # too long for a button: nobody can send it
            return f"v.{self.dice.randrange(100)}.{route}"

    def _look(self, view: View | None) -> None:
        for row in view.rows if view else ():
            self.seen.extend(button.data for button in row if button.data)

    def _check(self, answer: Answer) -> None:
        for view in filter(None, (answer.view, answer.aside)):
            shown = len(view.text)
            assert shown <= (CAPTION_MAX if view.file else TEXT_MAX), view.text[:200]
            assert sum(map(len, view.rows)) <= 100
            assert max(map(len, view.rows), default=0) <= 8


def walkers(stock: Stock, seed: int) -> Iterator[Walker]:
    isp = stock.isp
    door = Door(isp.database, isp.keys)
    for number, role in enumerate(Role):
        yield Walker(door, stock, linked(isp, role), role, random.Random(seed + number))


def test_random_taps_and_texts_leave_the_books_proved(
    isp: World, other_isp: World, caplog: pytest.LogCaptureFixture
) -> None:
    seed = int(SEED or random.randrange(10**6))
    logging.getLogger(__name__).info("SKYLINK_FUZZ_SEED=%s", seed)
    stocked(other_isp)
    people = list(walkers(stocked(isp), seed))
    with isp.transaction() as session:  # so that no code is asked for within the test
        session.execute(text(PROVED))
    with ThreadPoolExecutor(len(people)) as pool:
        for done in [pool.submit(walker.walk, STEPS) for walker in people]:
            done.result()
    for world in (isp, other_isp):
        with world.transaction() as session:
            proof = prove(session, world.tenant_id)
        assert proof.holds, proof
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
