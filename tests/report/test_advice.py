import pytest

from pipeline.report.advice import advise, is_nothing_read


@pytest.mark.parametrize(
    ("records", "codes", "words"),
    [
        (10, {"bad_json": 6}, "6 of 10 records are dead letters, 6 of them bad_json: it is broken."),
        (10, {"bad_json": 5}, None),
        (10, {"http_status": 6, "bad_json": 3}, None),
        (10, {"http_status": 1, "bad_json": 7}, "8 of 10 records are dead letters, 7 of them bad_json: it is broken."),
        (10, {"http_status": 10}, "Not one record could be read: 10 with the code http_status: it is broken."),
        (1, {"empty_file": 1}, "Not one record could be read: 1 with the code empty_file: it is broken."),
    ],
)
def test_a_run_that_read_little_is_told_with_its_most_frequent_reason(records: int, codes: dict[str, int], words: str | None) -> None:
    dead = sum(codes.values())
    manifest = {"books": {"records": records, "dead_letters": dead}, "counters": {"dead_letters_by_code": codes}}
    assert advise(manifest, "it is broken") == ([words] if words else [])
    assert is_nothing_read(manifest) == (records == dead)


def test_an_input_without_records_is_no_failure() -> None:
    manifest = {"books": {"records": 0, "dead_letters": 0}, "counters": {}}
    assert not is_nothing_read(manifest)
    assert advise(manifest, None) == []
