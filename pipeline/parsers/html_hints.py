"""What class names and ids of web pages say: words that content systems use for what is not the article, and for what is.

Names are taken apart into words (``postMeta``, ``post-meta`` and ``post_meta`` are *post* and *meta*); one look at the words is some
ten times cheaper than one large pattern over the name, and pages have hundreds of names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

__all__ = ["is_beside", "is_embed", "is_hidden", "is_never_story", "is_story"]

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
_EMBED = re.compile(r"\b(?:twitter-tweet|twitter-video|instagram-media|bluesky-embed|mastodon-embed|fb-post|reddit-embed|tiktok-embed)\b")
_HIDDEN = frozenset(("hidden", "sr-only", "screen-reader", "screen-reader-text", "visually-hidden", "visuallyhidden"))


@lru_cache(8192)
def is_beside(names: str) -> bool:
    """Whether an element of these class names and ids stands beside the article: navigation, comments, advertisements, captions.

    >>> is_beside("relatedStories"), is_beside("post-meta"), is_beside("commentary"), is_beside("meta-free-article"), is_beside("readMore")
    (True, True, False, True, True)
    """
    for name in names.split():
        words = [word.lower() for word in _WORD.findall(name)]
        if not words:
            continue
        if words[0] in _ALONE or words[-1] in _ALONE:
            return True
        pairs = [a + b for a, b in pairwise(words)]
        for word in (*words, *pairs):
            if (word.startswith(_BEGINS) or word.endswith(_ENDS)) and not word.startswith(_NOT_BEGINS):
                return True
        if not _PAIRS_OF_ADS.isdisjoint(pairs):
            return True
    return False


@lru_cache(8192)
def is_never_story(names: str) -> bool:
    """Whether an element of these names cannot be the article however much prose it has: consent dialogues and comment threads.

    >>> is_never_story("cookie-modal wide"), is_never_story("comments"), is_never_story("post tag-cookies comments-open")
    (True, True, False)
    """
    return _NEVER.search(names.lower()) is not None


@lru_cache(8192)
def is_story(names: str) -> bool:
    """Whether the names are those of an article's body.

    >>> is_story("articleBody"), is_story("td-post-content"), is_story("wrapper")
    (True, True, False)
    """
    for name in names.split():
        words = [word.lower() for word in _WORD.findall(name)]
        if any(word in _STORY_WORDS for word in words):
            return True
        if any(a in _STORY_HEADS and b in _STORY_TAILS for a, b in pairwise(words)):
            return True
    return False


def is_embed(names: str) -> bool:
    """Whether this is a post of a social network that the article quotes; its text belongs to the article."""
    return _EMBED.search(names) is not None


def is_hidden(names: str) -> bool:
    """Whether the names hide an element from the eye.

    >>> is_hidden("big hidden"), is_hidden("hidden-xs")
    (True, False)
    """
    return not _HIDDEN.isdisjoint(names.lower().split())
