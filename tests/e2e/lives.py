"""Lives of cases, played through every call that people make and all that only time does.

Each is a story of its own, so that many can be lived at once.
"""

from __future__ import annotations

import base64
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, Final

import httpx

from casework.aws.services.day_seal_store import leaves_key
from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.case.day_seal import DayLeaf
from casework.case.times import format_timestamp
from casework.pack.jurisdiction import open_pack
from tests.e2e.means import Means
from tests.e2e.people import a_phone, a_report, eventually
from tests.e2e.signed_in import SignedIn

RABAT, SALE, CASABLANCA = "pj-04-421", "pj-04-441", "pj-06-141"
LONG_AGO: Final = "2026-01-01T00:00:00.000Z"
MONTH: Final = "2021-03"
"""No other test counts anything here."""
MOTIVE: Final = "Confirmer le virement avec la victime."
CONTACT: Final = {"email": "canari@example.org"}
NAMED: Final = {"kind": "identified", "contact": CONTACT, "identity": {"name": "Canari Personne"}}


class Lives(Means):
    """Stories of people and of time on cases, one method each."""

    def play(self) -> None:
        """The stories of people run at the same time; then the scheduled work runs."""
        open_pack("ma")
        for role in ("analyst", "supervisor", "custodian", "auditor", "admin"):
            self.people.call("GET", "/v1/desk/queue", role)
        self.people.call("GET", "/v1/desk/queue", "officer", RABAT)
        told = (
            self.from_report_to_closure,
            self.joined_and_admitted,
            self.money_held_back,
            self.through_the_gate,
            self.asked_for_and_released,
            self.called_in_danger,
            self.on_duty,
            self.reported_by_a_crowd,
            self.declined_and_given_on,
            self.merged_and_split,
            self.talked_about,
            self.of_one_campaign,
            self.stuck_and_set_going,
            self.kept_and_erased,
            self.late,
            self.without_a_script,
            self.counted,
            self.tried_again,
            self.at_a_browser,
            self.with_files,
        )
        with ThreadPoolExecutor(2) as crowd:
            for done in [crowd.submit(each) for each in told]:
                done.result()
        self.on_schedule()

    def from_report_to_closure(self) -> None:
        people = self.people
        lost = {
            "amount": "900",
            "currency": "MAD",
            "means": "bank_transfer",
            "at": format_timestamp(datetime.now(UTC))[:10],
            "beneficiary_account": f"Compte {uuid.uuid4()}",
        }
        accepted = people.submit(a_report(disclosure=NAMED, money_lost=[lost]))
        case_id = people.case_of(accepted)
        people.await_wait(case_id)
        self.hold(case_id)
        people.ask(case_id, "Quel jour était-ce ?")
        self.add(accepted, text="C'était lundi.", answers=1)
        people.await_status(case_id, "in_review")
        people.await_wait(case_id)
        people.confirm(case_id)
        people.await_status(case_id, "published")
        people.await_wait(case_id)
        people.acknowledge(case_id, RABAT)
        self.add(accepted, text="Le compte a changé de nom.")
        self.look(case_id)
        for page in ("", "/dossier", "/freeze-request", "/identity-requests"):
            self.read(f"cases/{case_id}{page}", "officer", RABAT)
        self.package(case_id)
        wish = {"report": accepted["reference"], "motive": MOTIVE}
        asked = self.unit_does(case_id, "identity-requests", wish)
        self.read("identity-requests", "supervisor")
        released = people.release_identity(case_id, asked)
        assert people.open_identity(case_id, released, RABAT).is_success
        self.unit_does(case_id, "identity-requests/1/verdict", {"outcome": "accept"})
        prosecutor = people.prosecutor_of(case_id)
        office = {name: prosecutor[name] for name in ("prosecutor", "court")}
        handed = {"informed_on": prosecutor["decided_on"], "means": "here", "digest": "ab" * 32}
        informed = self.unit_does(case_id, "informed", {**office, **handed}).json()
        self.read("queue", "prosecutor", RABAT)
        self.read("holds?of=all", "supervisor")
        confirmed = people.decide(
            case_id, "receipt", {"entry": informed["event"]}, "prosecutor", RABAT
        )
        assert confirmed.is_success, confirmed.text
        self.unit_does(case_id, "instructions", {"kind": "investigate", **prosecutor})
        self.unit_does(case_id, "suspects", {})
        self.unit_does(case_id, "suspects/1/events", {"happening": "wanted"})
        entry = self.unit_does(case_id, "suspects/1/events", {"happening": "presented"})
        error = {"corrects": entry.json()["event"], "because": "other_day"}
        self.unit_does(case_id, "suspects/1/corrections", error)
        told = {"told": "lawyer", "means": "letter"}
        self.unit_does(case_id, "notice", told)
        self.unit_does(case_id, "notice/withdrawal", {"reason": "La lettre est revenue."})
        self.unit_does(case_id, "notice", told)
        self.unit_does(case_id, "messages", {"text": "Merci.", "reports": [accepted["reference"]]})
        self.unit_does(case_id, "messages", {"text": "Merci à toutes et à tous."})
        self.unit_does(case_id, "closure", {"reason": "sent_to_court", **prosecutor})
        self.unit_does(case_id, "closure/corrections", {"reason": "sent_abroad"})
        self.unit_does(case_id, "closure/withdrawal", {"reason": "Saisi par erreur."})
        people.await_status(case_id, "acknowledged")
        assert people.follow(accepted)["reference"] == accepted["reference"]
        self.read(f"history/{case_id}", "auditor")

    def package(self, case_id: str) -> None:
        """An officer of the unit has a package of the dossier built, and takes it."""
        under = f"/v1/desk/cases/{case_id}/packages"
        asked = self.anew(f"cases/{case_id}/packages", {}, "officer", RABAT)
        assert asked.status_code == httpx.codes.ACCEPTED, asked.text
        one = f"{under}/{asked.json()['package']}"
        eventually(
            lambda: self.people.call("GET", one, "officer", RABAT).json()["state"] == "ready",
            "the package is built",
        )
        part = self.people.call("GET", f"{one}/parts/1", "officer", RABAT)
        assert part.status_code == httpx.codes.OK, part.text
        assert base64.b64decode(part.json()["content"]).startswith(b"PK")

    def with_files(self) -> None:
        """A file is sent and kept; of another one nothing arrives, and its form runs out; a third
        one is withdrawn. A slot is asked for again, as after a break of the connection. Two people
        open the file."""
        people, accepted = self.people, self.people.submit(a_report(category="terrorism"))
        case_id = people.case_of(accepted)
        first, second, third = (str(uuid.uuid4()) for _ in range(3))
        sent, again, never, withdrawn = (
            people.slot(accepted, {"name": "capture.txt", "size": 4}, each).json()
            for each in (first, first, second, third)
        )
        assert again["n"] == sent["n"]
        form = [(name, (None, value)) for name, value in sent["uploads"][0]["fields"].items()]
        answer = people.http.post("/upload", files=[*form, ("file", ("x", b"text"))])
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text
        file = keys.file_key(accepted["reference"], sent["n"])
        eventually(
            lambda: {"marked", "preview"} <= people.item(file).keys(),
            "the file is kept, marked and looked into",
        )
        for given in (
            people.by_receipt(accepted, f"/evidence/{withdrawn['n']}", "DELETE"),
            people.by_receipt(accepted, "/evidence"),
        ):
            assert given.status_code == httpx.codes.OK, given.text
        under = f"/v1/desk/cases/{case_id}/files"
        asked = {"report": accepted["reference"], "n": sent["n"], "motive": MOTIVE}
        alike = f"/v1/desk/cases/{case_id}/reports/{accepted['reference']}/pictures"
        waits = self.anew(f"cases/{case_id}/files/asking", asked, "analyst").json()
        self.read("files/askings", "supervisor")
        path = f"cases/{case_id}/files/asking/{waits['number']}/answer"
        said = {"outcome": "admit", "reason": "Le motif est fondé."}
        asked["admission"] = self.anew(path, said, "supervisor").json()["answer"]
        for given in (
            self.anew(f"cases/{case_id}/files/opening", asked, "analyst"),
            people.call("GET", f"{under}/{asked['report']}/{sent['n']}/parts/1", "analyst"),
            people.call("GET", f"{under}/{asked['report']}/{sent['n']}/pages/1", "analyst"),
            people.call("GET", f"{alike}/file-{sent['n']:03d}/alike", "analyst"),
        ):
            assert given.status_code == httpx.codes.OK, given.text
        people.system.aws.dynamodb.update_item(
            TableName=people.table,
            Key=to_wire_item(keys.file_key(accepted["reference"], never["n"])),
            UpdateExpression="SET flow_at = :past, slotted_at = :past",
            ExpressionAttributeValues=to_wire_item({":past": LONG_AGO}),
        )
        day = format_timestamp(datetime.now(UTC))[:10]  # its heads, as the night will write them
        people.system.aws.client("s3").put_object(
            Bucket=people.system.outputs["SealBucket"],
            Key=leaves_key(day),
            Body=DayLeaf(case=case_id, events=1, head="0" * 64).model_dump_json().encode(),
        )
        read = people.invoke("RehashVaultFunction", {"day": day})
        assert (read["files"], read["mismatches"]) == (1, 0)

    def joined_and_admitted(self) -> None:
        """Reports that name the same telephone are admitted by name; one whose own contact it is
        is flagged before. Who hears of it later finds both cases by the telephone."""
        people = self.people
        phone = a_phone()
        page = {"kind": "url", "value": f"https://e{uuid.uuid4().hex[:12]}.example/annonce/1"}
        seen = {"locations": [{"kind": "phone", "value": phone}, page]}
        case_id = people.published(disclosure={"kind": "anonymous"}, **seen)
        people.acknowledge(case_id, RABAT)
        first, second = (people.submit(a_report(**seen)) for _ in range(2))
        assert people.case_of(first) == people.case_of(second) == case_id
        his = {"kind": "confidential", "contact": {"phone": phone}}
        suspect = people.submit(a_report(locations=[page], disclosure=his))
        assert people.case_of(suspect) == case_id
        named = people.call("GET", f"/v1/desk/cases/{case_id}/contacts", "officer", RABAT).json()
        assert [each["report"] for each in named["named"]] == [suspect["reference"]]
        self.unit_does(case_id, "admissions", {"reports": [first["reference"]]})
        self.unit_does(case_id, "admissions", {"reports": [second["reference"]]})
        colleagues = people.call("GET", "/v1/desk/colleagues", "officer", RABAT).json()
        for to in ({"to": colleagues["people"][0]["subject"]}, {}):
            path = f"/v1/desk/cases/{case_id}/owner"
            given = people.call("PUT", path, "officer", RABAT, json=to)
            assert given.is_success, given.text
        self.unit_does(case_id, "messages", {"text": "Merci.", "reports": [second["reference"]]})
        apart = {"report": second["reference"], "because": "other_facts"}
        self.unit_does(case_id, "take-out", apart)
        both = {case_id, people.case_of(second)}
        assert len(both) == 2
        eventually(lambda: self.found(phone) == both, "both cases are found")
        # Put back at once: other tests of this system read the pages in the language they ask for.
        for settings in ({"language": "fr"}, {}):
            people.settle("analyst", settings)
        analyst = self.read("me", "analyst").json()["subject"]
        self.read("me/decisions", "analyst")
        self.read(f"staff/{analyst}/searches", "auditor")
        self.read(f"staff/{analyst}/seen", "auditor")
        self.read(f"staff/{analyst}/decisions", "auditor")
        self.read(f"decisions?day={format_timestamp(datetime.now(UTC))[:10]}", "auditor")

    def money_held_back(self) -> None:
        """One sum is told by telephone and a bank is told of it; another is let go."""
        people = self.people
        case_id, other = (people.held(RABAT) for _ in range(2))
        at = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
        told = {"told_by": "reporter", "channel": "telephone", "amount": "8400", "at": at}
        for each in (case_id, other):
            self.unit_does(each, "payments", told)
        sum_ = {"amount": "8400", "currency": "MAD", "institution": "Une banque"}
        self.unit_does(case_id, "freezes", sum_)
        self.unit_does(case_id, "freezes/1/entries", {"step": "notice", "channel": "portal"})
        self.unit_does(other, "payments/waiver", {"reason": "paid_back"})

    def through_the_gate(self) -> None:
        """The gate is passed for danger withdrawn later, and by an authorisation annulled later."""
        people = self.people
        case_id = self.held_at_gate(RABAT)
        passed = {"outcome": "pass", "danger": "life", "ground": "Il attend devant sa porte."}
        self.unit_does(case_id, "danger", passed)
        self.unit_does(case_id, "danger", {"outcome": "withdraw", "reason": "Il est parti."})
        authorised = {"kind": "authorise", **people.prosecutor_of(case_id)}
        entry = self.unit_does(case_id, "instructions", authorised).json()["event"]
        annulled = {"kind": "annul", "entry": entry, "reason": "Saisie par erreur."}
        self.unit_does(case_id, "instructions", annulled)
        people.await_status(case_id, "awaiting_authorisation")
        danger = people.case_of(people.submit(a_report(danger_now=True)))
        people.await_wait(danger)
        song: dict[str, Any] = {"outcome": "no_danger", "reason": "Ce sont des paroles de chanson."}
        song["dangers"] = people.case(danger, "analyst").json()["dangers"]
        people.decide(danger, "review", song, "analyst")
        self.take_over(danger)

    def asked_for_and_released(self) -> None:
        """A custodian releases the identity of one confidential reporter and refuses another."""
        people = self.people
        accepted = people.submit()
        case_id = people.take(accepted, RABAT)
        wish = {"report": accepted["reference"], "motive": MOTIVE}
        asked = self.unit_does(case_id, "identity-requests", wish)
        assert asked.json()["standing"] == "asked"
        self.read("identity-requests", "custodian")
        path = f"cases/{case_id}/identity-requests/1"
        decision = {"outcome": "release", "reason": "Le motif est fondé."}
        decided = self.post(f"{path}/decision", decision, asked.headers["ETag"], "custodian")
        self.post(f"{path}/opening", {}, decided.headers["ETag"], "officer", RABAT)

    def called_in_danger(self) -> None:
        """The numbers of a reporter are opened, one of them by consent; the other is judged."""
        people = self.people
        contact = {"email": "a.person@example.org", "phone": "+212 600 11 22 33"}
        said = a_report(
            danger_now=True,
            disclosure={"kind": "confidential", "contact": contact},
            call_now={"phone": "+212 600 44 55 66", "safe": "write"},
        )
        accepted = people.submit(said)
        case_id = people.case_of(accepted)
        people.await_wait(case_id)
        self.anew(f"cases/{case_id}/take", {}, "analyst")
        path, report = f"cases/{case_id}/number", {"report": accepted["reference"]}
        by_consent = self.anew(path, report, "analyst").json()
        assert (by_consent["phone"], by_consent["safe"]) == ("+212 600 44 55 66", "write")
        why = {"ground": "life", "reason": "Elle écrit qu'elle meurt ce soir."}
        opened = self.anew(path, {**report, **why}, "analyst")
        assert opened.json()["phone"] == contact["phone"]
        assert contact["email"] not in opened.text
        self.read("openings", "supervisor")
        waits = people.call("GET", "/v1/desk/openings", "custodian").json()["openings"]
        (number,) = [each["number"] for each in waits if each["case"] == case_id]
        path = f"cases/{case_id}/openings/{number}/review"
        for role, verdict in (("custodian", "unclear"), ("auditor", "justified")):
            self.anew(path, {"verdict": verdict, "reason": "Le danger était écrit."}, role)
        told = people.follow(accepted)
        assert len(told["number_opened"]) == 1

    def on_duty(self) -> None:
        """A supervisor takes the duty, names the next one, and leaves it."""
        self.read("roster", "supervisor")
        watchers = self.people.call("GET", "/v1/desk/watchers", "supervisor").json()["people"]
        until = format_timestamp(datetime.now(UTC) + timedelta(hours=1))
        self.anew("roster", {"until": until, "next": watchers[0]["subject"]}, "supervisor")
        self.anew("roster", {}, "supervisor")

    def reported_by_a_crowd(self) -> None:
        """Three people send the same words, with nothing of their own: one line, and its cases."""
        people = self.people
        words = "Une vidéo montre un homme qui menace les passants de son quartier avec une barre."
        plain: dict[str, Any] = {"narrative": words, "locations": [], "territory": None}
        told = [
            people.submit(a_report(disclosure={"kind": "anonymous"}, danger_now=True, **plain))
            for _ in range(3)
        ]
        for each in told:
            people.await_wait(people.case_of(each))
        groups = people.call("GET", "/v1/desk/duty", "supervisor").json()["groups"]
        alike = [each["id"] for each in groups.values() if each["count"] >= len(told)]
        assert alike, groups
        for group in alike:
            self.read(f"groups/{group}", "supervisor")

    def declined_and_given_on(self) -> None:
        people = self.people
        case_id = people.published()
        decline = {"outcome": "decline", "reason": "other_territory", "competent_unit": SALE}
        self.unit_does(case_id, "acknowledgement", decline)
        eventually(lambda: self.stands_with(case_id) == SALE, "the unit named is told")
        self.supervisor_does(f"duty/{case_id}/reassign", case_id, {"unit": RABAT})
        eventually(lambda: self.stands_with(case_id) == RABAT, "the unit chosen is told")
        people.await_wait(case_id)
        people.acknowledge(case_id, RABAT)
        people.authorise(case_id, RABAT)
        self.unit_does(
            case_id,
            "instructions",
            {"kind": "transfer", "unit": SALE, **people.prosecutor_of(case_id)},
        )
        eventually(lambda: self.stands_with(case_id) == SALE, "the unit of the transfer is told")

    def merged_and_split(self) -> None:
        people = self.people
        case_id, into = people.in_review(), people.in_review()
        people.decide(case_id, "review", {"outcome": "merge", "into": into}, "analyst")
        people.sweep_until(lambda: self.moved(case_id), "its reports are moved")
        assert people.item(keys.report_key(self.first_report(case_id)))["case_id"] == into
        self.supervisor_does(f"cases/{case_id}/review", case_id, {"outcome": "split"})
        self.supervisor_does(f"cases/{case_id}/apart", case_id, {"other": into})
        people.sweep_until(lambda: self.moved(case_id), "its reports are moved")
        assert people.item(keys.report_key(self.first_report(case_id)))["case_id"] == case_id

    def stuck_and_set_going(self) -> None:
        people = self.people
        case_id = people.in_review()
        people.step("Stuck", case_id)
        for path, said in (
            (f"duty/{case_id}/attention", {"did": "read"}),
            (f"cases/{case_id}/take", {}),
            (f"cases/{case_id}/tries", {"whom": "supervisor", "result": "reached"}),
            ("handover", {"text": "Rien."}),
            (f"cases/{case_id}/notes", {"text": "Vu avec l'unité."}),
        ):
            self.anew(path, said, "analyst")
        self.supervisor_does(f"duty/{case_id}/retry", case_id, {})

    def talked_about(self) -> None:
        """A colleague who is named in a note reads it and watches the case for a while."""
        case_id = self.people.in_review()
        at = f"cases/{case_id}"
        readers = self.read(f"{at}/colleagues", "analyst").json()["people"]
        supervisor = self.read("me", "supervisor").json()["subject"]
        assert supervisor in [each["subject"] for each in readers]
        self.anew(f"{at}/notes", {"text": "Tu la connais ?", "mentions": [supervisor]}, "analyst")
        named = self.read("inbox", "supervisor").json()["mentions"]
        assert case_id in [each["case"] for each in named]
        seen = self.people.case(case_id).json()["last_entry"]
        for marks in ({"seen": seen, "watching": True}, {"seen": seen}, {"watching": False}):
            kept = self.people.call("PUT", f"/v1/desk/{at}/thread", "supervisor", json=marks)
            assert kept.is_success, kept.text

    def of_one_campaign(self) -> None:
        """A case begins a campaign, which gets another name, and is taken out of it again."""
        path = f"cases/{self.people.in_review()}/campaign"
        name = {"name": "Faux colis bloqué", "lead": RABAT}
        begun = self.anew(path, {"act": "mark", **name}, "analyst").json()["campaign"]
        assert begun["id"] in self.read("campaigns", "supervisor").text
        self.read(f"campaigns/{begun['id']}", "supervisor")
        for said in ({"act": "change", **name, "ended": True}, {"act": "leave"}):
            self.anew(path, said, "analyst")

    def kept_and_erased(self) -> None:
        people = self.people
        accepted = people.submit(a_report(disclosure=NAMED))
        case_id = people.case_of(accepted)
        people.await_wait(case_id)
        self.add(accepted, text="La page a changé de nom.")
        reject = {"outcome": "reject", "reason": "not_an_offence"}
        assert people.decide(case_id, "review", reject, "analyst").is_success
        people.set_on_case(case_id, "retention.due", LONG_AGO)
        self.put(keys.due_key(LONG_AGO, "retention", case_id))
        people.sweep_until(lambda: self.level(case_id, "retention") > 0, "its time has passed")
        self.supervisor_does(f"cases/{case_id}/retention", case_id, {"outcome": "erase"})
        second = people.second_supervisor()
        assert second.decide(case_id, "retention", {"outcome": "erase"}) == "erase"
        people.sweep_until(lambda: self.status(case_id) == "erased", "it is erased")

    def late(self) -> None:
        """The unit, the reporter and the notice all miss their deadlines."""
        people, long = self.people, timedelta(days=10)
        deadlines = open_pack("ma").deadlines["standard"].acknowledge_seconds
        case = self.clerk.serve(self.clerk.published(datetime.now(UTC) - long, deadlines))
        eventually(lambda: "escalate" in people.moves(case.id), "the supervisors are told")
        silent = people.in_review()
        people.ask(silent, "Quel jour était-ce ?")
        people.set_on_case(silent, "wait.due", LONG_AGO)
        self.put(keys.due_key(LONG_AGO, "answer", silent))
        people.sweep_until(lambda: self.status(silent) == "in_review", "nobody answered")
        owed = people.held(RABAT)
        people.set_on_case(owed, "notice", {"since": LONG_AGO, "due": LONG_AGO, "level": 0})
        self.put(keys.due_key(LONG_AGO, "notice", owed))
        people.sweep_until(lambda: self.level(owed, "notice") > 0, "nobody gave notice")

    def without_a_script(self) -> None:
        """The pages of reporters whose browser runs no script."""
        http = self.people.http
        page = http.get("/fr/report/plain")
        assert page.status_code == httpx.codes.OK
        form = {
            name: unescape(value)
            for name, value in re.findall(r'name="(key|ticket)" value="([^"]*)"', page.text)
        }
        sent = http.post(
            "/fr/report/plain",
            data={
                **form,
                "category": "fraud",
                "role": "victim",
                "narrative": "Une boutique ne livre jamais.",
                "disclosure": "anonymous",
            },
        )
        assert sent.status_code == httpx.codes.CREATED, sent.text
        reference, receipt = re.findall(r'id="(?:reference|receipt)">([^<]+)<', sent.text)
        followed = http.post("/fr/follow", data={"reference": reference, "receipt": receipt})
        assert followed.status_code == httpx.codes.OK, followed.text

    def counted(self) -> None:
        people = self.people
        replayed = {"Replay-At": f"{MONTH}-03T09:00:00+00:00"}
        for _ in range(2):
            assert people.post_report(a_report(), str(uuid.uuid4()), **replayed).is_success
        days = f"statistics?from={MONTH}-03&to={MONTH}-03"
        eventually(lambda: self.processed(days) >= 2, "both are counted")
        for _ in range(2):  # published, then read as it was published
            assert people.http.get(f"/v1/statistics?from={MONTH}&to={MONTH}").is_success
        assert people.http.get("/v1/reference").is_success
        assert people.http.get("/v1/openapi.json").is_success

    def on_schedule(self) -> None:
        """Work that the schedule or an operator starts: repairs, sweeps, seals, replays."""
        people = self.people
        case_id, gone = people.held(RABAT), f"pj-gone-{uuid.uuid4().hex[:6]}"
        self.dissolve(gone, case_id)
        lost = people.in_review()
        self.lose(lost)
        unlinked = [self.first_report(each) for each in (case_id, lost)]
        for reference in unlinked:
            self.unlink(reference)
        again = {"references": unlinked[:1], "cases": [case_id]}
        assert people.invoke("ReprocessFunction", again)["linked"] == unlinked[:1]
        people.invoke("SweepFunction", {})
        people.invoke("ReconcileFunction", {})
        people.invoke("RepairFilesFunction", {})
        for reference in unlinked:
            assert people.item(keys.report_key(reference))["case_id"]
        # Two cases without fields written from outside, which the check would find.
        day = people.a_past_day_of(people.published(), people.in_review())
        assert people.invoke("SealDayFunction", {"day": day})["sealed"]
        assert people.invoke("VerifyDaysFunction", {"day": day})["mismatches"] == 0
        assert people.invoke("RehashVaultFunction", {})["mismatches"] == 0
        for path in (
            "queue",
            "pulse",
            "duty",
            "glance",
            "samples",
            "handover",
            "board",
            "queue?of=unit:pj-04-421",
        ):
            self.read(path, "supervisor")
        key = {"Idempotency-Key": str(uuid.uuid4())}
        glance = {"report": self.first_report(people.in_review()), "verdict": "danger_now"}
        seen = people.call("POST", "/v1/desk/glance", "analyst", json=glance, headers=key)
        assert seen.is_success, seen.text
        sample = people.chosen_to_be_read_again(people.published())
        second = {"sample": sample, "outcome": "confirm", "category": "fraud", "priority": "urgent"}
        read = people.call("POST", "/v1/desk/samples", "supervisor", json=second, headers=key)
        assert read.is_success, read.text
        taken = people.call("POST", "/v1/desk/next", "officer", CASABLANCA, json={}, headers=key)
        assert taken.is_success, taken.text
        self.read("queue?of=held", "officer", RABAT)
        self.read("staff", "admin")

    def tried_again(self) -> None:
        """The first process that read an addition was killed: the reconciler reads it."""
        people = self.people
        accepted = people.submit(a_report(danger_now=True))
        self.prove(accepted)
        case_id = people.case_of(accepted)
        people.await_wait(case_id)
        self.add(accepted, text="Il est devant ma porte avec un couteau.")
        partition = keys.report_key(accepted["reference"])[keys.PARTITION_KEY]

        def added() -> dict[str, Any]:
            found = people.system.aws.dynamodb.query(
                TableName=people.table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :begins)",
                ExpressionAttributeValues=to_wire_item(
                    {":pk": partition, ":begins": keys.addition_key.begins}
                ),
            )
            return values_from_wire_item(found["Items"][0])

        eventually(lambda: "event" in added(), "the addition is followed")
        tried = {
            keys.FLOW_PARTITION_KEY: keys.retry_flow(accepted["reference"]),
            keys.FLOW_SORT_KEY: LONG_AGO,
        }
        self.put({**added(), **tried, "attempts": 1})

        def followed() -> bool:
            people.invoke("ReconcileFunction", {})
            return keys.FLOW_PARTITION_KEY not in added()

        eventually(followed, "it is followed again, and waits no more")

    def at_a_browser(self) -> None:
        """A person signs in on the page of staff, works for a while and signs out."""
        someone = SignedIn(self.people.http)
        someone.signs_in("auditor")
        assert someone.call("GET", "/v1/desk/me").is_success
        assert someone.renews().is_success
        assert someone.signs_out().is_success
