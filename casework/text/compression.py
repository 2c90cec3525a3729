"""Long text in stored form: compressed, with the common words of the field known beforehand.

A report is a few hundred bytes, too few for a compressor to learn from. A preset dictionary teaches
it the field names and the commonest words of four languages, so a usual report, box included, stays
within the kilobyte that one write unit pays for.

Stored text is an ordinary zlib stream (RFC 1950) that names its dictionary by checksum. The
dictionary is therefore never edited: a better one is added beside it, and `decompress_text` knows
both.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import Final

MAX_AS_KEPT: Final = 100_000
"""More than any narrative has, and little beside the limit of a page."""

# The commonest words are last, where the shortest distances reach them.
_WORDS: Final = (
    " Marrakech Tanger Agadir Fès Meknès Oujda Kénitra Tétouan Salé Rabat Casablanca Maroc"
    " بطاقة وكالة تحويل رابط موقع بنك منتوج شقة كراء عمل وظيفة استثمار قرض تهديد ابتزاز فيديو"
    " صورتي صور ديالي دابا بغيت كيقول كيهدد عطاني بزاف واحد الراجل هاد الشي ديال فلوس"
    " مراكش طنجة أكادير فاس مكناس وجدة القنيطرة تطوان سلا الرباط الدار البيضاء المغرب"
    " l'annonce la boutique en ligne un faux profil usurpe mon identité menace de publier des"
    " photos intimes vidéo insultes diffamation commissariat plainte livraison commande virement"
    " a fake website threatens to publish my pictures bank account transfer asked me for money"
    " una página falsa amenaza con publicar mis fotos cuenta bancaria dinero transferencia"
    " telegram tiktok snapchat youtube instagram facebook whatsapp"
    " je ne sais pas quoi faire aidez-moi s'il vous plaît depuis hier ce matin il y a deux jours"
    " Bonjour, j'ai reçu un message sur mon compte qui me demande de payer avec mon numéro de"
    " téléphone, il m'a envoyé, je suis, c'est une personne que je connais dans le groupe pour les"
    " I received a message from this number and they are asking, please help, she has been, with"
    " recibí un mensaje de este número que me pide, por favor, desde ayer, para que no lo"
    " السلام عليكم توصلت برسالة من هذا الرقم يطلب مني إرسال مبلغ درهم على الواتساب"
    " وهددني بنشر الصور إلى عائلتي في حسابي على فيسبوك عبر الانستغرام قناة تيليغرام صفحة"
    " وقال لي أنه الذي التي كان كانت هذه هذا بعد منذ قبل أمس اليوم لم لا أن إن عن مع أو ثم كل"
    " وأنا وقد الحساب الهاتف المال ولكن حتى عندما أرجو المساعدة في من على إلى"
    " est les des une que qui dans pour pas sur avec the and that was for me my de la que en el"
    " https://www. hxxps:// .example/ .com/ .example.org @ +212 06 07 00212"
)
_FACTS: Final = (
    '"seen_at":"2026-","still_online":true,"still_online":false,"platform":"facebook"'
    ',"money_lost":{"amount":"000","currency":"MAD","means":"bank_transfer","means":"card"'
    ',"at":"2026-","beneficiary_account":"'
    ',"victim_is_vulnerable":true,"victim_is_minor":true,"danger_now":true'
    ',"territory":{"country":"FR"},"territory":{"code":"0'
    '{"category":"child_sexual_exploitation","sexual_exploitation","incitement_hatred"'
    ',"illegal_trade","identity_theft","privacy_violation","account_intrusion","terrorism","other"'
    ',"threats_violence","insult_defamation","sextortion"'
    '{"category":"fraud","locations":[{"kind":"other","value":"'
    '"},{"kind":"email","value":"'
    '"},{"kind":"phone","value":"06'
    '"},{"kind":"handle","value":"'
    '"},{"kind":"url","value":"https://'
    '"}],"role":"relative","role":"witness","language":"es","language":"en"'
    '"}],"role":"victim","territory":{"text":"'
    '"},"language":"fr"}"},"language":"ar"}'
)
ZLIB_DICTIONARY: Final = (_WORDS + _FACTS).encode()


def compress_text(text: str) -> bytes:
    """The text in stored form."""
    folding = zlib.compressobj(9, zdict=ZLIB_DICTIONARY)
    return folding.compress(text.encode()) + folding.flush()


def decompress_text(stored: bytes) -> str:
    """The text that `fold` stored; plain zlib streams are also read.

    Raises zlib.error when it was cut short or changed.
    """
    unfolding = zlib.decompressobj(zdict=ZLIB_DICTIONARY)
    text = unfolding.decompress(stored)
    if not unfolding.eof or unfolding.unused_data:
        raise zlib.error("the stored text is not whole")
    return text.decode()


def readable_part(stored: bytes) -> str:
    """The readable part of a stored text, for people, where `decompress_text` refuses it.

    It returns the intact part of the text, or all bytes if no part is intact. Bytes that are no
    text, and invisible characters, are written as escapes, so the result is plain text. It has at
    most `MAX_AS_KEPT` characters.
    """
    unfolding, found = zlib.decompressobj(zdict=ZLIB_DICTIONARY), bytearray()
    with suppress(zlib.error):
        for each in stored:  # one by one, to read up to the fault
            found += unfolding.decompress(bytes((each,)), MAX_AS_KEPT)
            if len(found) >= MAX_AS_KEPT:
                break
    text = bytes(found or stored)[:MAX_AS_KEPT].decode("utf-8", "backslashreplace")
    return "".join(map(_written_out, text))[:MAX_AS_KEPT]


def _written_out(character: str) -> str:
    if character.isprintable() or character in "\n\t":
        return character
    return character.encode("unicode_escape").decode()
