"""One login: from a router's attributes to an answer, with no query on the way.

Every hook of the server waits while this runs, so the common case does only what it needs: the
device is worked out where something depends on it, and notes are put in order by another thread.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil

from policy.access import decide_access
from policy.decision import Decision, Verdict
from policy.explanation import headline
from policy.facts import AccessRequest, ConnectionFacts, MacMode, PackageFacts
from policy.grants import grant_of
from policy.macs import normalise_mac
from radius_modules import codec
from radius_modules.counters import TIMED_EVERY, Counters
from radius_modules.lookup import Lookup
from radius_modules.plans import Plan, Planner
from radius_modules.reporter import Notes
from radius_modules.sessions import LiveSessions
from radius_modules.snapshot import OPERATOR, Entry, Isp, Nas, Snapshot
from radius_modules.voice import Log
from storage.secrets import SecretError

Attributes = Mapping[str, str]

WRONG_PASSWORD = "wrong_password"  # noqa: S105 a reason, not a secret
MESSAGE_BYTES_MAX = 240

_NOTHING_ASKED = AccessRequest()
_MAC_OFF = MacMode.OFF
_now = datetime.now


class Logins:
    """The login path of one node. Called by one thread at a time."""

    def __init__(
        self,
        snapshot: Snapshot,
        sessions: LiveSessions,
        lookup: Lookup,
        notes: Notes,
        counters: Counters,
        log: Log,
    ) -> None:
        self._snapshot, self._sessions, self._lookup = snapshot, sessions, lookup
        self._notes, self._counters, self._log = notes, counters, log
        self._planner = Planner()
        self._login_number = time.time_ns()
        self._latest_at = 0.0

    def answer(self, request: Attributes, *, inner: bool) -> codec.Answer:
        """Decide. `inner` is a login inside a TLS tunnel, whose outer request was signed."""
        self._counters.logins += 1
        if self._counters.logins % TIMED_EVERY:
            return self._answer(request, inner)
        began = time.perf_counter_ns()
        answer = self._answer(request, inner)
        self._counters.took(time.perf_counter_ns() - began)
        return answer

    def _answer(self, request: Attributes, inner: bool) -> codec.Answer:
        snapshot = self._snapshot
        if not snapshot.loaded:
            return self._no_answer("loading", "no facts yet: logins get no answer")
        nas = snapshot.nas_by_name.get(request.get("SkyLink-NAS", ""))
        isp = self._isp_of(nas, request)
        if nas is None or isp is None or isp.facts is None:
            asker = request.get("SkyLink-NAS")
            return self._no_answer(f"asker-{asker}", f"no ISP is known for the NAS {asker!r}")
        if not inner and "Message-Authenticator" not in request and self._must_be_signed(nas):
            return codec.NO_ANSWER
        username = request.get("User-Name")
        if not username:
            self._counters.rejects += 1
            self._log(
                f"nameless-{nas.nas_id}",
                f"NAS {nas.address} sent a login without a User-Name, or with one (or a password)"
                " that is not UTF-8 text: refused",
            )
            return codec.reject("User-Name is missing")
        entry, by_device = isp.by_username.get(username), False
        if entry is None:
            entry, by_device = self._search(isp, username, request)
        try:
            if entry is None:
                return self._unknown(request, nas, isp, username)
            return self._known(request, nas, isp, entry, by_device)
        except (codec.NotSayable, SecretError, UnicodeDecodeError) as error:
            return self._no_answer(f"say-{username}", f"no answer for {username!r}: {error}")

    def _known(
        self, request: Attributes, nas: Nas, isp: Isp, entry: Entry, by_device: bool
    ) -> codec.Answer:
        at = self._clock()
        plan = entry.plan
        if plan is None or plan.era != isp.era or plan.kind != nas.kind or at >= plan.until:
            plan = self.prepare(isp, entry, nas.kind)
        if plan is None or entry.connection.connection_id in self._sessions.live:
            return self._decided_now(request, nas, isp, entry, by_device)
        if plan.walled:
            self._counters.walled += 1
        else:
            self._counters.accepts += 1
        self._note(request, nas, entry.connection, at, plan.verdict, plan.reason)
        pairs = plan.pairs
        if plan.ends_at is not None:
            pairs += (codec.session_pair(max(1, ceil(plan.ends_at - at))),)
        verdict, reason = plan.verdict, plan.reason
        return self._accepted(nas, entry, by_device, pairs, plan.grant, verdict, reason)

    def _clock(self) -> float:
        """POSIX seconds now. Where the clock was set back, no plan is believed any more."""
        at = time.time()
        if at < self._latest_at:
            self._snapshot.end_eras()
        self._latest_at = at
        return at

    def prepare(self, isp: Isp, entry: Entry, kind: str) -> Plan | None:
        """Plan for `entry`; None where each of its logins is decided for itself."""
        entry.plan = None
        era = isp.era  # before the facts: a plan made from older ones must not seem newer
        facts = isp.facts_of(entry.connection)
        if facts is None or entry.connection.mac_mode is not _MAC_OFF:
            return None
        entry.plan = self._planner.plan(facts, kind, era, _now(UTC))
        return entry.plan

    def _decided_now(
        self, request: Attributes, nas: Nas, isp: Isp, entry: Entry, by_device: bool
    ) -> codec.Answer:
        connection = entry.connection
        facts = isp.facts_of(connection)
        if facts is None:
            return self._no_answer(
                f"facts-{connection.package_id}",
                f"no answer for {connection.username!r}: its package or profile is not known",
            )
        decision = decide_access(facts, self._asked(request, connection), _now(UTC))
        verdict, reason = decision.verdict.value, decision.reason.value
        self._note(request, nas, connection, decision.now.timestamp(), verdict, reason)
        if decision.reply is None:
            self._counters.rejects += 1
            return self._refusal(nas, isp, decision)
        if decision.verdict is Verdict.WALLED:
            self._counters.walled += 1
        else:
            self._counters.accepts += 1
        pairs = codec.reply_pairs(decision.reply, nas.kind, connection.service)
        grant = str(grant_of(decision))
        answer = self._accepted(nas, entry, by_device, pairs, grant, verdict, reason)
        if decision.learn_mac is not None and answer[0] == codec.OK:
            answer[1]["config"] += (("SkyLink-Learn", ":=", decision.learn_mac),)
        return answer

    def _accepted(
        self,
        nas: Nas,
        entry: Entry,
        by_device: bool,
        pairs: codec.Pairs,
        grant: str,
        verdict: str,
        reason: str,
    ) -> codec.Answer:
        """Let in if the password is right, with a Class of this login's own."""
        connection = entry.connection
        self._login_number += 1
        owner = f"{connection.tenant_id}:{connection.connection_id}"
        pairs += (("Class", ":=", f"sl:{owner}:{self._login_number:x}:{grant}"),)
        if nas is OPERATOR:
            pairs += (("Reply-Message", "+=", _in_short(verdict, reason)),)
        return codec.accept(pairs, None if by_device else entry.password(self._snapshot.ring))

    def _isp_of(self, nas: Nas | None, request: Attributes) -> Isp | None:
        """The NAS decides the ISP; the operator's own door says which it means."""
        if nas is OPERATOR:
            return self._snapshot.isps_by_slug.get(request.get("NAS-Identifier", ""))
        return None if nas is None else self._snapshot.isps.get(nas.tenant_id)

    def _must_be_signed(self, nas: Nas) -> bool:
        """An unsigned request: seen by status either way, dropped where the NAS has to sign."""
        self._notes.nas_unsigned[nas.tenant_id, nas.nas_id] = time.time()
        if not nas.require_message_authenticator:
            return False
        self._counters.unauthenticated += 1
        self._log(
            f"unsigned-{nas.nas_id}",
            f"requests of NAS {nas.address} lack Message-Authenticator and are dropped: switch it"
            " on there (RouterOS 7.15: require-message-auth), or allow it for this NAS",
        )
        return True

    def _search(self, isp: Isp, username: str, request: Attributes) -> tuple[Entry | None, bool]:
        """A name that is not in memory: a device that stands for itself, or a new client."""
        mac = normalise_mac(username)
        if mac is not None and mac == normalise_mac(request.get("Calling-Station-Id", "")):
            entry = isp.by_device.get(mac)
            if entry is not None:
                return entry, True
        assert isp.facts is not None, "the caller passes over ISPs without facts"
        row = self._lookup.find(isp.facts.tenant_id, username)
        if row is not None:
            self._snapshot.put("connection", row)
        return isp.by_username.get(username), False

    def _asked(self, request: Attributes, connection: ConnectionFacts) -> AccessRequest:
        mac = normalise_mac(request.get("Calling-Station-Id", ""))
        others = self._sessions.others(
            connection.connection_id, request.get("Acct-Session-Id"), mac, time.monotonic()
        )
        return AccessRequest(mac, others)

    def _note(
        self,
        request: Attributes,
        nas: Nas,
        connection: ConnectionFacts,
        at: float,
        verdict: str,
        reason: str,
    ) -> None:
        self._notes.decisions[connection.connection_id] = (
            connection.tenant_id,
            connection.connection_id,
            connection.username,
            at,
            nas.nas_id,
            request.get("Calling-Station-Id"),
            verdict,
            reason,
        )

    def _unknown(self, request: Attributes, nas: Nas, isp: Isp, username: str) -> codec.Answer:
        decision = decide_access(None, _NOTHING_ASKED, _now(UTC))
        self._counters.unknown += 1
        assert isp.facts is not None, "the caller passes over ISPs without facts"
        station = request.get("Calling-Station-Id")
        at = decision.now.timestamp()
        self._notes.nameless(isp.facts.tenant_id, username, at, nas.nas_id, station)
        return self._refusal(nas, isp, decision)

    @staticmethod
    def _refusal(nas: Nas, isp: Isp, decision: Decision) -> codec.Answer:
        if nas is OPERATOR:
            return codec.reject(_in_short(decision.verdict, decision.reason))
        assert isp.facts is not None, "the caller passes over ISPs without facts"
        message = headline(decision, isp.facts.language).encode()[:MESSAGE_BYTES_MAX]
        return codec.reject(message.decode(errors="ignore"))

    def compared(self, request: Attributes, control: Attributes) -> None:
        """After the stock modules compared passwords: a device to keep, or a failure to note."""
        nas = self._snapshot.nas_by_name.get(request.get("SkyLink-NAS", ""))
        isp = self._isp_of(nas, request)
        entry = None if isp is None else isp.by_username.get(request.get("User-Name", ""))
        if nas is None or entry is None:
            return
        facts = entry.connection
        if control.get("Post-Auth-Type") == "Reject":
            self._counters.wrong_password += 1
            self._note(request, nas, facts, self._clock(), "reject", WRONG_PASSWORD)
        elif (mac := control.get("SkyLink-Learn")) and not facts.macs:
            self._snapshot.place(entry.with_device(mac))
            self._notes.devices[facts.tenant_id, facts.connection_id] = mac

    def _no_answer(self, about: str, line: str) -> codec.Answer:
        self._counters.unanswered += 1
        self._log(about, line)
        return codec.NO_ANSWER


def _in_short(verdict: str, reason: str) -> str:
    return f"verdict={verdict} reason={reason}"


def session_limited(connection: ConnectionFacts, package: PackageFacts) -> bool:
    """Whether anything depends on how many sessions of the connection are live."""
    return (connection.session_limit or package.session_limit) is not None
