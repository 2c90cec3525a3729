"""Builds a folder of files, ready to serve, from `web/` and a pack."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from casework import check_pack
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.text.codes import COUNTRIES, CURRENCIES
from functions.intake import crowd, fields
from functions.intake.missing import FILE as MISSING
from functions.intake.texts import FILE as RENDERED
from functions.intake.texts import NAMES, Portal, portal_of
from functions.notify.words import FILE as NOTICES
from functions.statistics.words import FILE as COUNTED
from infra.deployment import Operator
from tools.site import desk, reference
from tools.site.icon import APPLE, ICONS, draw
from tools.site.intl import PluralRules, display_names, locales, moments, months, plural_rules
from tools.site.messages import MESSAGES, ROOT, Messages, Used, checked, load
from tools.site.pages import Maker, Script, front, not_found
from tools.site.steps import next_steps

WEB: Final = ROOT / "web"
BUILT: Final = ROOT / "build" / "site"
TYPES: Final = ROOT / "build" / "web"
STYLE: Final = WEB / "shared" / "pages.css"
ICON: Final = WEB / "shared" / "icon.svg"
OPENAPI: Final = ROOT / "docs" / "openapi.json"
BIN: Final = ROOT / "node_modules" / ".bin"
DESK: Final = "desk"
"""The entry of the page of staff: built with the others, with size limits of its own."""
DESK_SCRIPT: Final = "desk script"
DESK_SCRIPTS: Final = "desk scripts"
BUNDLES: Final = ("page", "front", "home", "figures")
"""The entries of the portal: a page loads one, with everything that it imports."""
REPORTING: Final = "reporting"
"""The entry of report and follow-up. The drawing of a receipt and the files are loaded at need."""
SHARED: Final = {"report": REPORTING, "follow": REPORTING}
"""The bundle of a page that has none of its own name."""
ENTRIES: Final = ("page", "front", "home", "report", "follow", "figures", DESK)
"""The names of the scripts of pages."""
RENDERING: Final = tuple((ROOT / "functions" / "intake").glob("*.py"))
"""The code that answers reporters."""
NOTIFYING: Final = (NOTICES.with_name("words.py"),)
"""The code that notifies reporters."""

FIRST_PAGE: Final = 40_000
SCRIPT: Final = 30_000
SHEET: Final = 6_000
"""The limits of the compressed size: of a page with everything it loads, of the one script of a
page, and of the style sheet."""


class SiteNotBuilt(Exception):
    """The portal cannot be built; the message says what to repair."""


@dataclass(frozen=True)
class Site:
    """The sources of the portal."""

    pack: Jurisdiction
    texts: Path = MESSAGES
    """The folder with one file for each language."""
    operator: Operator = field(default_factory=Operator)
    """The authority that runs it; without a name, this is a demonstration."""

    @cached_property
    def messages(self) -> Mapping[str, Messages]:
        """The checked texts; raises MessagesWrong with everything that is missing, also in the
        pack."""
        found = load(self.texts)
        new = sorted(set(found) - set(self.pack.languages))
        pack = f"jurisdictions/{self.pack.id}"
        lacking = [f"{pack}/pack.json: languages: {code} is not among them" for code in new]
        if new:
            lacking += [f"{pack}/{each}" for each in check_pack.findings(self.pack.folder, new)]
        return checked(found, self.rules.forms, lacking=lacking)

    @cached_property
    def rules(self) -> PluralRules:
        return plural_rules(load(self.texts), _node())

    @property
    def style(self) -> str:
        """The address of the style sheet, from its source, so that no tool is needed to compute
        it."""
        return _hashed(STYLE, "portal")

    @property
    def icon(self) -> str:
        """The address of the icon, from its source too."""
        return _hashed(ICON, "icon")

    @cached_property
    def locales(self) -> Mapping[str, str]:
        """Each language in the form of the pack's country."""
        return locales(self.messages, self.pack.id.upper(), _node())

    @cached_property
    def moments(self) -> Mapping[str, Sequence[str]]:
        return moments(self.locales.values(), _node())

    @cached_property
    def months(self) -> Mapping[str, Sequence[str]]:
        return months(self.locales.values(), _node())

    @cached_property
    def desk(self) -> desk.Desk:
        return desk.Desk(self.pack, self.locales)

    @cached_property
    def portal(self) -> Portal:
        return replace(portal_of(self.rendered(whole=True)), operator=self.operator.name or "")

    def rendered(self, *, whole: bool = False) -> dict[str, Any]:
        """The texts that the code of functions/intake uses."""
        return {
            "style": self.style,
            "icon": self.icon,
            "hours_ahead_of_utc": self.pack.facts.hours_ahead_of_utc,
            "languages": {
                code: {
                    "name": each.language.name,
                    "direction": each.language.direction,
                    "moments": self.moments[self.locales[code]],
                    "months": self.months[self.locales[code]],
                    "seconds": [
                        self.rules.fill(each, "seconds", number)
                        for number in range(crowd.FORM_SECONDS + 1)
                    ],
                    "problems": [
                        self.rules.fill(each, "problems", number)
                        for number in range(fields.MOST_WRONG + 1)
                    ],
                    "steps": next_steps(each, self.rules, self.pack),
                    "texts": dict(each.texts.entries) if whole else _asked(each, RENDERING),
                }
                for code, each in self.messages.items()
            },
        }

    @cached_property
    def names(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """Countries and currencies by name, for the form without JavaScript."""
        lists = {"countries": ("region", COUNTRIES), "currencies": ("currency", CURRENCIES)}
        return {
            code: {
                name: display_names(code, kind, sorted(codes), _node())
                for name, (kind, codes) in lists.items()
            }
            for code in self.messages
        }

    def notices(self) -> dict[str, dict[str, str]]:
        """The texts of functions/notify."""
        return {code: _asked(each, NOTIFYING) for code, each in self.messages.items()}

    def counted(self) -> dict[str, dict[str, str]]:
        """The texts of functions/statistics: how each table is counted."""
        return {
            code: {
                key.removeprefix("counted."): text
                for key, text in each.texts.entries.items()
                if key.startswith("counted.")
            }
            for code, each in self.messages.items()
        }

    def missing(self) -> dict[str, str]:
        """The page at an address without one, by language, and in every language."""
        makers = self.makers({})
        alone = {each.code: not_found([each]).decode() for each in makers}
        return {"": not_found(makers).decode(), **alone}

    def makers(self, scripts: Mapping[str, Script]) -> list[Maker]:
        """The makers of the pages, one for each language."""
        outlines = WEB / "portal" / "map" / f"{self.pack.id}.json"
        drawn = json.loads(outlines.read_text(encoding="utf-8")) if outlines.is_file() else {}
        return [
            Maker(
                each, self.portal, self.pack, self.rules, scripts, self.locales[code], drawn,
                dict(self.names[code]["countries"]), self.operator,
            )
            for code, each in self.messages.items()
        ]  # fmt: skip

    def files(self, scripts: Mapping[str, Script]) -> dict[str, bytes]:
        """Every file that is neither a script nor the style sheet."""
        makers = self.makers(scripts)
        pages = {
            f"{maker.code}/{name}": content
            for maker in makers
            for name, content in maker.pages().items()
        }
        return {
            **pages,
            "index.html": front(makers),
            "404.html": not_found(makers),
            **{f"{maker.code}/404.html": not_found([maker]) for maker in makers},
            self.icon.lstrip("/"): ICON.read_bytes(),
            **{maker.places.file: maker.places.content for maker in makers},
            **{maker.later.file: maker.later.content for maker in makers},
            **{each.name: draw(ICON, each.size, square=each.square) for each in (*ICONS, APPLE)},
            "robots.txt": b"User-agent: *\nDisallow:\n",
            "reference/index.html": reference.page(_title_of_api(), self.icon),
            reference.SCRIPT: reference.script(lambda *line: _run(_node(), *line)),
            "openapi.json": OPENAPI.read_bytes(),
            **self.desk.files(scripts[DESK].address, self.icon, scripts[DESK].parts),
        }


def _title_of_api() -> str:
    return f"{json.loads(OPENAPI.read_bytes())['info']['title']}: the API"


def _hashed(file: Path, name: str) -> str:
    """An address that changes exactly when the file does."""
    return f"/assets/{name}-{hashlib.sha256(file.read_bytes()).hexdigest()[:10]}{file.suffix}"


def _asked(messages: Messages, sources: Iterable[Path]) -> dict[str, str]:
    """The texts that this code uses."""
    used = Used.by(sources)
    return {key: text for key, text in messages.texts.entries.items() if used.uses(key)}


def build(pack: str = "ma", target: Path = BUILT, operator: Operator | None = None) -> Path:
    """Build the portal into `target`, replacing it at once, unless it is unchanged.

    Without an operator it is a demonstration, and says so on each page.

    A process that reads or serves it meanwhile, such as a running system, is not disturbed.
    """
    site = Site(open_pack(pack), operator=operator or Operator())
    write_words(site)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".site-") as work:
        folder = Path(work) / "site"
        scripts = _bundled(site, folder)
        for name, content in site.files(scripts).items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        over = list(over_budget(folder))
        if over:
            raise SiteNotBuilt("over the budget: " + "; ".join(over))
        if _files(target) != _files(folder):
            if target.exists():
                target.rename(Path(work) / "old")
            folder.rename(target)
    return target


