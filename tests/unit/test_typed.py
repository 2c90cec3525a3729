"""What people type is read and shown as they mean it, with JavaScript and without."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from functions.intake.follow_page import find_numbers, isolate_text
from functions.intake.form_fields import parse_typed_amount
from tools.site.build import WEB_FOLDER
from tools.site.scripts import BIN

AMOUNTS = {
    "1500": "1500",
    "1500.50": "1500.50",
    "1 500,50": "1500.50",
    "1.500": "1500",
    "1,500": "1500",
    "1.500,50": "1500.50",
    "1,500.50": "1500.50",
    "1.234.567": "1234567",
    "1,234,567.8": "1234567.8",
    "0.500": "0.500",
    "0,125": "0.125",
    "12,5": "12.5",
    "١٥٠٠٫٥٠": "1500.50",
    "١٬٥٠٠": "1500",
    "۱۵۰۰": "1500",
    "1\u2009500\t": "1500",
    "1.500.50": "1.500.50",
    "much": "much",
}
"""As typed → as the API takes it, or what it refuses."""


def test_an_amount_is_read_as_it_is_written_anywhere() -> None:
    assert {each: parse_typed_amount(each) for each in AMOUNTS} == AMOUNTS


def test_the_browser_reads_amounts_as_the_form_without_javascript_does(tmp_path: Path) -> None:
    built = tmp_path / "amount.mjs"
    source = WEB_FOLDER / "portal" / "report" / "amount.ts"
    subprocess.run(
        [BIN / "esbuild", source, "--format=esm", "--log-level=error", f"--outfile={built}"],
        check=True,
    )
    script = (
        "import(process.argv[1]).then(({amountOf}) => process.stdout.write(JSON.stringify("
        "Object.fromEntries(process.argv.slice(2).map(each => [each, amountOf(each)])))))"
    )
    done = subprocess.run(
        ["node", "-e", script, built, *AMOUNTS], check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout) == AMOUNTS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("اتصل من 0661-23 45 67.", 'اتصل من <bdi dir="ltr">0661-23 45 67</bdi>.'),
        ("الرقم: +212 5 22 00 00 00", 'الرقم: <bdi dir="ltr">+212 5 22 00 00 00</bdi>'),
        (
            "0661234567\n٠٦٦١٢٣٤٥٦٧",
            '<bdi dir="ltr">0661234567</bdi>\n<bdi dir="ltr">٠٦٦١٢٣٤٥٦٧</bdi>',
        ),
        ("في 15 من 20", "في 15 من 20"),
        ("https://a.example/0661234567", "https://a.example/0661234567"),
        ("<b>0661234567", "&lt;b&gt;0661234567"),
        ("", ""),
    ],
)
def test_a_typed_number_is_not_drawn_backwards(text: str, shown: str) -> None:
    assert isolate_text(text) == f'<bdi class="typed">{shown}</bdi>'


def test_the_browser_finds_the_same_numbers_at_the_cost_of_the_length(tmp_path: Path) -> None:
    made = random.Random(5)
    few = ["".join(made.choices("0123456789٣  +.-/(«:x\n؟", k=30)) for _ in range(300)]
    endless = ["(1" * 100_000 + "x", " 1" * 100_000 + "x", "1" * 200_000 + "x"]
    built = tmp_path / "numbers.mjs"
    source = WEB_FOLDER / "portal" / "numbers.ts"
    subprocess.run(
        [BIN / "esbuild", source, "--format=esm", "--log-level=error", f"--outfile={built}"],
        check=True,
    )
    script = (
        "import { readFileSync } from 'node:fs';"
        "const texts = JSON.parse(readFileSync(0, 'utf-8'));"
        f"const {{ numbersIn }} = await import({json.dumps(str(built))});"
        "process.stdout.write(JSON.stringify(texts.map((text) => [...numbersIn(text)])))"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=json.dumps([*few, *endless]), check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    found = [[tuple(each) for each in numbers] for numbers in json.loads(done.stdout)]
    assert found == [list(find_numbers(text)) for text in [*few, *endless]]
    assert sum(map(bool, found)) > 20
