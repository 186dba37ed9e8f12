"""One row per run of a scheduled job, on the business date of the event that reports it."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdSchedulerRun(m.Contract):
    """Runs of the jobs outside the warehouse: settling, expiring points, exporting, ..."""

    event_id: m.Text = m.key(v.event_id)
    job_name: m.Text = m.column("Job that ran")
    run_no: m.Text = m.column("Run, unique in the scheduler")
    is_successful: m.Flag = m.column(v.is_successful)
    attempt_count: m.Integer = m.column("Attempts that the run took", ge=1, raise_warning=True)
    row_count: m.Integer = m.column(
        "Rows that the run handled; null where it failed", null=True, ge=0, raise_warning=True
    )
    started_at: m.Timestamp = m.column("When the run began")
    finished_at: m.Timestamp = m.column("When the run ended")
    dt: m.Day = m.partition(v.dt_occurred)


dwd_scheduler_run = m.table(
    DwdSchedulerRun,
    owner="team:finance",
    reads={"ods_source_event": m.latest(c.delivery_window)},
    checks=[
        m.check("ends_after_its_beginning", "finished_at >= started_at", warn=True),
        m.check("successful_has_rows", "NOT is_successful OR row_count IS NOT NULL", warn=True),
    ],
    events=m.json_events(
        "ods_source_event",
        type="scheduler.job_finished",
        columns={
            "job_name": m.json_path("$.job.name"),
            "run_no": m.json_path("$.job.run_no"),
            "is_successful": m.json_path(
                "$.status", words={"succeeded": "true", "failed": "false"}
            ),
            "attempt_count": m.json_path("$.attempt_count", missing="1"),
            "row_count": m.json_path("$.row_count", missing=None),
            "started_at": m.json_path("$.started_at"),
            "finished_at": m.json_path("$.finished_at"),
        },
        tolerance=1,  # the others do not wait for one that is malformed
    ),
)
