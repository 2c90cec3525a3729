"""Changes the environment of a running function, as a deployment does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from local.system import LocalSystem


def variables_of(system: LocalSystem, handler: str) -> dict[str, str]:
    """The environment of the function with this handler."""
    name = name_of(system, handler)
    asked = system.aws.functions.get_function_configuration(FunctionName=name)
    return dict(asked["Environment"]["Variables"])


def name_of(system: LocalSystem, handler: str) -> str:
    """The name of the function with this handler."""
    found = system.aws.functions.list_functions(MaxItems=200)["Functions"]
    return next(each["FunctionName"] for each in found if each["Handler"] == handler)


def tell(system: LocalSystem, handler: str, changed: Mapping[str, str]) -> Callable[[], None]:
    """Change the environment of a function; returns a call that restores it.

    If the gateway calls the function by an alias, the alias gets the new version.
    """
    functions, name = system.aws.functions, name_of(system, handler)
    before = variables_of(system, handler)

    def put(variables: Mapping[str, str]) -> None:
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )
        for alias in functions.list_aliases(FunctionName=name)["Aliases"]:
            version = functions.publish_version(FunctionName=name)["Version"]
            functions.update_alias(FunctionName=name, Name=alias["Name"], FunctionVersion=version)

    put({**before, **changed})
    return lambda: put(before)
