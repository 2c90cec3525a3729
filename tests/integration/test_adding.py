"""Each recipe of `docs/adding.md`, applied to a copy: its files are enough and none is idle."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from casework import check_pack
from casework.analysis.assessment import ReportAssessment, assess_report
from casework.case.value_objects import Priority
from casework.identifiers import Kind
from casework.identifiers.extraction import find_identifiers
from casework.pack.competence import propose_competence
from casework.pack.entries import PackError
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.published_table import load_statistics_law
from casework.report.report import Facts
from infra.workflow import step_substitutions
from tests.integration.trees import ROOT, Tree, listed, named
from tools.site.build import PortalSources
from tools.site.messages import MessagesWrong

MA = "jurisdictions/ma"
LANGUAGES = ("ar", "fr", "en", "es")
TEXTS = "tests/unit/test_desk_texts.py"
COUNTRY = (ROOT / "docs" / "another-country.md").read_text("utf-8")
"""The page whose commands are run here on a new country."""
WORDS_OF_IT = "Il a publié mon adresse et mon numéro partout"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "copy")


def in_every_language(text: Any) -> dict[str, Any]:
    return dict.fromkeys(LANGUAGES, text)


def newer(tree: Tree) -> None:
    tree.edit(f"{MA}/pack.json", lambda pack: pack.update(version="99.0.0"))


def as_it_is(folder: Path) -> Jurisdiction:
    """The pack in a folder as it is now, past the cache of packs."""
    return check_pack.load_jurisdiction(
        shutil.copytree(folder, folder.parents[1] / "now" / folder.name)
    )


def read_by(pack: Jurisdiction, text: str) -> ReportAssessment:
    """How a report is assessed."""
    facts = Facts.model_validate_json(json.dumps({"role": "victim", "language": "fr"}))
    return assess_report(pack, facts, text, find_identifiers(text, facts.field_identifiers), NOON)


def test_a_category_is_added_by_its_recipe(tree: Tree) -> None:
    path, folder = f"{MA}/categories.json", tree.folder / MA
    doxing = {
        **json.loads(tree.read(path))["categories"][0],
        "id": "doxing",
        "way": None,
        "names": in_every_language("Adresse publiée"),
        "help": {"fr": "Votre adresse est publiée."},
        "advice": in_every_language(["Gardez les liens."]),
    }
    tree.edit(path, lambda document: document["categories"].append(doxing))
    with pytest.raises(PackError, match=r"categories\.json: doxing: no help in ar"):
        check_pack.load_jurisdiction(folder)

    told = in_every_language("Votre adresse est publiée.")
    tree.edit(path, lambda document: document["categories"][-1].update(help=told))
    signs = [{"all": ["expose"], "weight": 9}]
    tree.edit(f"{MA}/assessment.json", lambda rules: rules["categories"].update(doxing=signs))
    newer(tree)

    pack = as_it_is(folder)
    assert [each["id"] for each in pack.reference("ar")["categories"]][-1] == "doxing"
    assert {
        propose_competence(pack, "doxing", code).unit for code in pack.territories
    } <= pack.units.keys()
    read = read_by(pack, WORDS_OF_IT)
    assert read.category == "doxing"
    assert named(tree.changed) == listed("A category")


def test_a_flag_is_added_by_its_recipe(tree: Tree) -> None:
    folder = tree.folder / MA
    rule = {"id": "address-published", "all": ["expose"]}
    urgent = {"priority": "urgent", "reason": "address_told", "flag": "address_told"}
    tree.edit(f"{MA}/assessment.json", lambda rules: rules["priorities"].insert(0, urgent))
    with pytest.raises(PackError, match="no rule raises the flag address_told"):
        check_pack.load_jurisdiction(folder)

    tree.edit(f"{MA}/assessment.json", lambda rules: rules["flags"].update(address_told=[rule]))
    told = tree.tests(TEXTS)
    assert "reason_address_told" in told
    assert "web/desk/messages/" in told, "the file to change"
    for code in ("ar", "fr", "en"):
        words = 'reason_address_told = "an address was published"\n'
        tree.put(f"web/desk/messages/{code}.toml", "reason_lives_at_sea = ", words)
    assert tree.tests(TEXTS) == ""
    reports = tree.read("harness/demo/reports.jsonl").splitlines(keepends=True)
    labelled = json.loads(reports[0])
    labelled["expected"]["flags"].append("address_told")
    reports[0] = json.dumps(labelled, ensure_ascii=False) + "\n"
    tree.write("harness/demo/reports.jsonl", "".join(reports))
    tree.put("harness/evaluation/scores.py", '    "ongoing_blackmail",\n', '    "address_told",\n')
    confirmed = {"id": "arms", "group": "terrorism", "names": in_every_language("Armes")}
    tree.edit(f"{MA}/statistics.json", lambda table: table["flags"].append(confirmed))
    newer(tree)

    read = read_by(as_it_is(folder), WORDS_OF_IT)
    assert (read.priority, set(read.flags)) == (Priority.URGENT, {"address_told"})
    assert [each.id for each in load_statistics_law(folder).table.flags][-1] == "arms"
    paths = {re.sub(r"/\w+\.toml$", "/<code>.toml", path) for path in named(tree.changed)}
    assert paths == listed("A flag")


def test_a_language_of_the_portal_is_added_by_its_recipe(tree: Tree) -> None:
    folder, texts = tree.folder / MA, tree.folder / "web" / "portal" / "messages"
    tree.write("web/portal/messages/de.toml", tree.read("web/portal/messages/en.toml"))
    with pytest.raises(MessagesWrong, match=r"categories\.json: fraud: no help in de"):
        _ = PortalSources(check_pack.load_jurisdiction(folder), texts).messages

    def translated(value: Any) -> Any:
        if isinstance(value, dict):
            more = {"de": value["en"]} if set(value) == set(LANGUAGES) else {}
            return {name: translated(each) for name, each in value.items()} | more
        if value == list(LANGUAGES):
            return [*value, "de"]
        return [translated(each) for each in value] if isinstance(value, list) else value

    for file in sorted(folder.glob("*.json")):
        said = json.loads(file.read_text("utf-8"))
        if translated(said) != said:
            tree.edit(f"{MA}/{file.name}", lambda document: document.update(translated(document)))
    newer(tree)

    site = PortalSources(as_it_is(folder), texts)
    assert site.rendered()["languages"]["de"]["texts"]["step.received"]
    paths = {path.replace("/de.toml", "/<code>.toml") for path in named(tree.changed)}
    assert paths == listed("A language of the portal")


def test_a_text_is_changed_by_its_recipe(tree: Tree) -> None:
    path = "web/portal/messages/{}.toml"
    key = 'done]\ntitle = "'
    words = tree.read(path.format("fr"))
    tree.replace(path.format("fr"), key, 'done]\ntitled = "')
    assert "fr.toml: done.title is missing" in tree.run("-c", WORDS)
    tree.write(path.format("fr"), words.replace(key, f"{key}À lire. "))
    assert tree.run("-c", WORDS) == ""
    assert "À lire. " in tree.read("functions/intake/portal.json")
    assert {path.format("<code>")} == listed("A text")


def test_a_country_is_added_by_its_recipe(tree: Tree) -> None:
    folder = tree.folder / "jurisdictions" / "yy"
    shutil.copytree(tree.folder / "tests" / "packs" / "xx", folder)
    with pytest.raises(PackError, match="xx is not the name of the folder"):
        check_pack.load_jurisdiction(folder)
    check, whole = re.findall(r"\.venv/bin/(?:python -c \"(.+)\"|pytest (\S+?))[`\n]", COUNTRY)
    check = check[0].replace("<id>", "yy")
    assert "xx is not the name of the folder" in tree.run("-c", check)
    tree.edit("jurisdictions/yy/pack.json", lambda pack: pack.update(id="yy"))
    assert tree.run("-c", check) == ""
    assert tree.tests(whole[1], "-k", "yy") == ""

    pack = check_pack.load_jurisdiction(folder)
    for category in pack.categories:
        assert {propose_competence(pack, category, code).unit for code in pack.territories}
    tree.changed |= {f"jurisdictions/yy/{file.name}" for file in folder.iterdir()}
    assert named(tree.changed, "yy") == listed("A country")


STEP = '''@task_handler("recheck")
def recheck(call: TaskCall) -> dict[str, Any]:
    """Look once more at the unit before it is told."""
    case = apply_task_move(_table(), call, lambda case: mark_rechecked(case, now()))
    return task_output(call, case, jurisdiction_clocks(_pack()))


'''
CHANGE = '''def mark_rechecked(case: Case, at: datetime, by: str = "system") -> Change | None:
    """Somebody looked once more at the unit; None when that was done."""
    unit = _referral(case).unit
    return None if case.named else Change.from_move(case, Move.RECHECK, at, by, named=unit)


'''


def with_a_move(tree: Tree, made_as: str = "_step") -> None:
    """The tree with one more move of a case, by its recipe."""
    law, moves = "casework/case/lifecycle.py", "casework/moves/referrals.py"
    tree.put(moves, "def reroute_referral(", CHANGE)
    tree.put(law, '    PUBLISH = "publish"\n', '    RECHECK = "recheck"\n')
    tree.put(law, "    Move.PUBLISH: _step()", f"    Move.RECHECK: {made_as}(),\n")
    tree.put(law, "        Move.PUBLISH: Status", "        Move.RECHECK: Status.QUEUED,\n")
    tree.put("tests/law.py", "        publish>published acknowledge", "        recheck>queued\n")
    for code in ("ar", "fr", "en"):
        messages = f"web/desk/messages/{code}.toml"
        tree.put(messages, "move_publish = ", 'move_recheck = "looked at again"\n')


def test_a_move_of_a_case_is_added_by_its_recipe(tree: Tree) -> None:
    with_a_move(tree)
    assert tree.tests("tests/unit/test_law.py", "tests/unit/test_desk_texts.py") == ""
    assert "docs/lifecycle.md" in tree.stale("lifecycle")
    paths = {re.sub(r"/\w+\.toml$", "/<code>.toml", path) for path in tree.changed}
    assert paths == listed("A move of a case")


ANSWER = '''class Recheck(Decision, title="Recheck"):
    """The unit asks for one more look at whose case it is."""

    move = Move.RECHECK

    outcome: Literal["recheck"]

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        change = mark_rechecked(case, at, by)
        if change is None:
            raise IllegalMove("The unit asked for it already.")
        return change


'''


OTHER_ROOMS = "test_the_tables_of_other_rooms_have_the_rows_that_the_law_names"
DECIDED = """
from casework.case.lifecycle import Move, Status
from casework.case.referral import Referral
from casework.decisions.available_moves import list_available_moves
from casework.decisions.referral import Acknowledgement
from casework.decisions.staff import Role
from tests.builders import NOON, RABAT, a_case, a_member

