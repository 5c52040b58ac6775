"""Each night: clean what arrived that day and add it to the corpus."""

from __future__ import annotations

import datetime

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG

CORPUS = "s3://news/corpus"

with DAG(
    dag_id="copydesk_nightly",
    schedule="30 1 * * *",
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    catchup=False,
    # Runs of one corpus come one after the other: each compares with all before it. A second one fails at the door.
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": datetime.timedelta(minutes=10)},
) as dag:
    KubernetesPodOperator(
        task_id="run",
        name="copydesk",
        image="REGISTRY/copydesk:1",
        arguments=[
            "run",
            "s3://news/raw/{{ ds }}",
            "--corpus",
            CORPUS,
            "--window",
            "30d",
            "--date",
            "{{ ds }}",
            "--log-format",
            "json",
            "--lineage",
            "http://openlineage:5000/api/v1/lineage",
        ],
        container_resources={"requests": {"cpu": "2", "memory": "2Gi"}, "limits": {"memory": "4Gi"}},
    ) >> KubernetesPodOperator(
        task_id="status",
        name="copydesk-status",
        image="REGISTRY/copydesk:1",
        arguments=["status", CORPUS],
    )
