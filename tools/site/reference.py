"""The API's reference: one page, written from its OpenAPI document, without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from casework.aws.services import sign_in
from functions.intake.html import Child, Markup, element, markup

Node = Mapping[str, Any]

METHODS: Final = ("get", "put", "post", "delete", "patch")
STYLE: Final = "/reference/page.css"
SENT_AS: Final = {
    "receipt": "Authorization: Receipt $RECEIPT",
    "staff": "Authorization: Bearer $TOKEN",
    "session": f"Cookie: {sign_in.REFRESH}=$SESSION",
}
"""Scheme → the header that carries it."""
BOUNDS: Final = (
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} entries"),
    ("maxItems", "at most {} entries"),
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
)


@dataclass(frozen=True)
class Call:
    """One operation of the document."""

    method: str
    path: str
    tells: Node

    @property
    def id(self) -> str:
        return str(self.tells["operationId"])

    @property
    def address(self) -> str:
        return f"{self.method.upper()} {self.path}"


def reference_page(document: Node, style: str, icon: str) -> bytes:
    """The page; style and icon are the addresses of the portal's own."""
    info, calls = document["info"], tuple(_calls(document))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light"),
        element("title", f"{info['title']}: the API"),
        element("link", rel="stylesheet", href=style),
        element("link", rel="stylesheet", href=STYLE),
        element("link", rel="icon", href=icon, type="image/svg+xml"),
    )
    main = element(
        "main",
        element("h1", f"{info['title']}: the API"),
        element("p", info["summary"], class_="lead"),
        _prose(info["description"]),
        element(
            "p",
            f"Version {info['version']}. This page is written from ",
            element("a", "the OpenAPI document", href="/openapi.json"),
            ", from which clients are made, too. In the lines ",
            "for curl, ",
            element("code", "API"),
            " is the address of this site.",
        ),
        element("nav", _contents(document, calls), aria_label="Calls"),
        [_section(tag, calls) for tag in document["tags"]],
        _credentials(document),
        _problems(document),
        _types(document),
        id="main",
        tabindex="-1",
    )
    body = element(
        "body",
        element("a", "Skip to the content", href="#main", class_="skip"),
        element(
            "header",
            element("div", element("a", element("b", "e-Iblagh"), href="/", class_="brand"),
                    class_="wide"),
        ),
        main,
    )  # fmt: skip
    return f"<!doctype html>{element('html', head, body, lang='en')}".encode()


def _calls(document: Node) -> Iterator[Call]:
    for path, methods in document["paths"].items():
        yield from (Call(name, path, methods[name]) for name in METHODS if name in methods)


def _of(tag: Node, calls: Sequence[Call]) -> list[Call]:
    return [call for call in calls if tag["name"] in call.tells["tags"]]


def _contents(document: Node, calls: Sequence[Call]) -> Child:
    return [
        [
            element("h2", element("a", tag["name"].capitalize(), href=f"#{tag['name']}")),
            element(
                "ul",
                [
                    element(
                        "li",
                        element("a", call.tells["summary"], href=f"#{call.id}"),
                        element("code", call.address),
                    )
                    for call in _of(tag, calls)
                ],
                class_="calls-of",
            ),
        ]
        for tag in document["tags"]
    ]


def _section(tag: Node, calls: Sequence[Call]) -> Markup:
    return element(
        "section",
        element("h2", tag["name"].capitalize()),
        _prose(tag["description"]),
        [_call(call) for call in _of(tag, calls)],
        id=tag["name"],
    )


def _call(call: Call) -> Markup:
    tells = call.tells
    asked = [
        _row(
            [element("code", each["name"]), f" in the {each['in']}"],
            _kind(each["schema"]),
            each["description"],
            required=each["required"],
        )
        for each in tells["parameters"]
    ]
    return element(
        "section",
        element("h3", tells["summary"]),
        element("p", element("code", call.address), class_="address"),
        _prose(tells["description"]),
        element("p", "Credentials: ", _either(_schemes(tells)) or "none", ".", class_="takes"),
        [element("h4", "Parameters"), element("dl", asked)] if asked else None,
        _body(tells),
        element("h4", "By hand"),
        element("pre", _by_hand(call)),
        element("h4", "Answers"),
        element("dl", [_answer(*each) for each in tells["responses"].items()]),
        id=call.id,
        class_="call",
    )


def _schemes(tells: Node) -> list[Child]:
    return [
        element("a", name, href=f"#credentials-{name}")
        for each in tells["security"]
        for name in each
    ]


def _body(tells: Node) -> Child:
    if "requestBody" not in tells:
        return None
    taken = [
        element("p", element("code", kind), ": ", _kind(each["schema"]), class_="takes")
        for kind, each in tells["requestBody"]["content"].items()
    ]
    return [element("h4", "Body"), taken]


def _answer(status: str, answer: Node) -> Child:
    content = answer.get("content", {})
    problems = [name for each in content.values() for name in each.get("examples", {})]
    told = [
        [element("code", kind), ": ", _kind(each["schema"])]
        for kind, each in content.items()
        if "examples" not in each
    ]
    linked = [element("a", name, href=f"#problem-{name}") for name in problems]
    headers = [element("code", name) for name in answer.get("headers", {})]
    return [
        element("dt", element("code", status)),
        element(
            "dd",
            _prose(answer["description"]),
            element("p", "Problem: ", _either(linked)) if linked else None,
            [element("p", each) for each in told],
            element("p", "Headers: ", _listed(headers)) if headers else None,
        ),
    ]