officer = a_member(Role.OFFICER, RABAT)
case = a_case(status=Status.QUEUED, referral=Referral(hop=1, unit=RABAT))
assert Move.RECHECK in list_available_moves(officer, case)
decision = Acknowledgement.model_validate({"outcome": "recheck"}).root
change = decision.apply(case, NOON, officer.subject)
assert (change.event.move, change.event.by) == ("recheck", officer.subject)
assert Move.RECHECK not in list_available_moves(officer, change.after)
"""


ASKED_ONCE = """    Move.RECHECK: Precondition(
        ClosedReason.DONE, lambda case, _: case.named is None
    ),
"""


def with_a_row_of_the_act(tree: Tree) -> None:
    """The tree with the act that makes the move, as the desk names it."""
    acts = "casework/decisions/acts.py"
    tree.put(acts, '    RETRY = "retry"\n', '    RECHECK = "recheck"\n')
    row = "    CaseAct.RECHECK: ActRule((Move.RECHECK,)),\n"
    tree.put(acts, "    CaseAct.RETRY: ActRule(", row)


def with_an_act(tree: Tree, call: str, body: dict[str, str]) -> None:
    """The tree with a place in the palette, a form and the words of the act that makes the move,
    and with the act of the many lives."""
    tree.put("web/desk/palette.tsx", '  closure: "close"', '  recheck: "close",\n')
    sent = f'call: () => "{call}", body: () => ({json.dumps(body)})'
    form = f"  recheck: {{ fields: () => [], {sent} }},\n"
    tree.put("web/desk/forms.ts", "  retry: { fields", form)
    for code in ("ar", "fr", "en"):
        tree.put(f"web/desk/messages/{code}.toml", "act_retry = ", 'act_recheck = "Look again"\n')
    made = f'lambda *_: CaseCall("/{call}", {body})'
    act = f"ActKind((Move.RECHECK,), StaffCall.{call.upper()}, {made})"
    tree.put("harness/people/acts.py", '    "retry": ActKind(', f'    "recheck": {act},\n')


def test_a_move_that_people_make_is_added_by_its_recipe(tree: Tree) -> None:
    with_a_move(tree, "_decision")
    checks = (
        "tests/unit/test_desk_acts.py",
        f"tests/contracts/test_law_has_one_row_each.py::{OTHER_ROOMS}",
    )
    assert OTHER_ROOMS in tree.tests(*checks)

    answers, open_moves = "casework/decisions/referral.py", "casework/decisions/available_moves.py"
    row = "    Move.RECHECK: (StaffCall.ACKNOWLEDGEMENT,),\n"
    tree.put(open_moves, "    Move.AUTHORISE: (StaffCall", row)
    tree.put(open_moves, "    Move.RESUME: Precondition(", ASKED_ONCE)
    assert "test_each_move_that_may_can_name_is_made_by_an_act" in tree.tests(*checks)
    with_a_row_of_the_act(tree)
    tree.put(answers, "class Acknowledgement(", ANSWER)
    tree.replace(answers, "Annotated[Accept | Decline,", "Annotated[Accept | Decline | Recheck,")
    tree.replace(answers, "import Finding\n", "import Finding, IllegalMove\n")
    tree.replace(answers, "import referral_data\n", "import mark_rechecked, referral_data\n")
    assert tree.run("-c", DECIDED) == ""
    assert "test_each_act_beside_the_decision_stands_once" in tree.tests(*checks)

    with_an_act(tree, "acknowledgement", {"outcome": "recheck"})
    assert tree.tests(*checks) == ""
    paths = {re.sub(r"/\w+\.toml$", "/<code>.toml", path) for path in tree.changed}
    assert paths == listed("A move of a case") | listed("A move that people make")


def test_a_step_of_the_workflow_is_added_by_its_recipe(tree: Tree) -> None:
    with_a_move(tree)
    before = set(tree.changed)
    steps, workflow = "functions/triage/steps.py", "functions/triage/workflow.asl.json"
    killed, journey = "tests/integration/test_killed.py", "casework/case/execution_state.py"

    def with_recheck(document: dict[str, Any]) -> None:
        states = document["States"]
        late = json.dumps(states["LateReferral"])
        states["Recheck"] = json.loads(late.replace("Escalate", "Recheck"))
        states["LateReferral"]["Next"] = "Recheck"
        for state in states.values():
            if "Parameters" in state:
                state["Parameters"]["Payload"]["drawn"] = 3

    tree.edit(workflow, with_recheck)
    validator = ROOT / "node_modules" / ".bin" / "asl-validator"
    subprocess.run([validator, "--json-path", tree.folder / workflow], check=True)
    contract = "tests/contracts/test_workflow_is_its_steps.py"
    assert "test_task_state_calls_a_step_that_is_there[Recheck]" in tree.tests(contract)

    tree.put(steps, '@task_handler("stuck")\ndef stuck(', STEP)
    imported = "from casework.moves.referrals import mark_rechecked\n"
    tree.put(steps, "from casework.moves.executions import", imported)
    row = '    "recheck": ("recheck", lambda office: office.queued(), ["recheck"]),\n'
    tree.put(killed, '    "stuck": (', row)
    told = tree.tests(contract)
    assert "test_every_step_is_told_the_drawing" in told
    shape = re.search(r"(?:SHAPE|WORKFLOW_DIGEST) is '(\w+)'", told)
    assert shape is not None
    written = tree.read(journey)
    written = written.replace("WORKFLOW_VERSION: Final = 2", "WORKFLOW_VERSION: Final = 3")
    digest = f'WORKFLOW_DIGEST: Final = "{shape[1]}"'
    tree.write(journey, re.sub(r'WORKFLOW_DIGEST: Final = "\w+"', digest, written))
    assert "test_lifecycle_is_drawn_as_it_is" in tree.tests(contract)
    tree.tool("lifecycle")
    assert (
        tree.tests(
            contract, f"{killed}::test_a_killed_step_of_the_workflow_has_its_effect_once[recheck]"
        )
        == ""
    )

    assert "Recheck" in step_substitutions(tree.read(workflow)), "it has its function"
    assert tree.changed - before == listed("A step of the workflow")
    assert len(tree.changed - before) <= 6


CALL = '''@decision_route(
    "nudge_case", "duty/{id}/nudge", StaffCall.NUDGE, "Try a stuck case again", Retry
)
def nudge_case(request: Request) -> Decision:
    """The case gets a new run of its workflow."""
    return request.parse_body(Retry)


'''


PASSED_ON = (
    "from infra.api import STAFF_ROUTES\n"
    "assert ('POST', '/v1/desk/duty/{id}/nudge') in STAFF_ROUTES"
)
"""By the gateway, to the desk."""


def test_a_call_of_the_desk_is_added_by_its_recipe(tree: Tree) -> None:
    tree.put("casework/decisions/permissions.py", '    BOARD = "board"\n', '    NUDGE = "nudge"\n')
    tree.put(
        "casework/decisions/permissions.py",
        "        StaffCall.STATISTICS: PermissionReach.ALL,\n    },\n    Role.OFFICER",
        "        StaffCall.NUDGE: PermissionReach.ALL,\n",
    )
    tree.put("functions/desk/cases/duty_desk.py", '@decision_route(\n    "retry_case", ', CALL)
    assert "docs/openapi.json" in tree.stale("openapi")
    tree.tool("openapi")
    assert tree.run("-c", PASSED_ON) == ""
    expected = "tests/unit/test_staff.py"
    each_role = re.compile(r"^    Role\.(\w+): \{\n", re.MULTILINE)

    def with_nudge(role: re.Match[str]) -> str:
        return f"{role[0]}        StaffCall.NUDGE: {'ANY' if role[1] == 'ANALYST' else 'NO'},\n"

    tree.write(expected, each_role.sub(with_nudge, tree.read(expected)))
    row = '    "POST duty/{id}/nudge": StaffCall.NUDGE,\n'
    tree.put("tests/integration/test_who_sees_what.py", '    "GET board": StaffCall.BOARD,\n', row)
    own = "test_every_route_asks_the_permission_table_for_its_own_call"
    assert tree.tests(expected, f"tests/integration/test_who_sees_what.py::{own}") == ""
    assert tree.changed == listed("A call of the desk")


READER = '''"""Numbers of identity cards: two letters and six digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_CARD: Final = re.compile(r"\\b[A-Z]{2}[0-9]{6}\\b")


