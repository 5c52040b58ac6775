"""What class names and ids of web pages say: words that content systems use for what is not the article, and for what is.

Names are taken apart into words (``postMeta``, ``post-meta`` and ``post_meta`` are *post* and *meta*); one look at the words is some
ten times cheaper than one large pattern over the name, and pages have hundreds of names.
"""

from __future__ import annotations

import re
from enum import IntFlag
from functools import lru_cache
from itertools import pairwise

__all__ = ["Hint", "read_names"]

_BEGINS = (
    # navigation and frames of the page
    *(
        "sidebar",
        "sidenav",
        "breadcrumb",
        "masthead",
        "footer",
        "toolbar",
        "paginat",
        "pager",
        "nextprev",
        "prevnext",
        "postnav",
        "skiplink",
    ),
    # what asks the reader for something
    *("newsletter", "subscri", "signup", "donat", "login", "cookie", "consent", "popup", "modal", "overlay", "lightbox", "survey"),
    *("share", "sharing", "social", "addtoany", "rating", "sharedaddy"),
    # what other readers say
    *("disqus", "comment", "livefyre"),
    # other articles
    *("related", "recommend", "recirc", "outbrain", "taboola", "zergnet", "trending", "popular", "mostread", "mostviewed", "mostshared"),
    *("morestories", "morenews", "moreon", "morefrom", "moreposts", "morearticles", "morelike", "readmore", "readnext", "readalso"),
    *("seealso", "alsoread", "alsolike", "youmay", "upnext", "nextarticle", "nextpost", "nextstory", "carousel", "playlist"),
    # what is sold
    *("promo", "sponsor", "advert", "banner"),
    # what stands at an article and is not its text
    *("authorbio", "authorbox", "authorinfo", "authorcard", "authordesc", "authorprofile", "authormeta", "authorname", "authorblock"),
    *("abouttheauthor", "aboutauthor", "byline", "dateline", "timestamp", "postdate", "publishdate", "publisheddate", "previouspost"),
    *("caption", "photocredit", "imgcredit", "imagecredit", "copyright", "taglist", "tagcloud", "taglinks", "topiclist", "topicslist"),
    *("pullquote", "readtime", "readingtime", "printonly", "noprint", "articletools", "storytools", "usertools", "screenreader"),
)
_NOT_BEGINS = ("shareholder", "socialist", "socialism", "commentary", "commentator", "commentisfree", "promot", "relatedworld", "modality")
_ENDS = ("sidebar", "caption", "comments", "footer", "banner", "newsletter", "breadcrumbs", "relatedposts", "toolbar")
_ALONE = frozenset(
    (
        *(
            "ad",
            "ads",
            "adv",
            "dfp",
            "gpt",
            "nav",
            "menu",
            "tag",
            "tags",
            "meta",
            "bio",
            "tools",
            "follow",
            "hashtags",
            "credit",
            "credits",
        ),
        *(
            "date",
            "email",
            "print",
            "cta",
            "teaser",
            "teasers",
            "crumb",
            "crumbs",
            "kicker",
            "eyebrow",
            "dek",
            "aside",
            "widget",
            "widgets",
        ),
        *("rail", "link", "links", "source", "inset", "flag", "author", "authors", "excerpt", "poll", "respond"),
    )
)
_PAIRS_OF_ADS = frozenset(("adunit", "adslot", "adbox", "adwrap", "adwrapper", "adcontainer", "adlabel", "inlinelink", "inlinepromo"))
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\dA-Za-z_]+")

