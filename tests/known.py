"""What botocore works out anew for each session and each client, worked out once.

Each test has sessions of its own, and these answers, always the same, are most of what they cost.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import pytest
from botocore import hooks, loaders, useragent
from botocore.hooks import EventAliaser, HierarchicalEmitter


class Loader(loaders.Loader):
    """What botocore knows of the services, read once for all sessions."""

    _read: ClassVar[dict[Any, Any]] = {}

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._cache = self._read


def takes_any_name(handler: Callable[..., Any]) -> Any:
    """Whether a handler of botocore's events has `**kwargs`."""
    code = getattr(handler, "__code__", None)
    return code.co_flags & inspect.CO_VARKEYWORDS if code else _inspected(handler)


@cache
def alias_of(event: str) -> Any:
    """The name under which botocore keeps the handlers of an event."""
    return _aliased(EventAliaser(HierarchicalEmitter()), event)


_inspected = hooks.accepts_kwargs
_aliased = vars(EventAliaser)["_alias_event_name"]


def remember() -> None:
    """Let botocore work out nothing of it twice in this process."""
    patch = pytest.MonkeyPatch()  # for good
    patch.setattr(loaders, "Loader", Loader)  # the one place botocore makes loaders from
    patch.setattr(hooks, "accepts_kwargs", takes_any_name)
    patch.setattr(EventAliaser, "_alias_event_name", lambda _, event: alias_of(event))
    part = "sanitize_user_agent_string_component"
    patch.setattr(useragent, part, cache(getattr(useragent, part)))