def find_cards(text: str) -> Iterator[tuple[str, int, int]]:
    """Cards of a cleaned text with their places."""
    for found in _CARD.finditer(text):
        yield found[0], *found.span()
'''


def test_a_kind_of_identifier_is_added_by_its_recipe(tree: Tree) -> None:
    tree.write("casework/identifiers/cards.py", READER)
    tree.put(
        "casework/identifiers/extraction.py",
        '    reading.take("rib", accounts.find_ribs)\n',
        '    reading.take("card", cards.find_cards)\n',
    )
    tree.put("casework/identifiers/extraction.py", "    handles,\n", "    cards,\n")
    tree.put("casework/identifiers/__init__.py", '    "iban",\n', '    "card",\n')
    assert kinds_told(tree.read("docs/identifiers.md")) == set(get_args(Kind))
    tree.put(
        "docs/identifiers.md", "| `iban` |", "| `card` | as written | two letters, six digits |\n"
    )
    told = (
        "from typing import get_args\nfrom casework.identifiers import Kind\n"
        "from casework.identifiers.extraction import find_identifiers\n"
        "from casework.linking.join_rules import strong_marks\n"
        "found = find_identifiers('Sa carte est AB123456.', ())\n"
        "assert [(each.kind, each.canonical) for each in found] == [('card', 'AB123456')], found\n"
        "assert strong_marks(found) == [('card', 'AB123456')]\nassert 'card' in get_args(Kind)"
    )
    assert tree.run("-c", told) == ""
    paths = {path.replace("cards.py", "<kind>.py") for path in tree.changed}
    assert paths == listed("A kind of identifier")


def kinds_told(page: str) -> set[str]:
    """The kinds in the first table of the page of identifiers."""
    return set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


def test_the_page_of_identifiers_has_every_kind() -> None:
    assert kinds_told((ROOT / "docs" / "identifiers.md").read_text("utf-8")) == set(get_args(Kind))


WORDS = (
    "import sys\nfrom casework.pack.jurisdiction import open_pack\n"
    "from tools.site.build import PortalSources, function_texts_by_file\n"
    "from tools.site.messages import MessagesWrong\n"
    "try:\n    words = function_texts_by_file(PortalSources(open_pack('ma')))\n"
    "except MessagesWrong as wrong:\n    sys.exit(str(wrong))\n"
    "for file, text in words.items():\n    file.write_text(text, encoding='utf-8')\n"
)
"""The files that `python -m tools.site` writes for functions, without the pages."""


def test_news_for_reporters_is_added_by_its_recipe(tree: Tree) -> None:
    way = "casework/report/public_timeline.py"
    law = "casework/case/lifecycle.py"
    tree.replace(law, "Move.WAIVE: _aside(passes", "Move.WAIVE: _aside(news=True, passes")
    tree.put(way, '    CORRECTED = "corrected"\n', '    MONEY_LEFT = "money_left"\n')
    tree.put(way, "    Move.ESCALATE: ", "    Move.WAIVE: ReportHappening.MONEY_LEFT,\n")
    said = (
        "from casework.case.lifecycle import Move\n"
        "from casework.report.reporter_news import REPORTER_NEWS_MOVES\n"
        "from casework.report.public_timeline import PUBLIC_STEP_BY_MOVE, ReportHappening\n"
        "from functions.intake import sentences\n"
        "assert Move.WAIVE in REPORTER_NEWS_MOVES and Move.WAIVE in PUBLIC_STEP_BY_MOVE\n"
        f"for language in {LANGUAGES}:\n"
        "    assert all(sentences.step_sentence(each, language) for each in ReportHappening)"
    )
    assert "step.money_left" in tree.run("-c", said)

    path = "web/portal/messages/{}.toml"
    sentence = 'money_left = "The money is not pursued."\n'
    tree.put(path.format("fr"), "\n[note]\n", sentence)
    assert "en.toml: step.money_left is missing" in tree.run("-c", WORDS)
    for code in ("ar", "en", "es"):
        tree.put(path.format(code), "\n[note]\n", sentence)
    assert tree.run("-c", WORDS) == ""
    assert tree.run("-c", said) == ""
    assert "docs/openapi.json" in tree.stale("openapi")
    tree.tool("openapi")
    assert '"money_left"' in tree.read("docs/openapi.json")
    paths = {re.sub(r"/\w+\.toml$", "/<code>.toml", path) for path in tree.changed}
    assert paths == listed("News for reporters")


NOTES = '''"""Notes of a unit, as they are kept."""