def _by_hand(call: Call) -> str:
    """The call for curl, with a shell variable for each value to fill in."""

    def filled(name: str) -> str:
        return f"${name.upper().replace('-', '_')}"

    schemes = [name for each in call.tells["security"] for name in each]
    asked = [each["name"] for each in call.tells["parameters"]
             if each["in"] == "header" and each["required"]]  # fmt: skip
    headers = [
        *(SENT_AS[scheme] for scheme in schemes),
        *(f"{name}: {filled(name)}" for name in asked),
    ]
    body = []
    if "requestBody" in call.tells:
        headers.append("Content-Type: application/json")
        body.append("--data-binary @body.json")
    path = re.sub(r"\{(\w+)\}", lambda found: filled(found[1]), call.path)
    first = f'curl -X {call.method.upper()} "$API{path}"'
    return " \\\n  ".join([first, *(f'-H "{each}"' for each in headers), *body])


def _credentials(document: Node) -> Markup:
    components = document["components"]
    schemes = [
        [element("dt", name, id=f"credentials-{name}"), element("dd", _prose(each["description"]))]
        for name, each in components["securitySchemes"].items()
    ]
    headers = [
        _row(element("code", name), _kind(each["schema"]), each["description"])
        for name, each in components["headers"].items()
    ]
    return element(
        "section",
        element("h2", "Credentials"),
        element("dl", schemes),
        element("h2", "Headers of answers"),
        element("dl", headers),
    )


def _problems(document: Node) -> Markup:
    rows = [
        [
            element("dt", element("code", name), id=f"problem-{name}"),
            element(
                "dd",
                element("p", f"{each['value']['status']}: {each['value']['title']}"),
                _prose(each["value"]["cure"]),
            ),
        ]
        for name, each in document["components"]["examples"].items()
    ]
    return element(
        "section", element("h2", "Problems, and what to do"), element("dl", rows), id="problems"
    )


def _types(document: Node) -> Markup:
    types = document["components"]["schemas"]
    return element(
        "section",
        element("h2", "Types"),
        [_type(name, types[name]) for name in sorted(types, key=str.casefold)],
        id="types",
    )


def _type(name: str, schema: Node) -> Markup:
    rows = _members(schema)
    whole = {key: value for key, value in schema.items() if key not in {"properties", "type"}}
    return element(
        "section",
        element("h3", element("code", name)),
        _prose(schema.get("description", "")),
        element("p", _kind(schema if not rows else whole), class_="takes")
        if not rows or "anyOf" in schema
        else None,
        element("dl", rows) if rows else None,
        [
            element("pre", json.dumps(each, ensure_ascii=False, indent=1), dir="auto")
            for each in schema.get("examples", ())
        ],
        id=f"type-{name}",
        class_="type",
    )


def _members(schema: Node) -> list[Child]:
    required = schema.get("required", ())
    return [
        _row(
            element("code", name),
            _kind(each),
            each.get("description", ""),
            required=name in required,
            more=_members(each if "properties" in each else each.get("items", {})),
        )
        for name, each in schema.get("properties", {}).items()
    ]


def _row(
    name: Child, kind: Child, words: str, *, required: bool = False, more: Sequence[Child] = ()
) -> Child:
    return [
        element("dt", name, element("small", " (required)") if required else None),
        element(
            "dd",
            element("p", kind),
            _prose(words),
            element("dl", list(more)) if more else None,
        ),
    ]


def _kind(schema: Node) -> Child:
    """The values that a schema allows, in words."""
    bounds = [words.format(schema[name]) for name, words in BOUNDS if name in schema]
    if "pattern" in schema:
        bounds.append(markup(["as ", element("code", schema["pattern"])]))
    if schema.get("default") is not None:
        default = json.dumps(schema["default"], ensure_ascii=False)
        bounds.append(markup(["if left out ", element("code", default)]))
    return [_alone(schema), [[", ", each] for each in bounds]]


def _alone(schema: Node) -> Child:
    kind = schema.get("type", "")
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return element("a", element("code", name), href=f"#type-{name}")
    if "const" in schema:
        return element("code", json.dumps(schema["const"], ensure_ascii=False))
    if "enum" in schema:
        return _either([element("code", str(each)) for each in schema["enum"]])
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return _either([_kind({"type": kind, **each}) for each in schema[several]])
    if kind == "array":
        return ["list of ", _kind(schema.get("items", {}))]
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return ["for each name, ", _kind(schema["additionalProperties"])]
    if "required" in schema and not kind:
        return ["with ", _listed([element("code", each) for each in schema["required"]])]
    return str(schema.get("format") or kind or "anything")


def _either(several: Sequence[Child]) -> Child:
    return [[" or " if place else None, each] for place, each in enumerate(several)]


def _listed(several: Sequence[Child]) -> Child:
    return [[", " if place else None, each] for place, each in enumerate(several)]


def _prose(text: str) -> Child:
    """Paragraphs; text between backquotes is code."""
    return [
        element(
            "p",
            [
                element("code", part) if place % 2 else part
                for place, part in enumerate(paragraph.split("`"))
            ],
        )
        for paragraph in text.split("\n\n")
        if paragraph
    ]
