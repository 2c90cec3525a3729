"""Write `docs/openapi.json` and `docs/problems.md` from the code: `python -m tools.openapi`.

The sources are the tables that the functions use: their operations, their pydantic models and the
problem of each refusal. `--check` writes nothing and fails when a file is stale.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from casework import errors
from casework.aws.http.api import JSON_MEDIA_TYPE, Operation
from casework.aws.http.parameters import Parameter
from casework.aws.http.problems import (
    INTERNAL_ERROR_PROBLEM,
    PROBLEM_BY_REFUSAL,
    PROBLEM_MEDIA_TYPE,
    PROBLEM_TYPE,
    Problem,
)
from casework.aws.http.statistics_api import CSV_MEDIA_TYPE
from casework.aws.services import sign_in
from casework.case.campaign import CAMPAIGN_ID_PATTERN
from casework.statistics.publication import Bilan
from casework.views.dossier import Dossier
from tools.api_operations import operations
from tools.gateway_answers import GATEWAY, GATEWAY_SCHEMA
from tools.openapi_examples import EXAMPLES
from tools.openapi_fields import describe
from tools.openapi_names import name_references, name_schemas, published_names
from tools.problem_page import first_paragraph, problem_page

ROOT: Final = Path(__file__).resolve().parent.parent
OPENAPI_DOCUMENT_FILE: Final = ROOT / "docs" / "openapi.json"
PROBLEM_PAGE: Final = ROOT / "docs" / "problems.md"

DOSSIER: Final = ROOT / "docs" / "dossier.schema.json"

SYMBOLS: Final = "[0-9A-HJKMNP-TV-Z]"
REFERENCE: Final = f"{SYMBOLS}{{4}}(-{SYMBOLS}{{4}}){{3}}-{SYMBOLS}"
PATH_PARAMETERS: Final[Mapping[str, tuple[str, str]]] = {
    "reference": (
        "The public reference of a report. Case, blanks and hyphens do not matter.",
        f"^{REFERENCE}$",
    ),
    "id": ("The id of a case.", f"^C-{REFERENCE}$"),
    "/v1/desk/history/{id} id": (
        "The id of a case, or the number that people say over a telephone.",
        f"^(C-{REFERENCE}|[0-9]{{4}}-[0-9]{{4}}-[0-9])$",
    ),
    "group": ("The id of a group, as a list has it.", f"^C-{REFERENCE}$"),
    "campaign": ("The id of a campaign.", f"^{CAMPAIGN_ID_PATTERN.pattern}$"),
    "n": ("A number within the case, from 1.", "^[1-9][0-9]{0,2}$"),
    "report": (
        "The public reference of a report of the case, as its page has it.",
        f"^{REFERENCE}$",
    ),
    "picture": (
        "A picture of the report: `file-` or `phone-`, with the number of the file or of the hash.",
        "^(file|phone)-[0-9]{3}$",
    ),
    "page": ("The number of a page, from 1.", "^[1-9][0-9]{0,2}$"),
    "part": ("The number of a part, from 1.", "^[1-9][0-9]{0,2}$"),
    "package": (
        "The id of a package, as the answer to the request for it has it.",
        "^[0-9a-f]{32}$",
    ),
    "subject": (
        "Names a member of the staff, as in `people` and `staff`.",
        "^[0-9A-Za-z-]{1,128}$",
    ),
    "entry": ("The number of an entry of the case's history.", "^[1-9][0-9]{0,5}$"),
    "number": ("The number of an identity request of the case.", "^[1-9][0-9]{0,3}$"),
}
SECURITY: Final = {
    "receipt": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Receipt <secret>`: the receipt shown once, when the report was sent.",
    },
    "staff": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token of a staff account in Amazon Cognito. A browser that "
        f"signed in sends it in the cookie `{sign_in.ACCESS_COOKIE}`, "
        "which the public address turns into "
        "this header.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": sign_in.REFRESH_COOKIE,
        "description": "What a browser got when somebody signed in. No script can read it.",
    },
}
TAGS: Final = {
    "reports": "Send a report and follow it, without an account.",
    "reference": "What a report can choose from, and this document.",
    "statistics": "The bilan: what was reported and what came of it.",
    "desk": "The work of analysts, units and supervisors.",
    "session": "Staff sign in and out in a browser. Programs need none of it.",
}
OPENAPI_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "Idempotency-Replayed": {
        "description": "`true` when this key and content were answered before.",
        "schema": {"type": "string", "const": "true"},
    },
    "ETag": {
        "description": "The version; send it back in If-Match or If-None-Match.",
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where to go on.",
        "schema": {"type": "string"},
    },
    "Set-Cookie": {
        "description": "The cookies of the session, each for one path and for no script.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the same request is sent again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {
        "description": "The scheme of the credentials that are missing.",
        "schema": {"type": "string"},
    },
}
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A refusal, as in RFC 9457. It never repeats what was sent.",
    "required": ["type", "title", "status", "cure", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Stable; see docs/problems.md."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "cure": {"type": "string", "description": "What the caller can do next."},
        "instance": {"type": "string", "format": "uri", "description": "Names this one answer."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901, as a fragment."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "retry_after": {"type": "integer", "description": "Seconds."},
        "work": {
            "type": "object",
            "description": "A calculation in altcha's form: find the `number` from 0 to "
            "`maxnumber` for which the SHA-256 of `salt` and the number in digits is `challenge`. "
            "Send `algorithm`, `challenge`, `salt`, `number` and `signature` as base64 of JSON in "
            "the header `Work`, with the same Idempotency-Key.",
            "required": ["algorithm", "challenge", "salt", "maxnumber", "signature"],
            "properties": {
                "algorithm": {"const": "SHA-256"},
                "challenge": {"type": "string"},
                "salt": {"type": "string"},
                "maxnumber": {"type": "integer"},
                "signature": {"type": "string"},
            },
        },
        "current": {"description": "The case as it is now, when somebody decided first."},
    },
}


def build_openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    schemas, references = _schemas(operations())
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations():
        entry = _operation(operation, references)
        paths.setdefault(operation.path, {})[operation.method.lower()] = entry
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "e-Iblagh casework",
            "version": version,
            "summary": "From a report of illicit content to the competent unit.",
            "description": (
                "Secrets travel in headers, never in addresses. Refusals are problem documents "
                "(RFC 9457) that say what to do next. Writes are repeatable: send the same "
                "request again after any doubt."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": SECURITY,
            "headers": OPENAPI_HEADERS,
            "examples": {
                name: {"summary": known.title, "value": _problem_example(name, known)}
                for name, known in _problems()
            },
        },
    }


def _schemas(
    table: Sequence[Operation],
) -> tuple[dict[str, Any], dict[type[BaseModel], dict[str, Any]]]:
    """The component schemas, and how to refer to each model."""
    wanted: dict[type[BaseModel], JsonSchemaMode] = {}
    for operation in table:
        wanted |= {model: "serialization" for model in operation.answers.values() if model}
        if operation.body:
            wanted[operation.body] = "validation"
    found, whole = models_json_schema(
        list(wanted.items()), ref_template="#/components/schemas/{model}"
    )
    classes = whole.get("$defs", {})
    describe(classes)
    published = published_names(classes)
    schemas = name_schemas(classes, published)
    for name, examples in EXAMPLES.items():
        schemas[name]["examples"] = examples
    schemas["Problem"] = PROBLEM_SCHEMA
    schemas["Gateway"] = GATEWAY_SCHEMA
    return schemas, {
        model: name_references(found[(model, mode)], published) for model, mode in wanted.items()
    }


def _operation(
    operation: Operation, references: Mapping[type[BaseModel], dict[str, Any]]
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": [{operation.security: []}] if operation.security else [],
        "parameters": [*_path_parameters(operation.path), *map(_parameter, operation.parameters)],
        "responses": {**_answers(operation, references), **_refusals(operation)},
    }
    if operation.body:
        entry["requestBody"] = {
            "required": True,
            "content": {JSON_MEDIA_TYPE: {"schema": references[operation.body]}},
        }
    return entry


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        description, pattern = PATH_PARAMETERS.get(f"{path} {name}") or PATH_PARAMETERS[name]
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": description,
            "schema": {"type": "string", "pattern": pattern},
        }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def _answers(
    operation: Operation, references: Mapping[type[BaseModel], dict[str, Any]]
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, model in operation.answers.items():
        answer: dict[str, Any] = {"description": _described(status, model)}
        if status not in {204, 303, 304}:
            schema = references[model] if model else {"type": "object"}
            answer["content"] = {JSON_MEDIA_TYPE: {"schema": schema}}
            if model is Bilan:
                answer["content"][CSV_MEDIA_TYPE] = {"schema": {"type": "string"}}
        if status == 201 and operation.id == "send_report":
            answer["headers"] = _headers("Idempotency-Replayed")
        if operation.id in {"read_case", "read_reference"}:
            answer["headers"] = _headers("ETag")
        if status == 303:
            answer["headers"] = _headers("Location", "Set-Cookie")
        elif operation.tag == "session":
            answer["headers"] = _headers("Set-Cookie")
        answers[str(status)] = answer
    return answers


def _described(status: int, model: type[BaseModel] | None) -> str:
    if status == 303:
        return "Go on at the address in `Location`."
    if status == 304:
        return "The copy you have is still good."
    if model is not None:
        return first_paragraph(model)
    return "Nothing." if status == 204 else "The document."


def _refusals(operation: Operation) -> dict[str, Any]:
    """The refusals by status; each is one example with its cure."""
    by_status: dict[int, list[tuple[str, Problem]]] = {}
    for refusal in dict.fromkeys(operation.refusals):
        known = PROBLEM_BY_REFUSAL[refusal]
        by_status.setdefault(known.status, []).append((refusal.problem, known))
    by_status.setdefault(INTERNAL_ERROR_PROBLEM.status, []).append(
        ("internal", INTERNAL_ERROR_PROBLEM)
    )
    answers: dict[str, Any] = {}
    for status, problems in sorted(by_status.items()):
        answers[str(status)] = {
            "description": " ".join(f"{known.title}." for _, known in problems),
            "content": {
                PROBLEM_MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {
                        name: {"$ref": f"#/components/examples/{name}"} for name, _ in problems
                    },
                }
            },
        }
        header = {429: "Retry-After", 503: "Retry-After", 401: "WWW-Authenticate"}.get(status)
        if header:
            answers[str(status)]["headers"] = _headers(header)
    for own in GATEWAY:
        if own.staff_only and operation.security != "staff":
            continue
        code = str(own.status)
        answer = answers.setdefault(code, {"description": f"{own.title}.", "content": {}})
        answer["content"][JSON_MEDIA_TYPE] = {"schema": {"$ref": "#/components/schemas/Gateway"}}
    return dict(sorted(answers.items()))


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problems() -> Iterator[tuple[str, Problem]]:
    for refusal, known in PROBLEM_BY_REFUSAL.items():
        yield refusal.problem, known
    yield "internal", INTERNAL_ERROR_PROBLEM


def _problem_example(name: str, known: Problem) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": PROBLEM_TYPE + name,
        "title": known.title,
        "status": known.status,
        "cure": known.cure,
        "instance": "urn:uuid:0b0f1b3e-5c1f-4c8e-9d57-0c8f2a6f9f11",
    }
    if name == errors.NotValid.problem:
        example["errors"] = [
            {"pointer": "#/role", "code": "missing", "detail": "This field is required."}
        ]
    if name == errors.Busy.problem:
        example["retry_after"] = 5
    return example


def openapi_files() -> dict[Path, str]:
    """What this tool writes: contents by file."""
    text = json.dumps(build_openapi_document(), ensure_ascii=False, indent=1) + "\n"
    dossier = json.dumps(dossier_schema(), indent=1, ensure_ascii=False) + "\n"
    return {OPENAPI_DOCUMENT_FILE: text, PROBLEM_PAGE: problem_page(), DOSSIER: dossier}


def dossier_schema() -> dict[str, Any]:
    """The JSON Schema of a dossier, from its models."""
    schema = Dossier.model_json_schema(mode="serialization")
    describe(schema["$defs"] | {"Dossier": schema})
    published = published_names(schema["$defs"])
    schema = name_references(schema, published) | {
        "$defs": name_schemas(schema["$defs"], published)
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:e-iblagh:dossier:1",
        **schema,
    }


def stale() -> list[Path]:
    """The files that are not what the code says now."""
    return [
        path
        for path, text in openapi_files().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Write the files, or say which are stale."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="fail when a file is stale")
    if arguments.parse_args().check:
        found = [str(path.relative_to(ROOT)) for path in stale()]
        if found:
            print(f"stale: {', '.join(found)}; run `make docs`", file=sys.stderr)
        return 1 if found else 0
    for path, text in openapi_files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
