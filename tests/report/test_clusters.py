import io
from pathlib import Path
from typing import Any

import tiny_dataset
from rich.console import Console
from tiny_dataset import STORY

from pipeline.report.clusters import list_clusters, render_clusters
from pipeline.report.dataset import open_dataset


def test_a_cluster_is_told_by_its_representative(tiny: Path) -> None:
    (cluster,) = list_clusters(open_dataset(str(tiny)), 10)
    assert (cluster.representative_id, cluster.size, cluster.title) == (STORY, 2, "Nordvik harbour to stay open")
    assert cluster.publishers == ("Coast Daily", "The Harbor Post")
    assert cluster.relations == (("near_duplicate", 1),)


def test_the_biggest_come_first_and_only_as_many_as_asked_for(tiny: Path) -> None:
    def multiply(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [rows[0] | {"doc_id": f"{number:032x}", "cluster_size": 2 + number % 3} for number in range(9)]

    tiny_dataset.rewrite_part(tiny, "documents/part-00000-000000000.parquet", multiply)
    found = list_clusters(open_dataset(str(tiny)), 4)
    assert [(cluster.size, int(cluster.representative_id, 16)) for cluster in found] == [(4, 2), (4, 5), (4, 8), (3, 1)]


def test_the_table_names_title_and_publishers(tiny: Path) -> None:
    page = io.StringIO()
    render_clusters(Console(file=page, width=140), list_clusters(open_dataset(str(tiny)), 1), total=3)
    assert "Coast Daily, The Harbor Post" in page.getvalue()
    assert "1 of 3 clusters" in page.getvalue()


def test_no_cluster_is_said(tmp_path: Path) -> None:
    page = io.StringIO()
    render_clusters(Console(file=page), [], 0)
    assert page.getvalue() == "no clusters: no document has a copy\n"