def _files(folder: Path) -> dict[Path, bytes]:
    return {
        file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }


def write_words(site: Site) -> None:
    """Write the texts of functions, where they changed."""
    for file, text in words_of(site).items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def words_of(site: Site) -> dict[Path, str]:
    """The current texts of functions, by file."""
    return {
        file: json.dumps(words, ensure_ascii=False, indent=1) + "\n"
        for file, words in (
            (RENDERED, site.rendered()),
            (NAMES, site.names),
            (NOTICES, site.notices()),
            (COUNTED, site.counted()),
            (MISSING, site.missing()),
        )
    }


def declarations(site: Site) -> None:
    """Types for the scripts: the API's from its document, the keys of the texts from the files."""
    TYPES.mkdir(parents=True, exist_ok=True)
    _run(
        str(BIN / "openapi-typescript"), str(OPENAPI), "--output", str(TYPES / "openapi.d.ts"),
        "--default-non-nullable=false",
    )  # fmt: skip
    one = next(iter(site.messages.values()))
    keys = " | ".join(json.dumps(key) for key in sorted(one.texts.entries))
    plurals = " | ".join(json.dumps(key) for key in sorted(one.plurals))
    text = f"export type Key = {keys};\nexport type PluralKey = {plurals};\n"
    (TYPES / "messages.d.ts").write_text(text, encoding="utf-8")
    (TYPES / "desk.d.ts").write_text(desk.declared(), encoding="utf-8")


