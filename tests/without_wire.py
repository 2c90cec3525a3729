"""Calls to the table without the wire between botocore and moto, and clients that tests share.

A call is built and checked by botocore, carried out by moto, written and read as JSON as on the
service. Left out is what lies between: the HTTP request, its signature, which moto does not check,
the search among the addresses of all services, and among the names that a type may have. That was
most of what a call cost. A client finds the address of the table once, and its own name. To make a
client takes as long as ten calls: those of one process are made once, unless a test listens to
them.
"""

from __future__ import annotations

import os
import re
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore import hooks, httpsession, session
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.endpoint import Endpoint
from botocore.httpsession import create_urllib3_context
from botocore.regions import EndpointRulesetResolver
from botocore.useragent import UserAgentString
from moto.backend_index import backend_url_patterns
from moto.backends import get_backend
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber
from moto.core.request import normalize_request
from moto.core.serialize import ResponseSerializer
from moto.core.utils import get_equivalent_url_in_aws_domain
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

from casework.aws.services import clients

ACCOUNT = "123456789012"
"""Moto's own."""


def leave_out_the_wire() -> None:
    """Do so in this process from now on."""
    patch = pytest.MonkeyPatch()  # for good
    patch.setattr(Endpoint, "make_request", _made)
    patch.setattr(BotocoreStubber, "process_request", _answered)
    patch.setattr(ResponseSerializer, "get_value", _value)
    patch.setattr(boto3, "client", _client)
    patch.setattr(EndpointRulesetResolver, "construct_endpoint", _address)
    patch.setattr(UserAgentString, "to_string", _user_agent)
    patch.setattr(httpsession, "create_urllib3_context", cache(create_urllib3_context))
    patch.setattr(_PrefixTrie, "append_item", _listened)
    patch.setattr(_PrefixTrie, "remove_item", _listened_no_more)
    patch.setattr(session.Session, "create_client", _made_once)


def put_it_back(patch: pytest.MonkeyPatch) -> None:
    """Call over the wire again, for a test that counts what a meter of its own hears of it."""
    patch.setattr(Endpoint, "make_request", _over_the_wire)
    patch.setattr(boto3, "client", _new_client)


_over_the_wire = Endpoint.make_request


def _made(endpoint: Any, operation: Any, request: dict[str, Any]) -> Any:
    """The answer to a call: the HTTP response and what was read in it."""
    if operation.service_model.service_name != "dynamodb" or not botocore_stubber.enabled:
        return _over_the_wire(endpoint, operation, request)
    status, headers, body = _carried_out(request)
    told = HTTPHeaders.from_dict(headers)
    answer = {
        "headers": told,
        "status_code": status,
        "body": body.encode(),
        "context": {"operation_name": operation.name},
    }
    parser = endpoint._response_parser_factory.create_parser(
        operation.service_model.resolved_protocol
    )
    read = parser.parse(answer, operation.output_shape)
    if status >= 300:
        endpoint._add_modeled_error_fields(answer, read, operation, parser)
    return AWSResponse(request["url"], status, told, None), read