from __future__ import annotations

from collections.abc import Iterator

from casework.aws.table import items, keys


def put_note(table: str, unit: str, at: str, words: str) -> None:
    """Keep a note."""
    items.put_item(table, {**keys.unit_note_key(unit, at), "words": words})


def list_notes(table: str, unit: str) -> Iterator[str]:
    """The notes of a unit, oldest first."""
    partition = keys.unit_note_key(unit, "")[keys.PARTITION_KEY]
    for item in items.query_prefix(table, partition):
        yield item["words"]
'''
NOTE_KEY = 'unit_note_key = Key[str, str]("the notes of a unit", "NOTED#{unit}", "{at}")\n'
KEPT = """
from casework.aws.table import items, unit_notes

kept = []

class Service:
    def put_item(self, Item, **_):
        kept.append(Item)

    def query(self, ExpressionAttributeValues, **_):
        asked = ExpressionAttributeValues[":pk"]
        return {"Items": [each for each in kept if each["pk"] == asked]}

items.aws_client = lambda name: Service()
unit_notes.put_note("cases", "pj-1", "2026-03-02", "Vu.")
unit_notes.put_note("cases", "pj-2", "2026-03-02", "Lu.")
assert list(unit_notes.list_notes("cases", "pj-1")) == ["Vu."]
"""


def test_a_way_to_read_the_table_is_added_by_its_recipe(tree: Tree) -> None:
    keys = "casework/aws/table/keys.py"
    tree.write("casework/aws/table/unit_notes.py", NOTES)
    assert "AttributeError" in tree.run("-c", KEPT)
    tree.put(keys, "# ---- figures ----", NOTE_KEY)
    assert tree.run("-c", KEPT) == ""

    assert "docs/table.md" in tree.stale("generate_docs")
    tree.tool("generate_docs")
    assert "| the notes of a unit | pk `NOTED#{unit}`, sk `{at}` |" in tree.read("docs/table.md")

    granted = "UNIT_NOTE_KEYS = keys.unit_note_key.grant\n"
    tree.put("infra/data.py", "CUSTODY_KEYS = desk_keys.custody_key.grant\n", granted)
    tree.put("infra/desk.py", "    UPDATE_ACTION,\n    DataStores,\n", "    UNIT_NOTE_KEYS,\n")
    tree.put(
        "infra/desk.py",
        "        data.grant(self.function, PUT_ACTION, of=(LOG_KEYS, DAY_KEYS))\n",
        "        data.grant(self.function, PUT_ACTION, of=(UNIT_NOTE_KEYS,))\n",
    )
    told = "from infra.data import UNIT_NOTE_KEYS\nassert UNIT_NOTE_KEYS == 'NOTED#*'"
    assert tree.run("-c", told) == ""
    paths = {path.replace("unit_notes.py", "<things>.py") for path in tree.changed}
    assert paths == listed("A way to read the table")