def type_check(site: Site) -> None:
    """Check the scripts strictly; raises SiteNotBuilt with the compiler's message."""
    declarations(site)
    _run(str(BIN / "tsc"), "--noEmit", "--project", str(WEB / "tsconfig.json"))


def _bundled(site: Site, folder: Path) -> dict[str, Script]:
    """The scripts and the style sheet, written; the script of each page by its name."""
    assets = folder / "assets"
    assets.mkdir(parents=True)
    written = {
        **_scripts(BUNDLES, assets),
        # What few people open is a part that is loaded when they do.
        **_scripts([REPORTING], assets, "--splitting", "--chunk-names=[name]-[hash]"),
        **_scripts([DESK], assets, "--splitting", f"--chunk-names={desk.PART}-[hash]"),
    }
    for source, address in ((STYLE, site.style), (desk.STYLE, site.desk.style)):
        _run(
            str(BIN / "esbuild"), str(source), "--bundle", "--minify", "--charset=utf8",
            "--log-level=warning", "--target=chrome109,firefox115,safari15.4",
            f"--outfile={folder / address.lstrip('/')}",
        )  # fmt: skip
    scripts = {}
    for name in ENTRIES:
        address, parts = written[SHARED.get(name, name)]
        begins, all_of_it = (_reached(_source(name), later=each) for each in (False, True))
        scripts[name] = Script(address, Used.by(begins), parts, Used.by(all_of_it))
    return scripts


