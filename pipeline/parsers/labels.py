"""Charset labels -> Python codecs, as browsers read the labels (WHATWG Encoding Standard, section 4.2)."""

from __future__ import annotations

import codecs
import re

__all__ = ["codec_of"]

# A browser's windows-1252 stands for every Latin-1 label, since pages that say Latin-1 mean it; likewise the other supersets.
_FAMILIES = {
    "utf-8": "utf8 unicode11utf8 unicode20utf8 xunicode20utf8",
    "cp1252": "ascii usascii ansix341968 latin1 l1 iso88591 iso885911987 isoir100 csisolatin1 cp819 ibm819 windows1252 cp1252 xcp1252",
    "cp1254": "latin5 l5 iso88599 iso885991989 isoir148 csisolatin5 windows1254 cp1254 xcp1254",
    "cp874": "iso885911 dos874 tis620 windows874",
    "gb18030": "gb18030 gbk gb2312 chinese csgb2312 csiso58gb231280 gb231280 isoir58 xgbk euccn cp936 ms936 windows936",
    "big5hkscs": "big5 big5hkscs cnbig5 csbig5 xxbig5 cp950",
    "cp932": "shiftjis sjis xsjis ms932 mskanji windows31j csshiftjis cp932",
    "cp949": "euckr cseuckr csksc56011987 isoir149 korean ksc56011987 ksc56011989 ksc5601 windows949 cp949 uhc",
    "euc_jp": "eucjp xeucjp cseucpkdfmtjapanese",
    "iso2022_jp_ext": "iso2022jp csiso2022jp",
    "cp866": "866 cp866 csibm866 ibm866",
    "koi8_u": "koi8u koi8ru",
    "koi8_r": "koi koi8 koi8r cskoi8r",
    "mac_roman": "macintosh mac xmacroman csmacintosh",
    "mac_cyrillic": "xmaccyrillic xmacukrainian",
    "iso8859_8": "iso88598 iso88598i logical visual hebrew csisolatinhebrew",
    "iso8859_6": "iso88596 arabic asmo708 ecma114",
    "iso8859_7": "iso88597 greek greek8 ecma118 elot928",
    "iso8859_5": "iso88595 cyrillic csisolatincyrillic",
    "utf-16-le": "utf16 utf16le unicode ucs2 csunicode iso10646ucs2 unicodefeff",
    "utf-16-be": "utf16be unicodefffe",
}
_BY_LABEL = {label: codec for codec, labels in _FAMILIES.items() for label in labels.split()}

# Codecs that Python has and that are no character encodings, or that a document cannot be trusted with.
_REFUSED = re.compile(r"utf_?7|idna|punycode|unicode_escape|raw_unicode|undefined|mbcs|oem|rot|hex|base64|uu|zlib|zip|bz2|quopri")


def codec_of(label: str | None) -> str | None:
    """Python's codec for a charset label; None for no label or one that names no character encoding.

    >>> codec_of("ISO-8859-1"), codec_of("GB2312"), codec_of("no-such-charset"), codec_of("windows-1251")
    ('cp1252', 'gb18030', None, 'cp1251')
    """
    if not label:
        return None
    if len(label) > 40 or not re.fullmatch(r"\s*[A-Za-z0-9][A-Za-z0-9._:() -]*", label):
        return None
    plain = re.sub(r"[^a-z0-9]", "", label.lower())
    if plain in _BY_LABEL:
        return _BY_LABEL[plain]
    try:
        info = codecs.lookup(label.strip())
    except (LookupError, ValueError):
        return None
    name = info.name.replace("-", "_")
    # Codecs that map text to text or bytes to bytes say so in this attribute.
    if _REFUSED.search(name) or not getattr(info, "_is_text_encoding", True):
        return None
    return "utf-8" if name == "utf_8_sig" else info.name
