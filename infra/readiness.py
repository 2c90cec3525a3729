"""What a deployment for real people requires: fields of its file, confirmed entries of its pack.

The templates do not need them, so `ALLOW_DEMO=1` lets a trial continue without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casework.pack.help_services import load_help_services
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.pack.notices import load_notices
from casework.pack.phones import FILE as PHONES
from casework.pack.phones import list_required_phones
from infra.deployment import DeploymentFile
from infra.errors import NotFilledIn
from infra.stage import DeploymentStage


@dataclass(frozen=True)
class Requirement:
    """One required field of the deployment file."""

    name: str
    """The name of the field in the file."""
    why: str
    given: Callable[[DeploymentFile], bool]


DEPLOYMENT_REQUIREMENTS = (
    Requirement(
        "operator.name",
        "the authority that runs the service",
        lambda it: it.operator.name is not None,
    ),
    Requirement(
        "operator.contact", "its address for people", lambda it: it.operator.contact is not None
    ),
    Requirement(
        "operator.privacy",
        "the address for questions about personal data",
        lambda it: it.operator.privacy is not None,
    ),
    Requirement(
        "domain",
        "the public name; CloudFront's own name accepts connections of TLS 1.0",
        lambda it: it.domain is not None,
    ),
    Requirement(
        "certificate",
        "the certificate of that name, issued by ACM in us-east-1",
        lambda it: it.certificate is not None,
    ),
    Requirement(
        "alarms.emails or alarms.urls",
        "who hears alarms",
        lambda it: bool(it.alarms.emails or it.alarms.urls),
    ),
)


def missing_requirements(deployment: DeploymentFile) -> list[Requirement]:
    """The missing fields, in the order of the table."""
    return [each for each in DEPLOYMENT_REQUIREMENTS if not each.given(deployment)]


def unconfirmed_pack_entries(pack: Jurisdiction) -> Iterator[tuple[str, str]]:
    """File and entry of what the portal would tell people, and the desk would dial, although nobody
    of the authority has checked or entered it, and what is to be checked.

    The portal leaves out services that are not confirmed, so that one must be left.
    """
    for number in pack.emergency_numbers:
        if not number.confirmed:
            yield f"pack.json: emergency_numbers: {number.id}", f"that {number.number} is answered"
    notices = load_notices(pack.folder)
    for name in ("legal_basis", "data_protection"):
        notice = getattr(notices, name, None)
        if notice is None or not notice.confirmed:
            yield f"notices.json: {name}", "that its text is right in each language"
    yield from _not_answered(pack)
    here = [each for each in load_help_services(pack.folder) if pack.id.upper() in each.countries]
    if not any(each.confirmed for each in here):
        yield "help.json: services", "at least one that helps people of this country"


def _not_answered(pack: Jurisdiction) -> Iterator[tuple[str, str]]:
    """The numbers that the duty desk needs when minutes count, and that nobody entered or tried:
    one line for each list, because offices are many."""
    lacking: dict[str, list[str]] = {}
    untried: dict[str, list[str]] = {}
    for wanted in list_required_phones(pack):
        part, _, entry = wanted.entry.partition(": ")
        if wanted.phone is None:
            lacking.setdefault(part, []).append(entry)
        elif not wanted.phone.confirmed and entry not in untried.get(part, ()):
            untried.setdefault(part, []).append(entry)
    for part, entries in lacking.items():
        yield f"{PHONES}: {part}", f"no number answered at any hour for {', '.join(entries)}"
    for part, entries in untried.items():
        yield f"{PHONES}: {part}", f"that somebody answers for {', '.join(entries)}"


def require_readiness(stage: DeploymentStage, *, trial: bool) -> None:
    """Raise NotFilledIn with everything that is missing at once.

    Stages whose data do not outlive them are always trials.
    """
    if trial or not stage.keep:
        return
    findings = []
    if left_out := missing_requirements(stage.deployment):
        findings += [f"deployments/{stage.name}.toml leaves out:"]
        findings += [f"  {each.name}: {each.why}" for each in left_out]
        findings += ["Its fields are in the head of infra/deployment.py."]
    if unchecked := list(unconfirmed_pack_entries(open_pack(stage.pack))):
        findings += [f"jurisdictions/{stage.pack}/ does not confirm, or lacks:"]
        findings += [f"  {entry}: {what}" for entry, what in unchecked]
        findings += ['Once the authority has checked an entry, write "confirmed": true into it.']
    if findings:
        last = "ALLOW_DEMO=1 goes on without, for a trial that no real person reports to."
        raise NotFilledIn("\n".join([*findings, last]))