def _scripts(
    entries: Sequence[str], assets: Path, *options: str
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Write the scripts of these entries: the address of each, and those of its parts that it needs
    to begin."""
    report = assets.parent.parent / "metafile.json"
    _run(
        str(BIN / "esbuild"), *(str(_source(name)) for name in entries),
        "--bundle", "--minify", "--format=esm", "--target=es2020",
        "--jsx=automatic", "--jsx-import-source=preact", "--charset=utf8", "--log-level=warning",
        "--legal-comments=none", *options,
        f"--outdir={assets}", "--entry-names=[name]-[hash]", f"--metafile={report}",
    )  # fmt: skip
    outputs = json.loads(report.read_text(encoding="utf-8"))["outputs"]
    made = {}
    for name, each in outputs.items():
        # Parts that are loaded later have an entry point, too.
        stem = Path(each.get("entryPoint", "")).stem
        if stem in entries:
            needed = sorted(_needed(outputs, name) - {name})
            parts = tuple(f"/assets/{Path(part).name}" for part in needed)
            made[stem] = (f"/assets/{Path(name).name}", parts)
    return made


def _needed(outputs: Mapping[str, Any], name: str) -> set[str]:
    """A script of esbuild's report with all that it imports at once."""
    found, waiting = set[str](), [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += [
                imported["path"]
                for imported in outputs[each]["imports"]
                if imported["kind"] == "import-statement"
            ]
    return found


def _source(name: str) -> Path:
    if name == DESK:
        return desk.SCRIPT
    return next(file for file in (WEB / "portal").glob(f"{name}.ts*"))


def _reached(entry: Path, *, later: bool) -> set[Path]:
    """The sources of a script; with `later`, those of parts that it loads at need, too."""
    imports = r'(?:from|import)\s*%s"(\.[^"]+)"' % (r"\(?" if later else "")
    found, waiting = set(), [entry]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        for name in re.findall(imports, file.read_text("utf-8")):
            base = file.parent / name
            near = [base.with_name(base.name + end) for end in (".ts", ".tsx")]
            waiting += [each.resolve() for each in near if each.is_file()]
    return found


def over_budget(folder: Path) -> list[str]:
    """Files and pages above their size limit."""
    measured = sizes(folder)
    over = [
        f"{name}: {measured[name]:,} bytes, {limit:,} allowed"
        for name, limit in (
            ("style", SHEET),
            ("script", SCRIPT),
            (DESK, desk.LARGEST),
            (DESK_SCRIPT, desk.SCRIPTS),
            (DESK_SCRIPTS, desk.ALL_SCRIPTS),
        )
        if measured[name] > limit
    ]
    return over + [
        f"{name}: {size:,} bytes with all it loads, {FIRST_PAGE:,} allowed"
        for name, size in measured.items()
        if name.endswith("/") and size > FIRST_PAGE
    ]


def sizes(folder: Path) -> dict[str, int]:
    """Bytes over the wire: `style`, `script` (the largest of the portal), `desk` (the page of staff
    with all it loads before a case), `desk script` (what of it is script), `desk scripts` (with
    those that are loaded at need), and each page with all it loads at first."""
    packed = {
        file: len(gzip.compress(file.read_bytes(), 6))
        for file in folder.rglob("*")
        if file.is_file() and not file.is_relative_to(folder / "reference")
    }
    of_staff = {
        file
        for file in packed
        if file.name.startswith((f"{DESK}-", f"{desk.PART}-")) or file.parent.name == DESK
    }
    page_of_staff = folder / desk.PAGE
    named = page_of_staff.read_text(encoding="utf-8") if page_of_staff in packed else ""
    # A part is there for later, unless the page names it.
    later = {
        file
        for file in of_staff
        if file.name.startswith(f"{desk.PART}-") and file.name not in named
    }
    scripts = [file for file in packed if file.suffix == ".js" and file not in of_staff]
    words = [size for file, size in packed.items() if file.name.startswith("words-")]
    measured = {
        DESK: sum(packed[file] for file in of_staff - later) + max(words, default=0),
        DESK_SCRIPT: sum(packed[file] for file in of_staff - later if file.suffix == ".js"),
        DESK_SCRIPTS: sum(packed[file] for file in of_staff if file.suffix == ".js"),
        "style": sum(
            size for file, size in packed.items() if file.suffix == ".css" and file not in of_staff
        ),
        "script": max((packed[file] for file in scripts), default=0),
    }
    for page in sorted(set(folder.glob("*/**/index.html")) & set(packed)):
        text = page.read_text(encoding="utf-8")
        loaded = set(re.findall(r'(?:src|href)="/([^"]+\.(?:js|css|svg))"', text))
        measured[f"/{page.parent.relative_to(folder)}/"] = packed[page] + sum(
            packed[folder / name] for name in loaded
        )
    return measured


def _node() -> str:
    return str(ROOT / ".venv" / "bin" / "node") if (ROOT / ".venv/bin/node").exists() else "node"


def _run(*command: str) -> None:
    if not shutil.which(command[0]):
        raise SiteNotBuilt("the node packages are not installed: run `make run` or `make check`")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SiteNotBuilt((done.stdout + done.stderr).strip())