_NEVER = re.compile(
    r"(?:^|\s)(?:(?:cookie|consent|gdpr|onetrust|didomi|cmp|cli|qc-cmp\d?|sp_message|truste|cybot)[\w\-]*"
    r"|comments?(?:[_\-](?:list|area|section|wrapper|container|threads?|block|box))?|commentlist|disqus_thread|livefyre[\w\-]*|fb-comments"
    r"|coral[_\-]\w+|viafoura|spot-?im[\w\-]*|openweb[\w\-]*)(?=$|\s)"
)
_STORY_HEADS = frozenset(("article", "story", "entry", "post", "news", "content", "text", "main", "body", "rich"))
_STORY_TAILS = frozenset(("body", "content", "text", "copy", "article", "main", "wrap", "wrapper", "detail", "inner", "entry"))
_STORY_WORDS = frozenset(
    ("content", "entry", "post", "prose", "wysiwyg", "articlebody", "storytext", "bodytext", "bodycopy", "richtext", "storybody")
)
_CAPTION = re.compile(
    r"captions?(?:text|inner|body|wrap|wrapper|container|content|block)?|(?:wp|fig|img|image|photo|picture|media)caption(?:text)?"
)
_CREDIT = frozenset(("credit", "credits", "photographer", "copyright", "photocredit", "imagecredit", "imgcredit", "photocredits"))
_BYLINE = frozenset(("byline", "bylines", "author", "authors", "authorname"))
_EMBED = re.compile(r"\b(?:twitter-tweet|twitter-video|instagram-media|bluesky-embed|mastodon-embed|fb-post|reddit-embed|tiktok-embed)\b")
_HIDDEN = frozenset(("hidden", "sr-only", "screen-reader", "screen-reader-text", "visually-hidden", "visuallyhidden"))


class Hint(IntFlag):
    """What the names of an element say about it."""

    BESIDE = 1
    """It stands beside the article: navigation, comments, advertisements, captions."""
    NEVER = 2
    """It cannot be the article however much prose it has: consent dialogues and comment threads."""
    HIDDEN = 4
    """It is hidden from the eye."""
    CAPTION = 8
    """It stands under a picture."""
    CREDIT = 16
    """It is a credit, mostly of a picture."""
    PICTURE = 32
    """It has to do with a picture."""
    STORY = 64
    """It is the article's body."""
    EMBED = 128
    """It is a post of a social network that the article quotes; its text belongs to the article."""
    ARTICLE_BODY = 256
    """Its markup says that it is the article's body (microdata)."""
    BYLINE = 512
    """It names who wrote the article."""


@lru_cache(16_384)
def read_names(names: str) -> int:
    """What class names and ids say: members of `Hint`, as a plain number.

    >>> [Hint(read_names(n)).name for n in ("relatedStories", "commentary", "big hidden", "hidden-xs", "articleBody", "wrapper")]
    ['BESIDE', None, 'HIDDEN', None, 'STORY', None]
    >>> [Hint(read_names(n)).name for n in ("photo-credit", "wp-caption-text", "comments", "post tag-cookies comments-open")]
    ['BESIDE|CREDIT|PICTURE', 'BESIDE|CAPTION', 'BESIDE|NEVER', 'BESIDE|STORY']
    """
    low = names.lower()
    listed = [words for name in names.split() if (words := [word.lower() for word in _WORD.findall(name)])]
    found = Hint(0)
    if any(_is_beside(words) for words in listed):
        found |= Hint.BESIDE
    if _NEVER.search(low):
        found |= Hint.NEVER
    if not _HIDDEN.isdisjoint(low.split()):
        found |= Hint.HIDDEN
    if any(_is_caption(words) for words in listed):
        found |= Hint.CAPTION
    if any(words[-1] in _CREDIT for words in listed):
        found |= Hint.CREDIT
    if re.search(r"photo|image|img|picture|figure|media", low):
        found |= Hint.PICTURE
    if any(not _BYLINE.isdisjoint((words[0], words[-1])) for words in listed):
        found |= Hint.BYLINE
    if any(_is_story(words) for words in listed):
        found |= Hint.STORY
    if _EMBED.search(names):
        found |= Hint.EMBED
    return int(found)


def _is_beside(words: list[str]) -> bool:
    if words[0] in _ALONE or words[-1] in _ALONE:
        return True
    pairs = [a + b for a, b in pairwise(words)]
    for word in (*words, *pairs):
        if (word.startswith(_BEGINS) or word.endswith(_ENDS)) and not word.startswith(_NOT_BEGINS):
            return True
    return not _PAIRS_OF_ADS.isdisjoint(pairs)


def _is_caption(words: list[str]) -> bool:
    if words[0] in ("has", "no", "with", "without"):
        return False
    return _CAPTION.fullmatch(words[-1]) is not None or (len(words) > 1 and _CAPTION.fullmatch(words[-2] + words[-1]) is not None)


def _is_story(words: list[str]) -> bool:
    return not _STORY_WORDS.isdisjoint(words) or any(a in _STORY_HEADS and b in _STORY_TAILS for a, b in pairwise(words))