def _carried_out(request: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
    """What moto's table answers: status, headers, body."""
    handler = DynamoHandler()
    handler.headers = request["headers"]
    handler.querystring = {}
    handler.response_headers = {}
    handler.region = request["context"]["client_region"]
    handler.partition = "aws"
    handler.access_key = os.environ["AWS_ACCESS_KEY_ID"]
    handler.current_account = ACCOUNT
    asked: Any = SimpleNamespace(
        method="POST",
        values={},
        headers=handler.headers,
        data=request["body"],
        path="/",
        content_type=handler.headers["Content-Type"],
    )
    handler.uri_match = {}
    handler.parse_parameters(asked)
    status, headers, body = handler.call_action()
    return int(status), headers, body


_picked = ResponseSerializer.get_value
_TYPES = {"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"}


def _value(serializer: Any, value: Any, key: str, shape: Any) -> Any:
    """What moto writes for a member of an answer. A value of the table has one type: moto looked
    for each of the others under five names."""
    if (
        type(value) is dict
        and len(value) == 1
        and key in _TYPES
        and not {*value}.isdisjoint(_TYPES)
    ):
        return value.get(key)
    return _picked(serializer, value, key, shape)


_searched = BotocoreStubber.process_request


def _answered(stubber: BotocoreStubber, request: Any) -> Any:
    """What moto answers to a request of another service, at an address that it finds once."""
    whole = get_equivalent_url_in_aws_domain(request.url)[0]
    carry_out = _at(f"{whole.scheme}://{whole.netloc}{whole.path}")
    if carry_out is None:
        return _searched(stubber, request)
    asked = normalize_request(request)
    try:
        return carry_out(asked, asked.raw_url, asked.headers)
    except HTTPException as refused:
        return refused.code, refused.get_headers(), refused.get_body()


@cache
def _at(address: str) -> Any:
    """What carries out the calls at an address; None when moto is to search."""
    named = next((name for name, pattern in backend_url_patterns if pattern.match(address)), None)
    if named is None:
        return None
    backends = get_backend(cast(Any, named))[ACCOUNT]
    urls = backends["us-east-1" if "us-east-1" in backends else "aws"].urls
    return next((made for url, made in urls.items() if re.match(url, address)), None)


_addressed, _told = EndpointRulesetResolver.construct_endpoint, UserAgentString.to_string


def _address(resolver: Any, operation_model: Any, call_args: Any, request_context: Any) -> Any:
    """Where a call goes: of the table, all go to one address."""
    if operation_model.service_model.service_name != "dynamodb":
        return _addressed(resolver, operation_model, call_args, request_context)
    known = vars(resolver)
    if "its_address" not in known:
        known["its_address"] = _addressed(resolver, operation_model, call_args, request_context)
    return known["its_address"]


def _user_agent(of_client: Any) -> str:
    known = vars(of_client)
    if "its_text" not in known:
        known["its_text"] = _told(of_client)
    return str(known["its_text"])


_new_client: Any = boto3.client


def _client(service_name: str, **named: Any) -> Any:
    """A client of a test that looks on: the same for all tests with these credentials."""
    if named:
        return _new_client(service_name, **named)
    return _kept(service_name, *(os.environ.get(name) for name in _OF_CREDENTIALS))


_OF_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")


@cache
def _kept(service_name: str, *_: str | None) -> Any:
    made: Any = boto3.Session()
    return made.client(service_name)


# ---- the clients of functions, made once ---------------------------------------------------------

_PrefixTrie: Any = vars(hooks)["_PrefixTrie"]
_append, _remove = _PrefixTrie.append_item, _PrefixTrie.remove_item
_create_client: Any = session.Session.create_client


def _listened(trie: Any, *named: Any, **more: Any) -> None:
    vars(trie)["listeners"] = vars(trie).get("listeners", 0) + 1
    _append(trie, *named, **more)


def _listened_no_more(trie: Any, *named: Any, **more: Any) -> None:
    _remove(trie, *named, **more)
    vars(trie)["listeners"] -= 1


def _listeners(events: Any) -> int:
    """How many listen to the events of a session or a client."""
    return int(vars(events._emitter._handlers)["listeners"])


@cache
def _listeners_of_botocore() -> int:
    return _listeners(session.get_session().get_component("event_emitter"))


_clients: dict[Any, tuple[Any, int]] = {}
"""What was made, with the number of those that listened to it then."""


def _made_once(of_session: Any, service_name: str, **named: Any) -> Any:
    """The client of a function, unless a test listens to it, or to its session."""
    known = type(of_session.get_component("data_loader")).__module__ == clients.__name__
    events = of_session.get_component("event_emitter")
    if not known or _listeners(events) != _listeners_of_botocore():
        return _create_client(of_session, service_name, **named)
    key = service_name, repr([(name, _said(each)) for name, each in named.items()]), _credentials()
    made, listeners = _clients.get(key, (None, 0))
    if made is None or _listeners(made.meta.events) != listeners:
        made = _create_client(of_session, service_name, **named)
        _clients[key] = made, _listeners(made.meta.events)
    return made


def _said(argument: Any) -> Any:
    return vars(argument)["_user_provided_options"] if isinstance(argument, Config) else argument


def _credentials() -> tuple[str | None, ...]:
    return tuple(os.environ.get(name) for name in _OF_CREDENTIALS)
