"""What reporters are told, in plain words. Numbers to call and advice come from the pack."""

from __future__ import annotations

from typing import Final

from functions.intake.answers import PublicStatus

FALLBACK: Final = "en"
"""For a jurisdiction whose language has no words here yet."""

NEXT_STEPS: Final[dict[str, tuple[str, ...]]] = {
    "ar": (
        "احتفظ بالرقم المرجعي والوصل: لا يظهر الوصل إلا مرة واحدة، "
        "ومن يملكهما معا يمكنه تتبع التبليغ.",
        "سيقرأ محلل من الشرطة التقنية تبليغك ويتحقق من الوقائع.",
        "ثم تحال القضية على المصلحة المختصة، التي تخبر النيابة العامة.",
        "يمكنك تتبع التبليغ في أي وقت بالرقم المرجعي والوصل، دون أن تذكر اسمك.",
    ),
    "fr": (
        "Gardez la référence et le récépissé : le récépissé n'est montré qu'une fois, et qui a les "
        "deux peut suivre le signalement.",
        "Un analyste de la police technique lit votre signalement et vérifie les faits.",
        "Le dossier est ensuite transmis au service compétent, qui informe le parquet.",
        "Vous pouvez suivre le signalement à tout moment avec la référence et le récépissé, sans "
        "donner votre nom.",
    ),
    "en": (
        "Keep the reference and the receipt: the receipt is shown only once, and whoever has both "
        "can follow the report.",
        "An analyst of the technical police reads your report and checks the facts.",
        "The case then goes to the competent unit, which informs the prosecutor's office.",
        "You can follow the report at any time with the reference and the receipt, without giving "
        "your name.",
    ),
    "es": (
        "Guarde la referencia y el resguardo: el resguardo se muestra una sola vez, y quien tiene "
        "ambos puede seguir la denuncia.",
        "Un analista de la policía técnica lee su denuncia y comprueba los hechos.",
        "El expediente pasa después a la unidad competente, que informa a la fiscalía.",
        "Puede seguir la denuncia en cualquier momento con la referencia y el resguardo, sin dar "
        "su nombre.",
    ),
}

STATUS: Final[dict[PublicStatus, dict[str, str]]] = {
    PublicStatus.RECEIVED: {
        "ar": "توصلنا بتبليغك.",
        "fr": "Votre signalement est enregistré.",
        "en": "Your report was received.",
        "es": "Su denuncia fue recibida.",
    },
    PublicStatus.IN_REVIEW: {
        "ar": "محلل يدرس الوقائع.",
        "fr": "Un analyste examine les faits.",
        "en": "An analyst is examining the facts.",
        "es": "Un analista examina los hechos.",
    },
    PublicStatus.BEING_REFERRED: {
        "ar": "القضية في طريقها إلى المصلحة المختصة.",
        "fr": "Le dossier est en cours de transmission au service compétent.",
        "en": "The case is on its way to the competent unit.",
        "es": "El expediente está en camino a la unidad competente.",
    },
    PublicStatus.WITH_UNIT: {
        "ar": "المصلحة المختصة تسلمت القضية.",
        "fr": "Le service compétent a pris le dossier en charge.",
        "en": "The competent unit has taken the case.",
        "es": "La unidad competente se ha hecho cargo del expediente.",
    },
    PublicStatus.CLOSED: {
        "ar": "انتهت دراسة القضية.",
        "fr": "L'examen du dossier est terminé.",
        "en": "The examination of the case has ended.",
        "es": "El examen del expediente ha terminado.",
    },
}


def next_steps(language: str) -> tuple[str, ...]:
    """What happens after a report was accepted."""
    return NEXT_STEPS.get(language, NEXT_STEPS[FALLBACK])


def status(which: PublicStatus, language: str) -> str:
    """A status as one sentence."""
    return STATUS[which].get(language, STATUS[which][FALLBACK])
