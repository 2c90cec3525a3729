"""functions → casework.aws → casework; nothing imports what only deploys, runs or tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

from infra.assets import PARTS_WITH_LEXICONS
from tests.contracts.parsed import parsed

ROOT = Path(__file__).resolve().parents[2]
OURS = {
    "casework",
    "functions",
    "infra",
    "local",
    "harness",
    "tools",
    "tests",
}
DOMAIN_MAY_USE = {"pydantic", "pydantic_core", "rfc8785", "tzdata"}
INFRA_MAY_READ = {
    # constants that the template and the code must agree on
    "casework.aws.services.notifications",
    "casework.report.file_limits",
    "casework.report.multipart",
    "casework.report.reporter_news",
    "casework.aws.services.hash_list_store",
    "casework.aws.services.transparency_log_store",
    "casework.aws.services.telemetry",
    "casework.aws.services.package_store",
    "casework.aws.services.report_tree_store",
    "casework.aws.services.day_seal_store",
    "casework.aws.http.problems",
    "casework.aws.services.secrets",
    "casework.aws.services.sign_in",
    "casework.errors",
    "casework.credentials.session",
    "casework.aws.table.desk_keys",
    "casework.aws.table.picture_keys",
    "casework.aws.table.keys",
    "casework.aws.http.response_headers",
    "casework.aws.services.settings",
    "casework.pack.jurisdiction",
    "casework.pack.notices",
    "casework.pack.phones",
    "casework.pack.help_services",
    "casework.case.lifecycle",
    "casework.text.realm",
    "casework.statistics.case_statistics",
    "casework.credentials.trial_mark",
}


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def imports(file: Path) -> frozenset[str]:
    """Every module a file imports, absolute, wherever in the file it does."""
    found: set[str] = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            module = node.module or ""
            nested = {f"{module}.{alias.name}" for alias in node.names}
            found |= {name for name in nested if is_module(name)} or {module}
    return frozenset(found)


def is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


def top(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def domain_files() -> list[Path]:
    return [file for file in modules("casework") if "aws" not in file.relative_to(ROOT).parts]


FETCHERS = {
    *("aiohttp", "asyncio", "ftplib", "http.client", "httpx", "imaplib", "poplib", "requests"),
    *("smtplib", "socket", "socketserver", "ssl", "subprocess", "telnetlib", "urllib.request"),
    *("urllib3", "webbrowser", "websockets", "xmlrpc"),
}
"""What could open a connection, or start what does. boto3, which the adapters alone import, speaks
to the services of the account; webhooks of units are SNS's to call."""
SIGNS_IN = ROOT / "casework" / "aws" / "services" / "oauth_tokens.py"
"""Asks the token endpoint of managed login, which no SDK knows: for the function that signs staff
in, and for no other. That function reads no table, so nothing that was reported reaches it."""
ANSWERS_STACKS = ROOT / "casework" / "aws" / "services" / "custom_resource.py"
"""Answers CloudFormation where it says, which no SDK does: for the function that deployments call,
and for no other. That function reads no table either."""

LOOKS_INTO_FILES = ROOT / "functions" / "examine" / "sandbox.py"
"""Starts the process of the decoders, so that it can crash alone. The examiner reads no table."""
ASKS_THE_TIME = ROOT / "functions" / "stamps" / "timestamp_authority.py"
"""Sends digests of the public log to the authority that a deployment names. Its function reads no
table."""
MAY = {
    SIGNS_IN: {"http.client"},
    ANSWERS_STACKS: {"http.client"},
    LOOKS_INTO_FILES: {"subprocess"},
    ASKS_THE_TIME: {"http.client"},
}


WEB = ROOT / "web"
_FROM: Final = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")


def scripts() -> dict[Path, set[Path]]:
    """Each source of the browser, with those that it imports, also at need."""
    every = {file for file in WEB.rglob("*.ts*") if file.suffix in {".ts", ".tsx"}}
    return {
        file: {
            there
            for named in _FROM.findall(file.read_text("utf-8"))
            for there in ((file.parent / f"{named}{end}").resolve() for end in ("", ".ts", ".tsx"))
            if there in every
        }
        for file in every
    }


def programs() -> dict[Path, set[Path]]:
    """Each source in Python, tests apart, with those that it imports wherever it does."""
    every = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in ours()}
    return {file: {every[name] for name in imports(file) & every.keys()} for file in every.values()}


def ours() -> Iterator[Path]:
    yield from modules(*(OURS - {"tests"}), "evaluation")


@pytest.mark.parametrize("graph", [programs, scripts], ids=["Python", "TypeScript"])
def test_no_files_import_each_other_in_a_circle(graph: Callable[[], dict[Path, set[Path]]]) -> None:
    try:
        TopologicalSorter({file: found - {file} for file, found in graph().items()}).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(str(file.relative_to(ROOT)) for file in circle.args[1]))


def test_nothing_that_was_reported_can_be_fetched() -> None:
    for file in modules("casework", "functions"):
        allowed = MAY.get(file, set())
        for name in imports(file):
            assert not ({name, top(name)} & FETCHERS) - allowed, (file, name)
            assert name not in {"http", "urllib"}, (file, f"{name}: say which part of it")


