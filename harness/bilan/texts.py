"""Sentences of synthetic reports, by language (`ary` is Darija) and category."""

from __future__ import annotations

from typing import Final

_CATEGORIES: Final = (
    "fraud",
    "sextortion",
    "insult_defamation",
    "threats_violence",
    "incitement_hatred",
    "illegal_trade",
    "sexual_exploitation",
    "terrorism",
)


def _by_category(*sentences: str) -> dict[str, tuple[str, ...]]:
    return {
        category: (sentence,) for category, sentence in zip(_CATEGORIES, sentences, strict=True)
    }


NARRATIVES_BY_LANGUAGE: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "ar": _by_category(
        "اشتريت سلعة من صفحة على الإنترنت ودفعت الثمن ولم يصلني شيء.",
        "شخص يهددني بنشر صوري الخاصة ويطلب مني المال.",
        "حساب ينشر عني كلاما مهينا وأخبارا كاذبة.",
        "تلقيت رسائل تهديد بالضرب من رقم لا أعرفه.",
        "صفحة تحرض على كراهية مجموعة من الناس وعلى ضربهم.",
        "قناة تبيع أدوية ومواد ممنوعة وتعرض الأثمنة علنا.",
        "صفحة تعرض استغلال أشخاص في الدعارة.",
        "حساب ينشر أشرطة تشيد بتنظيم إرهابي.",
    ),
    "ary": _by_category(
        "شريت تيليفون من واحد الصفحة خلصت وما وصلني والو وبلوكاني.",
        "واحد كيهددني ينشر تصاوري إلا ما صيفطتش ليه الفلوس.",
        "كاين حساب كيسبني وكيكتب عليا الكذوب قدام الناس.",
        "صيفط ليا ميساجات كيقول غادي يضربني.",
        "صفحة كتحرض الناس باش يكرهو ناس خرين ويضربوهم.",
        "قناة كتبيع القرقوبي وكتوصل بالموطور.",
        "كاينة صفحة كتعرض البنات للدعارة.",
        "واحد كينشر فيديوات كيمدح الإرهاب.",
    ),
    "fr": _by_category(
        "J'ai payé une location sur une fausse annonce, le vendeur a disparu.",
        "On menace de publier mes photos intimes si je ne paie pas.",
        "Un compte publie sur moi des insultes et des mensonges.",
        "Je reçois des menaces de violence d'un numéro inconnu.",
        "Une page appelle à la haine et à frapper un groupe de personnes.",
        "Un canal vend des médicaments interdits et affiche ses prix.",
        "Une page propose des personnes à des fins de prostitution.",
        "Un compte diffuse des vidéos qui font l'éloge d'une organisation terroriste.",
    ),
    "en": _by_category(
        "I sent money for an investment that turned out to be false.",
        "Somebody threatens to publish my private pictures unless I pay.",
        "An account insults me and spreads lies about me.",
        "I am being threatened with violence by a number I do not know.",
        "A page calls for hatred and violence against a group of people.",
        "A channel sells forbidden medicines and shows its prices.",
        "A page offers people for prostitution.",
        "An account spreads videos that praise a terrorist organisation.",
    ),
    "es": _by_category(
        "Pagué un alquiler que no existía y el vendedor desapareció.",
        "Me amenazan con publicar mis fotos íntimas si no pago.",
        "Una cuenta me insulta y difunde mentiras sobre mí.",
        "Recibo amenazas de violencia de un número desconocido.",
        "Una página llama al odio y a golpear a un grupo de personas.",
        "Un canal vende medicamentos prohibidos y muestra los precios.",
        "Una página ofrece personas para la prostitución.",
        "Una cuenta difunde vídeos que elogian a una organización terrorista.",
    ),
}
