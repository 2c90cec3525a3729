"""Bundles the scripts of the pages, with esbuild, and says which sources each of them holds."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.site.desk_icons import write_icon_script
from tools.site.messages import ROOT
from tools.site.site_errors import SiteNotBuilt

BIN: Final = ROOT / "node_modules" / ".bin"
STAFF: Final = ROOT / "web" / "desk"
STAFF_SCRIPT: Final = STAFF / "desk.tsx"
BEHIND: Final = "case"
"""The part of the page of staff that is loaded behind the first page of those who decide cases."""
IMPORTED_SCRIPT_PREFIX: Final = "part"
"""How the name of a script begins that another one imports."""
_BUNDLER: Final = Path(__file__).with_name("bundle.mjs")
_FONT_MAKER: Final = Path(__file__).with_name("fonts.mjs")
_FONTS_FOLDER: Final = ROOT / "build" / "fonts"
"""Where the style sheet of the desk finds its fonts."""
_AT_ONCE: Final = "import-statement"


@dataclass(frozen=True)
class StaffScripts:
    """The scripts of the page of staff."""

    address: str
    """The script that the page names."""
    begins: frozenset[Path]
    """The sources that it holds."""
    parts: Mapping[str, frozenset[Path]]
    """The sources of each part that is loaded at need, without those of the page. A part that needs
    one that `BEHIND` imports loads all of these."""

    @property
    def behind(self) -> frozenset[Path]:
        """The sources of `BEHIND`."""
        return self.parts[BEHIND]

    def comes_with_a_case(self, part: str) -> bool:
        """Whether what `BEHIND` needs is loaded with this part."""
        return part != BEHIND and bool(self.parts[part] & self.behind)


def node_command() -> str:
    """The command of Node."""
    own = ROOT / ".venv" / "bin" / "node"
    return str(own) if own.exists() else "node"


def run_command(*command: str) -> str:
    """What a command writes; raises SiteNotBuilt with what it says of an error."""
    if not shutil.which(command[0]):
        raise SiteNotBuilt("the node packages are not installed: run `make run` or `make check`")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SiteNotBuilt((done.stdout + done.stderr).strip())
    return done.stdout


def bundle_scripts(
    entries: Mapping[str, Path], assets: Path, *options: str
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Write the scripts of the portal: of each entry its address, and those of the parts that it
    needs to begin."""
    report = assets.parent.parent / "metafile.json"
    run_command(
        str(BIN / "esbuild"), *map(str, entries.values()),
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
            made[stem] = (_address(name), tuple(map(_address, needed)))
    return made


def bundle_style_sheet(source: Path, written: Path) -> None:
    """Write a style sheet with what it imports; the fonts that it names are beside it, each with
    the hash of its content in its name."""
    run_command(
        str(BIN / "esbuild"), str(source), "--bundle", "--minify", "--charset=utf8",
        "--log-level=warning", "--target=chrome109,firefox115,safari15.4",
        "--loader:.woff2=file", "--asset-names=[name]-[hash]", f"--outfile={written}",
    )  # fmt: skip


def bundle_staff_style_sheet(source: Path, assets: Path) -> str:
    """Write the style sheet of the page of staff and its fonts; gives its address. It is named by
    what is written, because another version of a font makes another one of the same sources."""
    run_command(node_command(), str(_FONT_MAKER), str(_FONTS_FOLDER))
    begun = assets / f"{source.stem}.css"
    bundle_style_sheet(source, begun)
    made = begun.with_stem(f"{source.stem}-{hashlib.sha256(begun.read_bytes()).hexdigest()[:10]}")
    begun.rename(made)
    return _address(made.name)


def bundled_for_staff(assets: Path) -> StaffScripts:
    """Write the scripts of the page of staff."""
    write_icon_script()
    report = assets.parent.parent / "metafile.json"
    behind = next(STAFF.glob(f"{BEHIND}.ts*"))
    run_command(
        node_command(), str(_BUNDLER), str(STAFF_SCRIPT), str(behind), str(assets), str(report)
    )
    outputs = json.loads(report.read_text(encoding="utf-8"))["outputs"]
    made = {
        Path(each["entryPoint"]).stem: name
        for name, each in outputs.items()
        if each.get("entryPoint")
    }
    entry = made.pop(STAFF_SCRIPT.stem)
    # The parts import what the page holds: of its own script, only the import of that is left.
    (begun,) = _needed(outputs, entry) - {entry}
    (ROOT / entry).unlink()
    begins = _sources(outputs, begun)
    return StaffScripts(
        _address(begun),
        begins,
        {part: _sources(outputs, name) - begins for part, name in sorted(made.items())},
    )


def _sources(outputs: Mapping[str, Any], name: str) -> frozenset[Path]:
    """The sources of a script with those of all that it imports at once."""
    return frozenset(
        ROOT / file
        for each in _needed(outputs, name)
        for file in outputs[each]["inputs"]
        if (ROOT / file).is_relative_to(STAFF)
    )


def _address(name: str) -> str:
    return f"/assets/{Path(name).name}"


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
                if imported["kind"] == _AT_ONCE
            ]
    return found


def reachable_sources(entry: Path, *, later: bool) -> set[Path]:
    """The sources of a script; with `later`, those of parts that it loads at need, too."""
    imports = r'(?:from|import)\s*%s"(\.[^"]+)"' % (r"\(?" if later else "")
    found, waiting = set[Path](), [entry]
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


def loaded_at_need(script: str) -> dict[str, str]:
    """Of a written script of the page of staff: the names of the parts that it loads at need, and
    the script of each."""
    return dict(re.findall(r'\("([a-z-]+)",\(\)=>import\("\./([^"]+)"\)', script))


def begun_with(script: str) -> set[str]:
    """The scripts that a written script needs to begin."""
    return set(re.findall(r'(?:from|import)"\./([^"]+)"', script))