@pytest.mark.parametrize(
    ("opens", "folder"),
    [
        ("casework.aws.services.oauth_tokens", "session"),
        ("casework.aws.services.custom_resource", "public_keys"),
    ],
    ids=["signing in", "deploying"],
)
def test_only_a_function_that_reads_no_table_can_open_a_connection(opens: str, folder: str) -> None:
    using = {
        file.relative_to(ROOT).as_posix()
        for file in modules("casework", "functions")
        if opens in imports(file)
    }
    assert using == {f"functions/{folder}/handler.py"}
    reading = {
        "casework.aws.table.items",
        "casework.aws.table.case_table",
        "casework.aws.table.report_table",
    }
    for file in modules(f"functions/{folder}"):
        assert not imports(file) & reading, file


SETTER = "typst"
"""Sets what strangers wrote."""


def test_only_the_builder_of_dossiers_sets_documents_and_it_reads_no_table() -> None:
    for file in modules("casework", "functions", "infra", "local"):
        builds = file.is_relative_to(ROOT / "functions" / "dossier")
        assert builds or SETTER not in {top(name) for name in imports(file)}, file
        assert not (builds and any("aws.table" in name for name in imports(file))), file


DECODERS = {"PIL", "pypdfium2", "tesserocr"}
"""Libraries that parse files of strangers."""


def test_the_function_that_asks_the_time_reads_no_table() -> None:
    for file in modules("functions/stamps"):
        assert not [name for name in imports(file) if "aws.table" in name], file


def test_only_the_examiner_parses_files_and_it_reads_no_table() -> None:
    for file in modules("casework", "functions", "infra", "local"):
        examines = file.is_relative_to(ROOT / "functions" / "examine")
        assert examines or not {top(name) for name in imports(file)} & DECODERS, file
        assert not (examines and any("aws.table" in name for name in imports(file))), file


READS_WORDS = {
    f"casework.analysis.{name}" for name in ("signals", "language", "money", "quantities")
}
"""Modules that open `languages/` while a report is read, not while a pack is checked."""


def reached(name: str, seen: set[str]) -> set[str]:
    """The module and what it imports, however far; a pack is checked before it is deployed."""
    file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
    if name not in seen and name != "casework.check_pack" and file.is_file():
        seen.add(name)
        for each in imports(file):
            reached(each, seen)
    return seen


@pytest.mark.parametrize(
    "folder", sorted(file.parent.name for file in (ROOT / "functions").glob("*/__init__.py"))
)
def test_the_words_of_languages_are_deployed_where_they_are_read(folder: str) -> None:
    names = (
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in modules(f"functions/{folder}")
    )
    read = {each for name in names for each in reached(name, set())} & READS_WORDS
    assert bool(read) == (folder in PARTS_WITH_LEXICONS), read


READERS = {"ada_url", "phonenumbers", "publicsuffixlist", "re2"}
"""Libraries that read hostile identifiers: the triage layer has them, and no other function."""


def test_the_domain_knows_nothing_but_itself() -> None:
    for file in domain_files():
        reads = file.parent.name == "identifiers" and file.stem != "__init__"
        may_use = DOMAIN_MAY_USE | READERS if reads else DOMAIN_MAY_USE
        for name in imports(file):
            assert not name.startswith("casework.aws"), (file, name)
            known = top(name) == "casework" or top(name) in may_use
            assert known or top(name) in sys.stdlib_module_names, (file, name)
            assert name not in {"os", "os.environ", "socket", "subprocess", "time"}, (file, name)


def test_the_adapters_know_the_domain_and_no_edge() -> None:
    for file in modules("casework/aws"):
        assert {top(name) for name in imports(file)} & OURS <= {"casework"}, file


PLACES = {
    "boto3": "nowhere",
    "botocore": "casework/aws/services",
    "aws_lambda_powertools": "casework/aws/services/telemetry.py",
    "aws_cdk": "infra",
    "moto": "nowhere",
}
"""Where what is deployed, and what deploys it, imports the packages of docs/decisions/0006."""


@pytest.mark.parametrize("package", PLACES)
def test_each_large_package_is_imported_at_its_place_alone(package: str) -> None:
    importing = [
        file
        for file in modules("casework", "functions", "infra")
        if package in {top(name) for name in imports(file)}
    ]
    assert bool(importing) == (PLACES[package] != "nowhere")
    for file in importing:
        assert file.is_relative_to(ROOT / PLACES[package]), file


def test_no_function_folder_imports_another() -> None:
    for file in modules("functions"):
        parts = file.relative_to(ROOT).parts
        for name in imports(file):
            assert top(name) not in OURS - {"casework", "functions"}, (file, name)
            if top(name) == "functions" and len(parts) > 2:
                assert name.split(".")[1] == parts[1], (file, name)


def test_infra_reads_keys_settings_and_the_pack_alone() -> None:
    for file in modules("infra"):
        for name in imports(file):
            if top(name) == "casework":
                assert name in INFRA_MAY_READ, (file, name)
            assert top(name) not in OURS - {"casework", "functions", "infra"}, (file, name)


@pytest.mark.parametrize("handler", ["functions.intake.handler", "functions.desk.handler"])
def test_only_triage_carries_the_libraries_that_read_identifiers(handler: str) -> None:
    program = f"import sys, {handler}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not READERS & set(done.stdout.split())
