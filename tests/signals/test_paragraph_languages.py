from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.signals.paragraph_languages import measure_languages

TEXTS = {
    "en": (
        "The council of the harbour town put off its vote on the new bridge until the spring, because the plans were not ready.",
        "In the meantime the ferry will run every half hour, and the town has asked the owners of the mill to open their yard to cars.",
        "Nobody at the meeting would say what the bridge is going to cost, but the mayor said that it would be more than the town has.",
    ),
    "de": (
        "Der Rat der Hafenstadt hat die Abstimmung über die neue Brücke auf das Frühjahr verschoben, weil die Pläne nicht fertig sind.",
        "Bis dahin soll die Fähre jede halbe Stunde fahren, und die Stadt hat die Besitzer der Mühle gebeten, ihren Hof zu öffnen.",
        "Was die Brücke kosten wird, wollte in der Sitzung niemand sagen, aber die Bürgermeisterin rechnet mit mehr, als die Stadt hat.",
    ),
    "fr": (
        "Le conseil de la ville portuaire a reporté au printemps le vote sur le nouveau pont, parce que les plans n'étaient pas prêts.",
        "En attendant, le bac passera toutes les demi-heures, et la ville a demandé aux propriétaires du moulin d'ouvrir leur cour.",
        "Personne n'a voulu dire pendant la séance ce que le pont va coûter, mais la maire pense que ce sera plus que la ville ne possède.",
    ),
    "ru": (
        "Совет портового города отложил до весны голосование о новом мосте, потому что проект, как сказали депутаты, ещё не был готов.",
        "До этого времени паром будет ходить каждые полчаса, и город попросил хозяев мельницы открыть свой двор для машин жителей.",
        "Никто на заседании не захотел сказать, сколько будет стоить мост, но глава города считает, что это больше, чем есть в бюджете.",
    ),
    "ja": (
        "港町の議会は、計画がまだできていないため、新しい橋についての採決を春まで延期した。",
        "それまでの間、渡し船は三十分ごとに運航し、町は水車小屋の持ち主に庭を車に開放するよう求めた。",
        "橋の費用がいくらになるのか会議では誰も言おうとしなかったが、町長は町の予算を超えると述べた。",
    ),
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_in_one_language_says_nothing(language: str) -> None:
    assert measure_languages("\n\n".join(TEXTS[language]), language) == ()


@pytest.mark.parametrize(("main", "other"), [("en", "de"), ("de", "fr"), ("fr", "en"), ("ru", "en"), ("en", "ja"), ("ja", "ru")])
def test_a_text_in_two_languages_names_both(main: str, other: str) -> None:
    told = measure_languages("\n\n".join([*TEXTS[main], *TEXTS[other][:2]]), main)
    assert {part.language for part in told} == {main, other}
    assert told[0].words >= told[1].words >= 20


def test_halves_in_two_languages_are_told_apart() -> None:
    told = measure_languages("\n\n".join(line for pair in zip(TEXTS["en"], TEXTS["fr"], strict=True) for line in pair), "en")
    assert {part.language for part in told} == {"en", "fr"}


def test_a_short_quotation_in_another_language_is_not_told_of() -> None:
    assert (
        measure_languages("\n\n".join([*TEXTS["en"], "« Le pont sera payé, mais nous ne savons pas encore par qui », dit-elle."]), "en")
        == ()
    )


def test_kin_are_not_held_against_each_other() -> None:
    norwegian = (
        "Byrådet utsatte avstemningen om den nye broen til våren, fordi planene ikke var ferdige, og fergen går derfor hver halve time."
    )
    danish = (
        "Byrådet udsatte afstemningen om den nye bro til foråret, fordi planerne ikke var færdige, og færgen sejler derfor hver halve time."
    )
    assert measure_languages("\n\n".join([norwegian, norwegian, danish]), "no") == ()


def test_labels_and_figures_have_no_language() -> None:
    assert (
        measure_languages("\n\n".join([*TEXTS["en"], *(f"Team {n} {n} {n + 1} {n * 2} 0 0 1 2 3 4 5 6 7" for n in range(9))]), "en") == ()
    )


@given(st.text(max_size=400))
def test_any_text_is_measured(text: str) -> None:
    told = measure_languages(text, "en")
    assert len(told) != 1
    assert list(told) == sorted(told, key=lambda part: (-part.words, part.language))
