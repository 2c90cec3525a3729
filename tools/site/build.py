"""Builds a folder of files, ready to serve, from `web/` and a pack."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from casework import check_pack
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.pack.time_zones import zone_changes
from casework.text.codes import COUNTRY_CODES, CURRENCY_CODES
from functions.intake import form_fields, load_shedding
from functions.intake.not_found_page import FILE as MISSING
from functions.intake.texts import FILE as RENDERED
from functions.intake.texts import LANGUAGE_NAMES_FILE, Portal, portal_from_document
from functions.notify.notice_text import FILE as NOTICES
from functions.statistics.explanations import FILE as COUNTED
from infra.deployment import Operator
from tools.site import desk, reference
from tools.site.desk_words import missing_word_lines
from tools.site.icon import APPLE, ICONS, draw
from tools.site.intl import (
    PluralRules,
    display_names,
    locales,
    moments,
    month_names_by_locale,
    plural_rules,
)
from tools.site.maker import Maker, Script
from tools.site.messages import (
    PORTAL_MESSAGES_FOLDER,
    ROOT,
    Messages,
    UsedKeys,
    load_portal_messages,
    require_valid_messages,
)
from tools.site.pages import build_pages, front_page, not_found
from tools.site.scripts import (
    StaffScripts,
    bundle_scripts,
    bundle_staff_style_sheet,
    bundle_style_sheet,
    bundled_for_staff,
    node_command,
    reachable_sources,
    run_command,
)
from tools.site.site_errors import SiteNotBuilt
from tools.site.sizes import over_budget
from tools.site.steps import next_step_texts, readings, step_readings
from tools.site.styles import STYLES, address, drawn_in, resolve_style_sheet, unused_selector_lines
from tools.site.typed import OPENAPI, TypedValues
from tools.site.verify_page import VERIFY_PAGE_NAME as VERIFY

WEB_FOLDER: Final = ROOT / "web"
BUILT: Final = ROOT / "build" / "site"
ICON: Final = WEB_FOLDER / "shared" / "icon.svg"
BUNDLES: Final = ("page", "front", "home", "figures")
"""The entries of the portal: a page loads one, with everything that it imports."""
REPORTING: Final = "reporting"
"""The entry of report and follow-up. The drawing of a receipt and the files are loaded at need."""
SHARED: Final = {"report": REPORTING, "follow": REPORTING}
"""The bundle of a page that has none of its own name."""
INLINE: Final = (VERIFY,)
"""The scripts that stand in their page, which is one file."""
ENTRIES: Final = ("page", "front", "home", "report", "follow", "figures", *INLINE)
"""The names of the scripts of pages."""
RENDERING: Final = tuple((ROOT / "functions" / "intake").glob("*.py"))
"""The code that answers reporters."""
NOTIFYING: Final = (NOTICES.with_name("notice_text.py"),)
"""The code that notifies reporters."""


@dataclass(frozen=True)
class PortalSources:
    """The sources of the portal."""

    pack: Jurisdiction
    texts: Path = PORTAL_MESSAGES_FOLDER
    """The folder with one file for each language."""
    operator: Operator = field(default_factory=Operator)
    """The authority that runs it; without a name, this is a demonstration."""

    @cached_property
    def messages(self) -> Mapping[str, Messages]:
        """The checked texts; raises MessagesWrong with everything that is missing, also in the
        pack."""
        found = load_portal_messages(self.texts)
        new = sorted(set(found) - set(self.pack.languages))
        pack = f"jurisdictions/{self.pack.id}"
        lacking = [f"{pack}/pack.json: languages: {code} is not among them" for code in new]
        if new:
            lacking += [f"{pack}/{each}" for each in check_pack.findings(self.pack.folder, new)]
        return require_valid_messages(found, self.rules.forms, lacking=lacking)

    @cached_property
    def rules(self) -> PluralRules:
        return plural_rules(load_portal_messages(self.texts), node_command())

    @property
    def style(self) -> str:
        """The address of the style sheet."""
        return address("portal")

    @property
    def icon(self) -> str:
        """The address of the icon, from its source as that of the style sheet is."""
        return f"/assets/icon-{hashlib.sha256(ICON.read_bytes()).hexdigest()[:10]}{ICON.suffix}"

    @cached_property
    def locales(self) -> Mapping[str, str]:
        """Each language in the form of the pack's country."""
        return locales(self.messages, self.pack.id.upper(), node_command())

    @cached_property
    def moments(self) -> Mapping[str, Sequence[str]]:
        return moments(self.locales.values(), node_command())

    @cached_property
    def months(self) -> Mapping[str, Sequence[str]]:
        return month_names_by_locale(self.locales.values(), node_command())

    @cached_property
    def desk(self) -> desk.DeskFiles:
        return desk.DeskFiles(self.pack, self.locales)

    @cached_property
    def portal(self) -> Portal:
        return replace(
            portal_from_document(self.rendered(whole=True)), operator=self.operator.name or ""
        )

    def rendered(self, *, whole: bool = False) -> dict[str, Any]:
        """The texts that the code of functions/intake uses."""
        return {
            "style": self.style,
            "icon": self.icon,
            "clocks": zone_changes(self.pack.facts.zone),
            "claimed": step_readings(self.pack),
            "languages": {
                code: {
                    "name": each.language.name,
                    "direction": each.language.direction,
                    "moments": self.moments[self.locales[code]],
                    "months": self.months[self.locales[code]],
                    "seconds": [
                        self.rules.fill(each, "seconds", number)
                        for number in range(load_shedding.FORM_WAIT_SECONDS + 1)
                    ],
                    "problems": [
                        self.rules.fill(each, "problems", number)
                        for number in range(form_fields.MAX_WRONG + 1)
                    ],
                    "steps": next_step_texts(each, self.rules, self.pack),
                    "readings": readings(each, self.rules, self.pack),
                    "texts": dict(each.texts.entries) if whole else _asked(each, RENDERING),
                }
                for code, each in self.messages.items()
            },
        }

    @cached_property
    def names(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """Countries and currencies by name, for the form without JavaScript."""
        lists = {"countries": ("region", COUNTRY_CODES), "currencies": ("currency", CURRENCY_CODES)}
        return {
            code: {
                name: display_names(code, kind, sorted(codes), node_command())
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
        outlines = WEB_FOLDER / "portal" / "map" / f"{self.pack.id}.json"
        drawn = json.loads(outlines.read_text(encoding="utf-8")) if outlines.is_file() else {}
        return [
            Maker(
                each, self.portal, self.pack, self.rules, scripts, self.locales[code], drawn,
                dict(self.names[code]["countries"]), self.operator,
            )
            for code, each in self.messages.items()
        ]  # fmt: skip

    def files(self, scripts: Mapping[str, Script]) -> dict[str, bytes]:
        """Every file that is neither a script nor a style sheet, nor of the desk."""
        makers = self.makers(scripts)
        pages = {
            f"{maker.code}/{name}": content
            for maker in makers
            for name, content in build_pages(maker).items()
        }
        return {
            **pages,
            "index.html": front_page(makers),
            "404.html": not_found(makers),
            **{f"{maker.code}/404.html": not_found([maker]) for maker in makers},
            self.icon.lstrip("/"): ICON.read_bytes(),
            **{maker.places.file: maker.places.content for maker in makers},
            **{maker.later.file: maker.later.content for maker in makers},
            **{each.name: draw(ICON, each.size, square=each.square) for each in (*ICONS, APPLE)},
            "robots.txt": b"User-agent: *\nDisallow:\n",
            "reference/index.html": reference.reference_page(_title_of_api(), self.icon),
            reference.SCRIPT: reference.script(lambda *line: run_command(node_command(), *line)),
            "openapi.json": OPENAPI.read_bytes(),
        }


def _title_of_api() -> str:
    return f"{json.loads(OPENAPI.read_bytes())['info']['title']}: the API"


def _asked(messages: Messages, sources: Iterable[Path]) -> dict[str, str]:
    """The texts that this code uses."""
    used = UsedKeys.by(sources)
    return {key: text for key, text in messages.texts.entries.items() if used.uses(key)}


def build(pack: str = "ma", target: Path = BUILT, operator: Operator | None = None) -> Path:
    """Build the portal into `target`, replacing it at once, unless it is unchanged.

    Without an operator it is a demonstration, and says so on each page.

    A process that reads or serves it meanwhile, such as a running system, is not disturbed.
    """
    site = PortalSources(open_pack(pack), operator=operator or Operator())
    write_words(site)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".site-") as work:
        folder = Path(work) / "site"
        scripts, staff, staff_style = _bundled(site, folder)
        of_staff = site.desk.files(staff, site.icon, staff_style)
        for name, content in (site.files(scripts) | of_staff).items():
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


def write_words(site: PortalSources) -> None:
    """Write the texts of functions, where they changed."""
    for file, text in function_texts_by_file(site).items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def function_texts_by_file(site: PortalSources) -> dict[Path, str]:
    """The current texts of functions, by file."""
    return {
        file: json.dumps(words, ensure_ascii=False, indent=1) + "\n"
        for file, words in (
            (RENDERED, site.rendered()),
            (LANGUAGE_NAMES_FILE, site.names),
            (NOTICES, site.notices()),
            (COUNTED, site.counted()),
            (MISSING, site.missing()),
        )
    }


def of_no_page(typed: TypedValues) -> list[str]:
    """Rules of a room's style sheet that no page of the room can use."""
    return [
        f"{STYLES[room].relative_to(ROOT)}: {each}"
        for room in STYLES
        for each in unused_selector_lines(resolve_style_sheet(room), drawn_in(room, typed.drawn))
    ]


def staff_lacks(asked: Mapping[Path, Iterable[str]]) -> list[str]:
    """Words that a source of the page of staff can ask for and that do not come with it."""
    with tempfile.TemporaryDirectory() as folder:
        assets = Path(folder) / "site" / "assets"
        assets.mkdir(parents=True)
        return list(missing_word_lines(bundled_for_staff(assets), desk.keys(), asked))


def _bundled(site: PortalSources, folder: Path) -> tuple[dict[str, Script], StaffScripts, str]:
    """The scripts and the style sheets, written: the script of each page of the portal by its name,
    and those of the page of staff with the address of its style sheet."""
    assets = folder / "assets"
    assets.mkdir(parents=True)
    written = {
        **bundle_scripts({name: _source(name) for name in BUNDLES}, assets),
        # What few people open is a part that is loaded when they do.
        **bundle_scripts(
            {REPORTING: _source(REPORTING)}, assets, "--splitting", "--chunk-names=[name]-[hash]"
        ),
    }
    bundle_style_sheet(STYLES["portal"], folder / site.style.lstrip("/"))
    staff_style = bundle_staff_style_sheet(STYLES["desk"], assets)
    scripts = {}
    for name in set(ENTRIES) - set(INLINE):
        begun, parts = written[SHARED.get(name, name)]
        begins, all_of_it = (reachable_sources(_source(name), later=each) for each in (False, True))
        scripts[name] = Script(begun, UsedKeys.by(begins), parts, UsedKeys.by(all_of_it))
    for name in INLINE:
        # Made in a folder of its own: no page names the file.
        (begun, _) = bundle_scripts({name: _source(name)}, folder.parent / "inline" / "assets")[
            name
        ]
        source = (folder.parent / "inline" / begun.lstrip("/")).read_text(encoding="utf-8")
        scripts[name] = Script(
            begun, UsedKeys.by(reachable_sources(_source(name), later=False)), source=source
        )
    return scripts, bundled_for_staff(assets), staff_style


def _source(name: str) -> Path:
    return next(file for file in (WEB_FOLDER / "portal").glob(f"{name}.ts*"))
