"""What reporters are told, in plain words. Numbers to call and advice come from the pack."""

from __future__ import annotations

from typing import Final

from functions.intake.answers import Happening, PublicStatus

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

STEPS: Final[dict[PublicStatus | Happening, dict[str, str]]] = {
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
    Happening.ASKED: {
        "ar": "طُرح عليك سؤال.",
        "fr": "Une question vous a été posée.",
        "en": "You were asked a question.",
        "es": "Se le hizo una pregunta.",
    },
    Happening.ANSWERED: {
        "ar": "وصل جوابك، وتتواصل الدراسة.",
        "fr": "Votre réponse est arrivée ; l'examen continue.",
        "en": "Your answer came; the examination goes on.",
        "es": "Llegó su respuesta; el examen continúa.",
    },
    Happening.UNANSWERED: {
        "ar": "تتواصل الدراسة دون جوابك. ما زال بإمكانك الجواب.",
        "fr": "L'examen continue sans votre réponse. Vous pouvez encore répondre.",
        "en": "The examination goes on without your answer. You can still answer.",
        "es": "El examen continúa sin su respuesta. Todavía puede responder.",
    },
    Happening.LATE: {
        "ar": "لم تعالج القضية داخل الأجل المحدد. أخبر المشرفون بذلك.",
        "fr": "Le délai est passé sans suite. Les responsables en sont avertis.",
        "en": "The deadline passed and nobody had acted. Supervisors were told.",
        "es": "Pasó el plazo sin que nadie actuara. Se avisó a los responsables.",
    },
}
"""What each step says."""

TURN_TO: Final[dict[str, str]] = {
    "ar": "يمكن أن تساعدك هذه الجهة: {service}.",
    "fr": "Ce service peut vous aider : {service}.",
    "en": "This service can help you: {service}.",
    "es": "Este servicio puede ayudarle: {service}.",
}

ADDED: Final[dict[str, str]] = {
    "ar": "أضيف ما أرسلته إلى تبليغك، وسيقرؤه من يعمل على القضية.",
    "fr": "Votre ajout est joint au signalement ; les personnes qui suivent le dossier le liront.",
    "en": "What you sent was added to your report; the people who work on the case will read it.",
    "es": "Lo que ha enviado se ha añadido a su denuncia; lo leerán quienes llevan el expediente.",
}

ASKED: Final[dict[str, str]] = {
    "ar": "لدينا سؤال لك: أجب عنه هنا، فالدراسة تنتظر جوابك.",
    "fr": "Une question vous est posée : répondez ici, l'examen attend votre réponse.",
    "en": "There is a question for you: answer it here; the examination waits for your answer.",
    "es": "Hay una pregunta para usted: respóndala aquí; el examen espera su respuesta.",
}

LATE: Final[dict[str, str]] = {
    "ar": "تأخرت دراسة تبليغك عن الأجل المحدد. أخبر المشرفون بذلك.",
    "fr": "L'examen de votre signalement est en retard. Les responsables en sont avertis.",
    "en": "The examination of your report is past its deadline. Supervisors have been told.",
    "es": "El examen de su denuncia ha superado el plazo. Se ha avisado a los responsables.",
}

ENDED: Final[dict[str, dict[str, str]]] = {
    "not_an_offence": {
        "ar": "تبين أن الوقائع لا تشكل جريمة.",
        "fr": "Les faits ne constituent pas une infraction.",
        "en": "The facts are not an offence.",
        "es": "Los hechos no constituyen un delito.",
    },
    "no_exploitable_facts": {
        "ar": "لم توجد معطيات كافية للمتابعة. يمكنك إضافة ما تعرفه.",
        "fr": "Il n'y a pas assez d'éléments pour poursuivre. Vous pouvez en ajouter.",
        "en": "There is not enough to go on. You can add what you know.",
        "es": "No hay elementos suficientes para continuar. Puede añadir lo que sepa.",
    },
    "duplicate": {
        "ar": "الوقائع نفسها تعالج في قضية أخرى.",
        "fr": "Les mêmes faits sont traités dans un autre dossier.",
        "en": "The same facts are dealt with in another case.",
        "es": "Los mismos hechos se tratan en otro expediente.",
    },
    "out_of_scope": {
        "ar": "لا تدخل الوقائع في اختصاص هذه المصلحة.",
        "fr": "Les faits ne relèvent pas de ce service.",
        "en": "The facts are not for this service.",
        "es": "Los hechos no son competencia de este servicio.",
    },
    "closed_by_prosecutor": {
        "ar": "قررت النيابة العامة حفظ القضية. قد يكون التظلم من القرار ممكنا.",
        "fr": "Le parquet a décidé de classer le dossier. Un recours peut être possible.",
        "en": "The prosecutor's office decided to close the case. An appeal may be possible.",
        "es": "La fiscalía ha decidido archivar el expediente. Puede caber recurso.",
    },
    "authorisation_refused": {
        "ar": "لم تأذن النيابة العامة بفتح بحث في تبليغ مجهول المصدر.",
        "fr": "Le parquet n'a pas autorisé d'enquête sur un signalement anonyme.",
        "en": "The prosecutor's office did not authorise an inquiry into an anonymous report.",
        "es": "La fiscalía no autorizó investigar una denuncia anónima.",
    },
    "sent_to_court": {
        "ar": "أحيلت القضية على القضاء.",
        "fr": "Le dossier a été transmis à la justice.",
        "en": "The case was sent to court.",
        "es": "El expediente se ha remitido a la justicia.",
    },
    "sent_abroad": {
        "ar": "أحيلت القضية على سلطات بلد آخر.",
        "fr": "Le dossier a été transmis aux autorités d'un autre pays.",
        "en": "The case was sent to the authorities of another country.",
        "es": "El expediente se ha remitido a las autoridades de otro país.",
    },
}
"""Why a case ended, by the word the desk gives."""


def added(language: str) -> str:
    """What is said to somebody who added to a report."""
    return ADDED.get(language, ADDED[FALLBACK])


def asked(language: str) -> str:
    """That a question waits for the reporter."""
    return ASKED.get(language, ASKED[FALLBACK])


def late(language: str) -> str:
    """That nobody acted in time."""
    return LATE.get(language, LATE[FALLBACK])


def ended(reason: str, language: str) -> str | None:
    """Why the case ended; None for a reason that has no words."""
    told = ENDED.get(reason)
    return told.get(language, told[FALLBACK]) if told else None


def next_steps(language: str) -> tuple[str, ...]:
    """What happens after a report was accepted."""
    return NEXT_STEPS.get(language, NEXT_STEPS[FALLBACK])


def step(which: PublicStatus | Happening, language: str) -> str:
    """A standing, or what happened, as one sentence."""
    return STEPS[which].get(language, STEPS[which][FALLBACK])


def turn_to(service: str, language: str) -> str:
    """Who helps with what is not for this desk."""
    return TURN_TO.get(language, TURN_TO[FALLBACK]).replace("{service}", service)
