from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config, dump, fingerprint, load
from pipeline.errors import ConfigError


def test_the_printed_default_reads_back_as_the_default() -> None:
    assert load(dump()) == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[dedup]\nband = 3", "did you mean dedup.bands"),
        ("[dedupe]\nbands = 3", "did you mean dedup"),
        ("[dedup]\nbands = 'many'", "must be a whole number, found 'many'"),
        ("[dedup]\nbands = true", "must be a whole number"),
        ("[dedup]\nbands = 0", "from 1 to 512"),
        ("[dedup]\nmin_jaccard = nan", "from 0 to 1"),
        ("[dedup]\npolicy = 'best'", "one of default, earliest"),
        ("[filter]\nlanguages = 'en'", "a list of strings"),
        ("[input]\nskip_hidden = 1", "true or false"),
        ("dedup = 3", "must be a table"),
        ("[dedup", "not valid TOML"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(text)


def test_every_setting_enters_the_fingerprint() -> None:
    assert fingerprint(load("[dedup]\nseed = 2")) != fingerprint(Config())
    assert fingerprint(load("[filter]\nlanguages = ['en']")) != fingerprint(Config())


@given(st.text(max_size=200))
def test_arbitrary_text_gives_a_configuration_or_a_config_error(text: str) -> None:
    try:
        config = load(text)
    except ConfigError:
        return
    assert isinstance(config, Config)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load("[dedup]\nband = 3\nrows = 'x'\n[input]\nsplit_bytes = 1\n[inputs]\na = 1", "mine.toml")
    first, *others = str(caught.value).splitlines()
    assert first == "mine.toml: 4 settings cannot be used:"
    assert others == [
        "  unknown key dedup.band; did you mean dedup.bands?",
        "  dedup.rows must be a whole number, found 'x'",
        "  input.split_bytes must be at least 4096, found 1",
        "  unknown key inputs; did you mean input?",
    ]
