"""One row per run of a scheduled job, on the business date it ended."""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Flag,
    Integer,
    Text,
    Timestamp,
    by,
    column,
    following,
    json_events,
    json_path,
    key,
    newest,
    partition,
    should,
    table,
)


class DwdSchedulerRun(Contract):
    """Runs of the jobs outside the warehouse: settling, expiring points, exporting, ..."""

    event_id: Text = key("Event, unique among all events")
    job_name: Text = column("Job that ran")
    run_no: Text = column("Run, unique in the scheduler")
    is_successful: Flag = column(
        "Whether it succeeded; null where the source's word for it is unknown"
    )
    attempt_count: Integer = column("Attempts that the run took", ge=1, raise_warning=True)
    row_count: Integer = column(
        "Rows that the run handled; null where it failed", null=True, ge=0, raise_warning=True
    )
    started_at: Timestamp = column("When the run began")
    finished_at: Timestamp = column("When the run ended")
    dt: Day = partition("Business date of the event")


dwd_scheduler_run = table(
    DwdSchedulerRun,
    owner="team:finance",
    reads={"ods_source_event": newest(following(days=3))},
    freshness=by("05:00"),
    checks=[
        should("ends_after_its_beginning", "finished_at >= started_at"),
        should("successful_has_rows", "NOT is_successful OR row_count IS NOT NULL"),
    ],
    events=json_events(
        "ods_source_event",
        type="scheduler.job_finished",
        columns={
            "job_name": json_path("$.job.name"),
            "run_no": json_path("$.job.run_no"),
            "is_successful": json_path("$.status", words={"succeeded": "true", "failed": "false"}),
            "attempt_count": json_path("$.attempt_count", missing="1"),
            "row_count": json_path("$.row_count", missing=None),
            "started_at": json_path("$.started_at"),
            "finished_at": json_path("$.finished_at"),
        },
        tolerance=1,  # the others do not wait for one that is malformed
    ),
)
