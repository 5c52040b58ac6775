"""The grammar of datelines: `PLACE[, REGION][, DATE] (AGENCY) SEPARATOR`, as agencies of many languages write it."""

from __future__ import annotations

import re

__all__ = ["ALONE", "BARE", "CAPITALS_ONLY", "FORMS", "SIGNED", "SIGNS"]

_UPPER = r"A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶŁĻŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽА-ЯЁІЇЄҐΑ-Ω"
_WORD = rf"[{_UPPER}][\w’'.\-]*"
_PLACE = rf"(?:{_WORD}(?:[ /](?:{_WORD}|de|del|di|da|do|la|el|al|le|les|am|an|der|den|of|and|sur|upon|na|nad|bei|a\.M\.)){{0,5}})"
_REGION = rf"(?:\s*[,/]\s*(?:{_PLACE}))?(?:\s*\[[^\]\n]{{2,30}}\])?"
_MONTH_DAY = r"[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?"
_DAY_MONTH = r"\d{1,2}\.?(?:st|nd|rd|th|º|er)?\s*(?:de\s+|of\s+)?[^\W\d_]{3,12}\.?|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?"
_DATE = rf"(?:\s*[,.]?\s*(?:\w{{3,10}}\.?\s)?(?:{_MONTH_DAY}|{_DAY_MONTH})(?:,?\s*(?:de\s+)?\d{{4}})?\.?)?"
_GIVEN_DATE = r"(?:[^\W\d_]{3,12}\.?\s\d{1,2}|\d{1,2}\s[^\W\d_]{3,12})(?:,?\s\d{4})?"
_AGENCY = r"[(\[]\s*(?P<agency>[^()\[\]\n]{2,60})\s*[)\]]"
_SEP = r"(?P<sep>\s*(?:\.\s?[-–—]{1,2}|[-–—_=]{1,2}|:|\.(?=\s)|\s(?=[A-ZÀ-ÞА-ЯІЇЄҐ“\"«]))\s*)"
_DASH = r"(?P<sep>\s*(?:\.\s?[-–—]{1,2}|[-–—_]{1,2}|=)\s*)"
_CJK_DAY = r"(?:\d{1,2}月)?\d{0,2}日?"

FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("place_agency_date", rf"(?P<place>{_PLACE}){_REGION}\s*{_AGENCY}\s*{_GIVEN_DATE}{_DASH}"),
        ("place_agency", rf"(?P<place>{_PLACE}){_REGION}{_DATE}\s*,?\s*{_AGENCY}{_SEP}"),
        ("agency_place", rf"{_AGENCY}\s*[-–—_]{{1,2}}\s*(?P<place>{_PLACE}){_REGION}{_DATE}{_DASH}"),
        ("agency_date", rf"{_AGENCY}\s*[-–—]\s*(?P<place>{_PLACE}){_REGION}{_DATE}\.?\s+(?=[{_UPPER}“«\"])"),
        ("agency", rf"{_AGENCY}(?P<sep>\s*[-–—_=:]{{1,2}}\s*)"),
        (
            "bare_agency_place",
            rf"(?P<agency>[{_UPPER}a-z][\w©-]{{1,14}}(?: [{_UPPER}][\w]{{1,12}})?)\s*[-–—]{{1,2}}\s*"
            rf"(?P<place>{_PLACE}){_REGION}{_DATE}\s*[-–—.:]{{1,2}}\s",
        ),
        ("date_agency", rf"(?P<place>[^\W\d_]{{3,12}}\.? \d{{1,2}}(?:, \d{{4}})?)\s*{_AGENCY}{_SEP}"),
        ("slashes", rf"(?P<place>{_PLACE}){_REGION}{_DATE}\s*[.,]?\s*/(?P<agency>[^/\n]{{2,40}})/\s*(?P<sep>[-–—.:]*\s*)"),
        (
            "dash_agency",
            rf"(?P<place>{_PLACE}){_REGION}{_DATE}\s*[-–—.,]\s*"
            rf"(?P<agency>[{_UPPER}][\w.’'-]+(?: [{_UPPER}][\w’'-]+){{0,2}})\s*[-–—.:]\s*(?P<sep>[-–—]?\s*)",
        ),
        (
            "arabic",
            r"(?P<place>[\u0600-\u06ff]+(?: [\u0600-\u06ff]+){0,2})\s*(?:[-–—]\s*)?"
            r"[(«]?(?P<agency>[\u0600-\u06ff ]{2,24}|[A-Z]{2,6})[)»]?\s*(?P<sep>[-–—:]\s*)",
        ),
        (
            "xinhua",
            r"[（(]?(?:据)?(?P<agency>新华社|新華社|中新社|中新网|中央社|路透社|法新社|美联社|塔斯社|共同社|韩联社|德新社|彭博社|俄新社)[）)]?"
            rf"(?P<place>[\u4e00-\u9fff·]{{0,14}}?){_CJK_DAY}(?:电|電|讯|訊)(?P<sep>\s*(?:[（(][^）)\n]{{2,40}}[）)])?\s*)",
        ),
        (
            "chinese_paren",
            r"[（(](?P<agency>中央社|路透社|法新社|美联社|新华社|香港中通社|中新社)(?P<place>[^）)\n]{2,30}?)"
            r"(?:\d{1,2}日)?(?:专?电|專?電|综合外电报导|綜合外電報導)[）)](?P<sep>\s*)",
        ),
        (
            "japanese",
            r"[【［\[](?P<place>[^】］\]\n=＝]{1,20}?)[\s　]*(?P<day>[\d０-９]{1,2}日)?[\s　]*"
            r"(?P<agency>共同通信|共同|時事通信|時事|ロイター通信|ロイター|AFP時事|AFP|ＡＦＰ|AP|ＡＰ|CNS|タス通信|新華社|聯合ニュース|ブルームバーグ)"
            r"[^】］\]\n]{0,12}[】］\]](?P<sep>[\s　]*)",
        ),
        ("japanese_place", r"【(?P<place>[\u4e00-\u9fffァ-ヶー]{2,12})[=＝](?P<name>[^】\n]{2,14})】(?P<sep>[\s　]*)"),
        (
            "korean",
            r"[(\[（](?P<place>[가-힣A-Za-z·]{1,12})\s*=\s*(?P<agency>[가-힣A-Za-z0-9]{2,12})[)\]）]\s*"
            r"(?:(?P<name>[가-힣]{2,4}(?:\s*[·,]\s*[가-힣]{2,4}){0,3})\s*(?:기자|특파원|통신원))?(?P<sep>\s*=?\s*)",
        ),
    )
)
"""Forms with an agency, tried in this order; each has some of the groups place, agency, name (of a reporter) and sep."""

CAPITALS_ONLY = re.compile(
    rf"(?P<place>[{_UPPER}][{_UPPER}.’' -]{{2,30}}(?:, (?:[{_UPPER}][\w. ]{{1,18}}))?){_DATE}"
    rf"(?P<sep>\s*(?:[-–—]{{1,2}}|_)\s+|:\s+)(?=[{_UPPER}“\"«])"
)
"""A place in capitals before a dash or colon, without an agency."""

ALONE = re.compile(rf"{_PLACE}{_REGION}{_DATE}[ ,(]+(?P<agency>[{_UPPER}][\w.’' ]{{1,30}}?)\)?\s*[-–—]{{1,2}}")
"""A dateline that is a whole line."""

BARE = re.compile(
    rf"(?P<place>[{_UPPER}][{_UPPER}.’' -]{{2,30}}|{_PLACE}(?=\s*,)){_REGION}{_DATE}\s*,?"
    r"\s*[(\[/]\s*(?P<agency>[^()\[\]/\n]{2,40})\s*[)\]/]\.?"
)
"""The same without a dash, where the agency stands in brackets and the place is in capitals or has a comma after it."""

SIGNED = re.compile(r"(?P<place>[^\W\d_][^\d\n/|:–—-]{1,30}?)\s*[-–—/|]\s*(?P<agency>[^\n/|:–—]{2,30})")
"""Place and agency on a line of their own, without a dash after them."""

SIGNS = re.compile(r"^\S+\. \d|[(\[（【［/=_—–:电電讯訊]|-[ -]|\s-")
"""What every form has near its beginning; a paragraph without it is passed over."""
